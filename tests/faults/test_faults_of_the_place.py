"""A full disk, a folder that is read-only, a source that changes, two runs at once, Ctrl-C: one clear message each."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from copies import DVC, WORKBOOK, finished
from short import come_to_cell, write_notebook

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc and mounts folders")
RESULTS = ("data/", "reports/")
BACK = "The pages are those of the last refresh that went well.\n"
FILL = """
import os
with open("ballast", "wb") as file:
    try:
        while True:
            file.write(bytes(1 << 20))
    except OSError:
        pass
"""


def results(copy):
    """Tables and pages as they stand; what ran before a stage stopped is kept beside them."""
    return {
        name: content
        for name, content in copy.files().items()
        if name.startswith(RESULTS) and not name.startswith("reports/failed/")
    }


class mounted:  # noqa: N801
    """A folder under which something is mounted, as only root may; else the test is skipped."""

    def __init__(self, folder, *ways):
        self.folder, self.ways = str(folder), ways

    def __enter__(self):
        for way in self.ways:
            done = subprocess.run(["mount", *way, self.folder], capture_output=True, text=True)
            if done.returncode != 0:
                self.__exit__()
                pytest.skip(f"cannot mount here: {done.stderr.strip()}")

    def __exit__(self, *_):
        subprocess.run(["umount", "--lazy", self.folder], capture_output=True)


@pytest.fixture
def small_disk(finished_once, folder):
    """A project after a good refresh, on a disk of its own that is nearly full."""
    if shutil.which("mount") is None:
        pytest.skip("no mount here")
    disk = folder / "d"
    disk.mkdir()
    with mounted(disk, ["-t", "tmpfs", "-o", "size=64m", "tmpfs"]):
        copy = finished_once.duplicate(disk / "p")
        yield copy
        copy.end_all()


def test_a_full_disk_is_said_before_anything_is_lost(small_disk):
    before = results(small_disk)
    write_notebook(small_disk, "1")
    subprocess.run([sys.executable, "-c", FILL], cwd=small_disk.root, check=True)
    run = small_disk.run(*WORKBOOK)
    assert run.returncode == 1
    assert (
        run.stdout
        == "build/: the disk is full, got 'No space left on device'. Free some space there, then run again.\n"
    )
    assert results(small_disk) == before
    (small_disk.root / "ballast").unlink()
    assert small_disk.run(*WORKBOOK).returncode == 0


def test_a_disk_that_gets_full_under_a_stage_is_named_and_all_comes_back_when_there_is_room(small_disk):
    before = results(small_disk)
    write_notebook(small_disk, FILL)
    run = small_disk.run(*WORKBOOK)
    assert run.returncode not in (0, None)
    assert (
        "the disk is full, got 'No space left on device'. Free some space there, then run again."
        in run.stdout
    )
    assert "Traceback" not in run.stdout
    whole = {name: content for name, content in results(small_disk).items() if not name.endswith(".tmp")}
    assert whole.items() <= before.items()
    (small_disk.root / "ballast").unlink()
    write_notebook(small_disk, "1 / 0")
    again = small_disk.run(*WORKBOOK)
    assert "ZeroDivisionError" in again.stdout
    assert again.stdout.endswith(BACK)
    assert results(small_disk) == before


@pytest.mark.parametrize("part", ["", "reports", "data", ".dvc"])
def test_a_folder_that_is_read_only_is_named_and_nothing_is_touched(good, part):
    before = good.files()
    place = good.root / part
    with mounted(place, ["--bind", str(place)], ["-o", "remount,bind,ro"]):
        run = good.run(*WORKBOOK)
    where = (
        f"{part}/: it cannot be written"
        if part in ("reports", "data")
        else "workbook.py: its folder cannot be written"
    )
    assert run.stdout.startswith(f"{where}, got 'Read-only file system'.")
    assert run.returncode == 1
    assert len(run.stdout.splitlines()) == 1
    assert good.files() == before


CHANGES = {
    "grows": (lambda raw: raw.write_text("order_id\n1\n2\n"), "raw/orders.csv", "13 bytes after 11"),
    "is gone": (lambda raw: raw.unlink(), "raw/orders.csv", "no file any more"),
    "gets company": (lambda raw: raw.with_name("more.csv").touch(), "raw/more.csv", "a new file"),
}


@pytest.mark.parametrize("way", CHANGES)
def test_a_source_that_changes_during_the_run_stops_it_and_the_last_good_results_stay(good, way):
    before, change = results(good), CHANGES[way]
    process = come_to_cell(good, then="time.sleep(1)")
    change[0](good.root / "raw" / "orders.csv")
    said = finished(process, 60)
    assert process.returncode not in (0, None)
    assert f"  {change[1]}: must stay as it is while it is read, got {change[2]}." in said
    assert said.endswith(BACK)
    assert results(good) == before


def test_without_its_guard_a_source_that_grew_is_filed_as_read(good):
    good.without("pipeline/run.py", "        self._check_inputs()\n")
    process = come_to_cell(good, then="time.sleep(1)")
    (good.root / "raw" / "orders.csv").write_text("order_id\n1\n2\n")
    finished(process, 60)
    assert process.returncode == 0
    assert "didn't change, skipping" in good.run(*WORKBOOK).stdout


@pytest.mark.parametrize("first", [WORKBOOK, DVC], ids=["workbook", "dvc"])
def test_a_second_run_says_that_there_is_a_first_and_leaves_it_alone(good, first):
    process = come_to_cell(good, first, then="time.sleep(6)")
    second = good.run(*WORKBOOK)
    assert second.returncode == 1
    assert second.stdout.endswith("Wait until it ends, then run again.\n")
    assert len(second.stdout.splitlines()) == 1
    finished(process, 60)
    assert process.returncode == 0
    assert "Data and pipelines are up to date." in good.run(*DVC).stdout


@pytest.mark.parametrize("seconds", [0.1, 0.4, 1.0, 2.0, None])
def test_ctrl_c_is_one_line_at_any_moment_and_the_last_good_results_stay(good, seconds):
    before = results(good)
    if seconds is None:
        process = come_to_cell(good)
    else:
        write_notebook(good, "import time\ntime.sleep(60)")
        process = good.start(*WORKBOOK)
        time.sleep(seconds)
    os.killpg(process.pid, signal.SIGINT)
    said = finished(process, 60)
    assert process.returncode in (130, -signal.SIGINT)
    lines = [line for line in said.splitlines() if line and not line.startswith(("Running", ">", "Updating"))]
    assert lines in ([], ["Interrupted. What was finished is kept; run the same command to go on."])
    assert good.left_after(1) == {}
    assert results(good) == before


def test_without_its_guard_an_interrupted_refresh_leaves_no_pages(good):
    good.without("pipeline/refresh.py", "    last.keep()\n")
    before = results(good)
    process = come_to_cell(good)
    os.killpg(process.pid, signal.SIGINT)
    finished(process, 60)
    assert before.keys() - results(good).keys() >= {"reports/clean.zh.html", "reports/clean.en.html"}


def test_a_copy_is_a_project_of_its_own(good):
    assert good.run(sys.executable, "-c", "import analysis; print(analysis.__file__)").stdout.startswith(
        str(good.root)
    )
