"""A project whose only notebook does next to nothing, so that one run takes few seconds."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "pipeline"))

from copies import WORKBOOK, Copy, finished, make_copy
from standin import FIRST, PARAMETERS, TITLE, WIRING, notebook

READ = "import pathlib\nlines = len(pathlib.Path('raw/orders.csv').read_text().splitlines())"


def make_small(folder: Path, *cells: str) -> Copy:
    """A copy whose one stage with a notebook reads raw/orders.csv, runs ``cells``, stores a table and makes a page."""
    copy = make_copy(folder, notebooks=())
    copy.put("raw/orders.csv", "order_id\n1\n")
    copy.put("dvc.yaml", WIRING)
    copy.set_params(path="raw")
    write_notebook(copy, *cells)
    return copy


def write_notebook(copy: Copy, *cells: str) -> None:
    """Give ``copy`` another notebook."""
    copy.put_notebook("1_clean", notebook(TITLE, PARAMETERS, "## Read", READ, *cells, *FIRST))


def come_to_cell(
    copy: Copy, command: tuple[str, ...] = WORKBOOK, then: str = "time.sleep(60)"
) -> subprocess.Popen[str]:
    """``command`` at work, come to a cell that leaves a sign and ``then`` goes on."""
    write_notebook(copy, f"import pathlib, re, time\npathlib.Path('there').touch()\n{then}")
    process = copy.start(*command)
    deadline = time.monotonic() + 60
    while not (copy.root / "there").exists():
        assert process.poll() is None, finished(process, 1)
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process
