"""Keep the pages of every month: the one just made joins the archive, and missing ones are brought back.

Which months there were is known from Git (each committed ``dvc.lock`` names the files of its month), and what was in
them from DVC's cache. The archive is no output of a stage, so that ``dvc.lock`` says nothing of other months.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.core import params
from pipeline.provenance import MONTH_FILE
from pipeline.sources import write_whole, written

if TYPE_CHECKING:
    from pipeline.archive import Archive
    from pipeline.history import Store, Version

INDEX = Path("reports", "index.html")
NOTE = Path(".dvc", "tmp", "months.json")
LACKING = (
    "Committed, but not stored on this computer: {}. Fetch them with dvc fetch --all-commits, then run "
    "python3 workbook.py months."
)


def keep(root: Path) -> str:
    """See that the archive has the month that ``dvc.lock`` names, and no month less than last time.

    Costs nothing where that is so. Returns a sentence if a committed month cannot be shown, else nothing.
    """
    lock = root / "dvc.lock"
    noted = _noted(root)
    if not lock.is_file() or _is_whole(root, noted):
        return ""
    lost = any(not (root / one / MONTH_FILE).is_file() for one in noted.get("months", ()))
    return _make(root, look_back=not noted or lost)


def rebuild(root: Path, withdrawn: str | None = None) -> str:
    """Bring back every committed month that the archive lacks.

    Parameters
    ----------
    withdrawn : a month that is to be as it was committed, or gone where it never was.
    """
    return _make(root, look_back=True, withdrawn=withdrawn)


def current(root: Path) -> str | None:
    """Name of the month that ``dvc.lock`` names."""
    from pipeline.history import Store

    now = _now(root, Store(root)) if (root / "dvc.lock").is_file() else None
    return now.name if now else None


def _now(root: Path, store: Store) -> Version | None:
    from pipeline.history import version

    return version((root / "dvc.lock").read_bytes(), (root / "params.yaml").read_bytes(), store)


def _make(root: Path, *, look_back: bool, withdrawn: str | None = None) -> str:
    from pipeline import index
    from pipeline.archive import Archive
    from pipeline.history import Store

    store = Store(root)
    now = _now(root, store)
    if now is None:
        return ""
    _note(root, {})  # should this be killed, the next refresh begins again
    archive = Archive(root / "reports", is_demo=now.is_demo)
    if now.is_stored:
        archive.put(now.files)
    lacking = _look_back(root, archive, store, now, withdrawn) if look_back else []
    if months := archive.link():
        index.write(root / "reports", months, params.load(root / "params.yaml").report)
        places = [month.folder.relative_to(root).as_posix() for month in months]
        _note(root, {"lock": _sum((root / "dvc.lock").read_bytes()), "months": places})
    return LACKING.format(", ".join(lacking)) if lacking else ""


def _look_back(root: Path, archive: Archive, store: Store, now: Version, withdrawn: str | None) -> list[str]:
    """Bring committed months back; name those of which not all files are here."""
    from pipeline.history import versions

    told = {name: one for name, one in versions(root, store).items() if one.is_demo == now.is_demo}
    there = {month.name for month in archive.months()}
    if withdrawn in there - {now.name, *told}:
        archive.remove(str(withdrawn))
    for name, one in told.items():
        if one.is_stored and (name not in there or name == withdrawn != now.name):
            archive.put(one.files)
    return sorted(name for name, one in told.items() if not one.is_stored and name not in there)


def _is_whole(root: Path, noted: dict[str, Any]) -> bool:
    files = [INDEX, *(Path(one, MONTH_FILE) for one in noted.get("months", ()))]
    return noted.get("lock") == _sum((root / "dvc.lock").read_bytes()) and all((root / one).is_file() for one in files)


def _noted(root: Path) -> dict[str, Any]:
    """What was noted when the archive was whole: the ``dvc.lock`` that it followed, and its months."""
    try:
        noted: dict[str, Any] = json.loads((root / NOTE).read_bytes())
    except (OSError, ValueError):
        return {}
    return noted


def _note(root: Path, noted: dict[str, Any]) -> None:
    write_whole(root / NOTE, written(noted))


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
