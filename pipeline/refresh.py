"""python -m pipeline.refresh: heal dvc.lock, run DVC, and for another month say what changed."""

import signal

if __name__ == "__main__" and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # while the imports last, Ctrl-C is no traceback

import argparse
import datetime
import os
import re
import sys
from pathlib import Path
from typing import Any

from dvc.cli import main as run_dvc
from dvc.exceptions import DvcException
from dvc.repo import Repo
from ruamel.yaml import YAML

from analysis.clean.listing import list_files
from analysis.core import params
from analysis.core.errors import AnalysisError, ParamsError
from pipeline import disk, interruption, months
from pipeline.heal import AtWorkError, mend, written_whole
from pipeline.history import committed
from pipeline.last_good import LastGood
from pipeline.parent import bound_to_parent
from pipeline.provenance import DEMO
from pipeline.sources import write_whole

ROOT = Path(__file__).resolve().parent.parent
PARAMS = ROOT / "params.yaml"
LOCK = ROOT / "dvc.lock"
LISTED_CHANGES = 40  # one screen; the rest is one command away


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m pipeline.refresh", description=__doc__)
    parser.add_argument("--as-of", metavar="YYYY-MM-DD", help="the last day that counts")
    parser.add_argument("--undo", metavar="COMMIT", help="bring the pages of this commit or tag back")
    parser.add_argument("--months", action="store_true", help="bring the pages of all committed months back")
    parser.add_argument("--restore", action="store_true", help="bring the last good pages back")
    chosen = parser.parse_args(arguments)
    interruption.end_when_told(lambda: None)
    end_with_workbook()
    if chosen.restore:
        return 0 if restore() else 1
    if chosen.undo:
        return undo(chosen.undo)
    if chosen.months:
        return list_months()
    if chosen.as_of is None:
        return repro()
    set_as_of(PARAMS, read_date(chosen.as_of))
    code = repro()
    if code == 0:
        print(changes_since_commit())
        month = chosen.as_of[:7]
        print(
            f'\nTo keep this month: git add dvc.lock params.yaml && git commit -m "Refresh {month}" '
            f"&& git tag refresh-{month}"
        )
    return code


def end_with_workbook() -> None:
    """A killed workbook.py must not leave a refresh that goes on beside the next one."""
    starter = os.environ.get("WORKBOOK")
    if starter and sys.platform == "linux":
        bound_to_parent(signal.SIGTERM)()
        if os.getppid() != int(starter):
            sys.exit(1)


def repro() -> int:
    """Run DVC; if that does not go well, bring back the results of the last time that it did."""
    check_params()
    check_disk()
    make_ready()
    last = LastGood(ROOT)
    last.keep()
    with written_whole():
        code = dvc("repro")
    if code == 0:
        last.forget()
        tell(months.keep(ROOT))
        return code
    if last.is_kept and restore():
        print("The pages are those of the last refresh that went well.", file=sys.stderr)
    check_disk()
    return code


def restore() -> bool:
    """Bring back the results of the last refresh that went well, unless they stand; False if that cannot be."""
    interruption.be_deaf()
    last = LastGood(ROOT)
    if not last.is_kept:
        return True
    make_ready()  # not beside another DVC
    if last.restore(checked_out):
        return True
    print("The last good pages are stored and come back with the next refresh, good or not.", file=sys.stderr)
    return False


def checked_out() -> bool:
    """Whether all results that dvc.lock names are there again.

    Only what the stages made. Raw data may hold the new month's files, and checkout would delete them.
    """
    try:
        with Repo(str(ROOT)) as repo:
            repo.checkout(["dvc.yaml"], force=True)
    except (DvcException, OSError):
        return False
    return True


def check_disk() -> None:
    """Say before the first stage, or after the one that failed, that the disk takes nothing."""
    for folder in (ROOT / "build", ROOT / "data", ROOT / "reports", ROOT / ".dvc" / "cache"):
        if refused := disk.probe(folder, ROOT):
            sys.exit(refused)


def check_params() -> None:
    """Say what DVC could not: which key of params.yaml is wrong, or that the source is not there."""
    try:
        path = params.load(PARAMS).source.path
        if path != DEMO and not (ROOT / path).exists():
            raise ParamsError("params.yaml, section source", "path must name a file or folder that is there", path,
                              f"Correct the path, or set it to {DEMO}")  # fmt: skip
        if path != DEMO:
            list_files(ROOT / path)  # DVC would read a pipe until it ends, which is never
    except AnalysisError as fault:
        sys.exit(str(fault))


def make_ready() -> None:
    try:
        fault = mend(ROOT)
    except AtWorkError:
        sys.exit("dvc.lock: another refresh is at work here. Wait until it ends, then run again.")
    if fault is not None:
        print(f"dvc.lock: {fault}; set aside as dvc.lock.broken. Finished stages come back by themselves.")


def dvc(*arguments: str) -> int:
    """Run DVC inside this process: one start less, and Ctrl-C reaches nobody but DVC."""
    sys.stdout.flush()  # what was said before must stand before what the stages say
    return int(run_dvc(list(arguments)) or 0)


# --- the month --------------------------------------------------------------------------------


def read_date(text: str) -> str:
    try:
        if datetime.date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    sys.exit(f"--as-of: not a day of the calendar, got '{text}'. Write year-month-day, as 2026-09-30.")


def set_as_of(params: Path, as_of: str | None) -> None:
    """Change one line and leave every other byte alone.

    Writing the file through a YAML library would turn each `null` into nothing and move comments.
    The date is quoted, because DVC stops at an unquoted one.
    """
    text = params.read_bytes().decode("utf-8")
    value = "null" if as_of is None else f'"{as_of}"'
    changed, found = re.subn(
        r"""^as_of:(?:[ \t]+(?:"[^"\r\n]*"|'[^'\r\n]*'|[^\s#]+))?(?=\s|$)""",
        f"as_of: {value}",
        text,
        flags=re.MULTILINE,
    )
    if found != 1 or YAML(typ="safe").load(changed).get("as_of") != as_of:
        sys.exit(f"params.yaml: needs one line as_of: at its left edge, got {found}. Add as_of: null there.")
    write_whole(params, changed)


# --- going back -------------------------------------------------------------------------------


def undo(commit: str) -> int:
    """Bring back dvc.lock and as_of of a commit, then the pages. Other edits in params.yaml are kept."""
    lock, params = committed(ROOT, commit, "dvc.lock"), committed(ROOT, commit, "params.yaml")
    if lock is None or params is None:
        sys.exit(
            f"undo: no refresh is committed in {commit}. Commit dvc.lock and params.yaml after a refresh "
            "that you may want to come back to."
        )
    make_ready()
    as_of, before = YAML(typ="safe").load(params).get("as_of"), months.current(ROOT)
    set_as_of(PARAMS, as_of)
    write_whole(LOCK, lock.decode("utf-8"))
    if not checked_out():
        print("undo: some pages are no longer stored here. Make them again: python3 workbook.py")
        return 1
    tell(months.rebuild(ROOT, withdrawn=before))
    print(f"Back at {commit}: as_of {as_of or 'null (last complete month)'}. Other settings are unchanged.")
    return 0


def list_months() -> int:
    """Bring back the months that were committed and whose pages are not here."""
    make_ready()
    if not LOCK.is_file():
        sys.exit("months: no pages are made yet. Make them first: python3 workbook.py")
    tell(months.rebuild(ROOT))
    return 0


def tell(sentence: str) -> None:
    if sentence:
        print(sentence)


# --- what changed -----------------------------------------------------------------------------


def changes_since_commit() -> str:
    if committed(ROOT, "HEAD", "dvc.lock") is None:
        return "No committed month to compare with."
    with Repo(str(ROOT)) as repo:
        return change_table(repo.metrics.diff().get("diff", {}))


def change_table(diff: dict[str, dict[str, dict[str, Any]]]) -> str:
    """DVC's differences as lines of page, metric, before, after, change."""
    rows = [
        (
            Path(file).stem,
            metric,
            number(value.get("old")),
            number(value.get("new")),
            number(value.get("diff"), "+"),
        )
        for file, metrics in sorted(diff.items())
        for metric, value in sorted(metrics.items())
    ]
    if not rows:
        return "No metric changed since the last commit."
    head = [("page", "metric", "before", "after", "change")]
    widths = [max(len(row[column]) for row in head + rows) for column in range(5)]
    lines = [
        "  ".join(
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in head + rows[:LISTED_CHANGES]
    ]
    if len(rows) > LISTED_CHANGES:
        lines.append(f"and {len(rows) - LISTED_CHANGES} more: dvc metrics diff")
    return "\n".join(["Changed since the last commit:", *lines])


def number(value: Any, sign: str = "") -> str:
    if value is None:
        return "-"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:{sign},.4g}" if isinstance(value, float) and abs(value) < 1000 else f"{value:{sign},.0f}"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except AnalysisError as fault:
        sys.exit(str(fault))
    except OSError as fault:
        if (refused := disk.refusal(str(fault), ROOT)) is None:
            raise
        sys.exit(refused)
