"""`kill -9` at any moment, then one command: the short version of tests/faults/kill.py, and what each guard is for."""

from __future__ import annotations

import os
import signal
import sys
import time

import kill
import pytest
from copies import DVC, WORKBOOK, finished
from short import come_to_cell, make_small, write_notebook

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc")


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    return kill.know(tmp_path_factory.mktemp("known"), make=make_small)


@pytest.mark.parametrize(
    ("victim", "share"), [("everybody", 0.35), ("refresh", 0.6), ("stage", 0.75), ("kernel", 0.7)]
)
def test_a_killed_refresh_leaves_nothing_half_and_the_next_one_ends_as_an_undisturbed_one(
    known, folder, victim, share
):
    one = kill.Round("workbook", "dvc", "earlier", victim, share * known.seconds)
    assert kill.play(known, one, folder / "round").faults == [], one.said


def killed(copy, process, role):
    """``role`` is killed; who is left two seconds later."""
    for number, one in copy.processes().items():
        if one == role:
            os.kill(number, signal.SIGKILL)
    if role in ("workbook", "dvc"):
        process.wait()
    left = sorted(copy.left_after(2).values())
    copy.end_all()
    process.communicate()
    return left


GUARDS = [
    ("workbook", WORKBOOK, "refresh.py", "        bound_to_parent(signal.SIGTERM)()\n", "refresh"),
    ("dvc", DVC, "run.py", "    parent.die_with_parent()\n", "stage"),
]


@pytest.mark.parametrize(("role", "command", "file", "guard", "left"), GUARDS, ids=["refresh", "stage"])
def test_who_starts_a_stage_takes_it_along_which_one_line_sees_to(good, role, command, file, guard, left):
    assert killed(good, come_to_cell(good, command), role) == []
    (good.root / "there").unlink()
    good.without("pipeline/" + file, guard)
    process = come_to_cell(good, command)
    assert left in killed(good, process, role)


def kill_stage(copy):
    os.kill(next(number for number, role in copy.processes().items() if role == "stage"), signal.SIGKILL)


# What holds the interpreter, so that the kernel cannot look whether its stage is still there.
BUSY = "re.match('(a+)+b', 'a' * 64)"


def test_a_kernel_goes_at_once_with_its_stage_even_a_busy_one(good):
    process = come_to_cell(good, DVC, then=BUSY)
    kill_stage(good)
    assert "kernel" not in good.left_after(0.5).values()
    # as the stage's starter sees it; a shell between the two, where there is one, tells it in its own way
    assert finished(process, 60).rstrip().endswith(("exited with -9", "exited with 137"))


def test_a_busy_kernel_that_is_not_bound_to_its_stage_outlives_it(good):
    good.without("pipeline/kernel.py", ', **_bound()')
    process = come_to_cell(good, DVC, then=BUSY)
    kill_stage(good)
    left = good.left_after(2)
    good.end_all()
    process.communicate()
    assert "kernel" in left.values()


@pytest.mark.parametrize("content", ["", '{"write": {"'])
def test_a_note_of_dvc_that_was_cut_off_does_not_stop_the_next_refresh(good, content):
    good.put(".dvc/tmp/rwlock", content)
    assert good.run(*DVC).returncode == 255
    assert good.run(*WORKBOOK).returncode == 0
    assert good.run(*DVC).returncode == 0


def test_a_number_that_another_program_has_got_since_does_not_stop_the_next_refresh(good):
    page = good.root / "reports" / "clean.zh.html"
    good.put(".dvc/tmp/rwlock", f'{{"write": {{"{page}": {{"pid": {os.getppid()}, "cmd": "dvc repro"}}}}}}')
    write_notebook(good, "1")
    assert "is busy" in good.run(*DVC).stdout
    assert good.run(*WORKBOOK).returncode == 0


def test_without_its_guard_a_note_of_dvc_stops_the_next_refresh(good):
    good.without("pipeline/heal.py", "            release(temporary / \"rwlock\")\n")
    good.put(".dvc/tmp/rwlock", '{"write": {"')
    assert good.run(*WORKBOOK).returncode == 255


def temporary_folders(copy):
    """How many a killed stage has left, and how many are there after the next one."""
    process = come_to_cell(copy, DVC)
    copy.end_all()
    process.communicate()
    left = len(list(copy.temporary.iterdir()))
    write_notebook(copy, "1")
    assert copy.run(*WORKBOOK).returncode == 0
    return left, len(list(copy.temporary.iterdir()))


def test_temporary_folders_of_killed_stages_go_with_the_next_stage(good):
    assert temporary_folders(good) == (1, 0)


def test_without_its_guard_a_temporary_folder_stays(good):
    good.without("pipeline/kernel.py", "    sweep(Path(_short_folder() or tempfile.gettempdir()))\n")
    assert temporary_folders(good) == (1, 1)


SLOWLY = """
        content = text.encode("utf-8")
        with file.open("wb") as stream:
            stream.write(content[: len(content) // 2])
            stream.flush()
            import time
            time.sleep(0 if file.suffix != ".html" else 60)
            stream.write(content[len(content) // 2 :])
"""
WHOLE = '\n        partial.write_bytes(text.encode("utf-8"))\n        os.replace(partial, file)\n'


def test_the_check_sees_half_a_page_where_pages_are_written_in_place(known, folder):
    copy = known.fresh.duplicate(folder / "project")
    copy.without("pipeline/sources.py", WHOLE, SLOWLY)
    process = copy.start(*DVC)
    pages = [copy.root / "reports" / f"clean.{language}.html" for language in ("zh", "en")]
    while not any(page.exists() and page.stat().st_size for page in pages):
        assert process.poll() is None, finished(process, 1)
        time.sleep(0.05)
    copy.end_all()
    process.communicate()
    one = kill.Round("dvc", "dvc", "nothing", "everybody", 0)
    kill.check_disk(copy, known, one)
    assert [fault for fault in one.faults if fault.endswith(".html")] == [
        "half a file: reports/clean.zh.html"
    ]


def test_the_check_sees_another_lock_and_what_is_left_over(known, folder):
    copy = known.earlier.duplicate(folder / "project")
    again = copy.run(*WORKBOOK)
    copy.put("dvc.lock", known.lock.decode().replace("size: ", "size: 1", 1))
    copy.put("data/tables/.tmpx1.tmp", "")
    one = kill.Round("dvc", "dvc", "earlier", "everybody", 0)
    kill.check_end(copy, known, one, again)
    assert one.faults == ["another dvc.lock", "left over: data/tables/.tmpx1.tmp"]
