"""A project whose only notebook does next to nothing, so that one run takes few seconds."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "pipeline"))

from copies import Copy, make_copy
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
