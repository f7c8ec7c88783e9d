"""A stage that stops says so in a few lines, leaves nothing half-written and nobody behind."""

import json
import os
import re
import signal
import sys
import time
from pathlib import Path

import pytest
from standin import PAGES

UNDO = "The pages of the last committed month: `python3 workbook.py undo` brings them back."
KEPT = "What ran so far: reports/failed/clean.ipynb"
MOST_LINES = 20

needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc; prctl is Linux only")


def stopped(project, source, **settings):
    """The lines a user sees when the cell ``source`` stops the stage, after a month that went well."""
    for path in PAGES:
        (project.root / path).parent.mkdir(parents=True, exist_ok=True)
        (project.root / path).write_text("last month")
    project.write("## Then break", source, "## And go on", "print('never')", first=())
    done = project.run(**settings)
    lines = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert len(lines) <= MOST_LINES
    assert [path for path in PAGES if (project.root / path).exists()] == []
    return lines


def test_an_error_of_ours_is_its_one_sentence(project):
    lines = stopped(
        project,
        "from analysis.core.errors import DataError\n"
        "raise DataError('shop.csv, sheet 2', 'column 金额 has or lacks tax', 7, 'Set amount_basis')",
    )
    assert lines == [
        "Stage clean stopped in cell 2 of 3: Then break",
        "  shop.csv, sheet 2: column 金额 has or lacks tax, got 7. Set amount_basis.",
        KEPT,
        UNDO,
    ]


def test_any_other_error_shows_the_end_of_its_traceback_and_keeps_the_executed_copy(project):
    lines = stopped(project, "def deeper(n):\n    return deeper(n - 1) if n else {}['sku']\n\ndeeper(30)")
    assert lines[:2] == ["Stage clean stopped in cell 2 of 3: Then break", "  KeyError: 'sku'"]
    assert lines[-4:] == [
        "  | KeyError: 'sku'",
        "  This is a defect of the workbook or of the notebook, not of your data. The copy shows where.",
        KEPT,
        UNDO,
    ]
    copy = json.loads(project.text("reports/failed/clean.ipynb"))
    assert [cell["source"] for cell in copy["cells"]][-1] == "print('never')"
    assert copy["cells"][-3]["outputs"][0]["ename"] == "KeyError"
    assert str(project.root) not in project.text("reports/failed/clean.ipynb")


def test_a_very_long_error_stays_within_the_screen(project):
    lines = stopped(project, "raise ValueError('\\n'.join(['x' * 5000] * 50))")
    assert max(map(len, lines)) <= 310


def test_leaving_early_without_an_error_code_is_an_error(project):
    assert stopped(project, "import sys\nsys.exit(0)")[1] == "  SystemExit: 0"


def test_an_error_that_the_cell_is_tagged_to_expect_is_an_error_all_the_same(project):
    project.write("## Then break", "1 / 0", first=())
    view = json.loads(project.text("build/notebooks/clean.ipynb"))
    view["cells"][-1]["metadata"]["tags"] = ["raises-exception"]
    (project.root / "build/notebooks/clean.ipynb").write_text(json.dumps(view))
    done = project.run()
    assert done.returncode == 1
    assert done.stderr.splitlines()[1] == "  ZeroDivisionError: division by zero"
    assert [path for path in PAGES if (project.root / path).exists()] == []


def test_memory_that_ran_out_inside_a_cell_says_what_to_do(project):
    lines = stopped(project, "raise MemoryError")
    assert lines[2] == (
        "  Memory ran out. Close other programs, or lower memory_limit_gb in params.yaml, section engine; "
        "then run again."
    )


def test_a_kernel_killed_by_the_system_names_the_cell_and_memory(project):
    lines = stopped(project, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    assert lines == [
        "Stage clean stopped in cell 2 of 3: Then break",
        "  The system ended the notebook's process: almost always because memory ran out. "
        "Close other programs, or lower memory_limit_gb in params.yaml, section engine; then run again.",
        KEPT,
        UNDO,
    ]


def test_a_kernel_that_ends_by_itself_names_the_cell_and_how_it_ended(project):
    lines = stopped(project, "import os\nos._exit(3)")
    assert lines[0] == "Stage clean stopped in cell 2 of 3: Then break"
    assert lines[1].startswith("  The notebook's process ended by itself (exit code 3).")


def test_a_kernel_that_cannot_start_shows_what_it_said(project):
    project.put("ipykernel_launcher.py", "raise SystemExit('no module named zmq')")
    project.write()
    done = project.run()
    lines = done.stderr.splitlines()
    assert (done.returncode, lines[0]) == (1, "Stage clean stopped before its first cell")
    assert "  | no module named zmq" in lines
    assert len(lines) <= MOST_LINES


def test_a_table_that_was_not_written_is_named_and_an_old_one_is_not_taken_for_it(project):
    project.write()
    assert project.run().returncode == 0
    wiring = project.text("dvc.yaml").replace(
        "    outs:\n      - data/", "    outs:\n      - data/tables/old.parquet\n      - data/"
    )
    (project.root / "dvc.yaml").write_text(wiring, encoding="utf-8")
    (project.root / "data" / "tables" / "old.parquet").write_text("last month")
    done = project.run()
    assert done.stderr.splitlines()[0] == "Stage clean ended without writing data/tables/old.parquet."
    assert done.returncode == 1
    assert [path for path in PAGES if (project.root / path).exists()] == []


def test_a_page_that_cannot_be_made_leaves_no_other_page(project):
    project.write(
        "## Twice", "page.headline(kicker=say('clean.page.name'), title=title, standfirst=standfirst)"
    )
    done = project.run()
    assert done.returncode == 1
    assert [path for path in PAGES if (project.root / path).exists()] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_is_one_line_and_leaves_nobody_behind(number, project):
    with waiting(project, "-m", "pipeline.run", "clean") as running:
        os.kill(running.process.pid, number)
        complained = running.process.communicate(timeout=20)[1]
        assert running.process.returncode == 130
        assert complained == (
            "Interrupted in stage clean. Finished stages are kept; run the same command to go on.\n"
        )
        assert running.left_after(seconds=0.5) == []


@needs_proc
@pytest.mark.parametrize(
    "program", [["-m", "pipeline.run", "clean"], ["-m", "dvc", "repro"]], ids=["runner", "dvc"]
)
def test_nobody_is_left_two_seconds_after_kill_minus_9(program, project):
    (project.root / ".dvc").mkdir()
    (project.root / ".dvc" / "config").write_text("[core]\n    no_scm = true\n    analytics = false\n")
    with waiting(project, *program) as running:
        os.kill(running.process.pid, signal.SIGKILL)
        running.process.communicate(timeout=20)
        assert running.left_after(seconds=2) == []


class waiting:  # noqa: N801
    """A program whose notebook has come to a cell that waits for a minute."""

    def __init__(self, project, *program):
        self.project, self.program = project, program

    def __enter__(self):
        sign = self.project.root / "there"
        wait = f"import pathlib, time\npathlib.Path({str(sign)!r}).touch()\ntime.sleep(60)"
        self.project.write("## Wait", wait, first=())
        self.process = self.project.start(*self.program, SHELL="/bin/sh")
        deadline = time.monotonic() + 30
        while not sign.exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return self

    def __exit__(self, *_):
        for pid in self.alive():
            os.kill(pid, signal.SIGKILL)
        self.process.communicate()

    def alive(self):
        """Processes that work in the project's folder."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                here = os.readlink(folder / "cwd")
                dead = re.search(r"\) Z ", (folder / "stat").read_text())
            except OSError:
                continue  # ended between the listing and the look
            if here == str(self.project.root) and not dead:
                found.append(int(folder.name))
        return found

    def left_after(self, seconds):
        deadline = time.monotonic() + seconds
        while self.alive() and time.monotonic() < deadline:
            time.sleep(0.05)
        return self.alive()
