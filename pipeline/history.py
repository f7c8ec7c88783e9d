"""What Git remembers of the months, and where DVC keeps their files."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from dvc.repo import Repo
from ruamel.yaml import YAML

from pipeline.provenance import DEMO, MONTH_FILE, month_name

REPORTS = PurePosixPath("reports")
SHORT_COMMIT = 7  # characters, as Git shows them
FOLDER = ".dir"  # ends the sum of what is a folder
TAGS = "refresh-*"  # the tags that the workbook proposes: they keep months whose branch is gone


class Store:
    """DVC's cache, in which the name of a file is the MD5 sum of what is in it."""

    def __init__(self, root: Path) -> None:
        with Repo(str(root)) as repo:
            self._folder = Path(repo.cache.local.path)

    def file(self, md5: str) -> Path:
        """Where the file with this sum is, if it is there."""
        return self._folder / md5[:2] / md5[2:]


@dataclass(frozen=True)
class Version:
    """A month as one ``dvc.lock`` names it.

    Attributes
    ----------
    name : as ``2026-09``.
    is_demo : whether the month is made up.
    files : where each file of the month is kept, by its name.
    """

    name: str
    is_demo: bool
    files: Mapping[str, Path]

    @property
    def is_stored(self) -> bool:
        """All of its files are here."""
        return all(file.is_file() for file in self.files.values())


def version(lock: bytes, settings: bytes, store: Store, otherwise: str = "") -> Version | None:
    """The month that ``lock`` names, if it names one.

    Parameters
    ----------
    settings : the ``params.yaml`` beside it; it tells what it can of a month of which nothing is here.
    otherwise : name of the month where the settings do not tell it.
    """
    files = _files(lock, store)
    if MONTH_FILE not in files:
        return None
    if files[MONTH_FILE].is_file():
        told = json.loads(files[MONTH_FILE].read_bytes())
        return Version(month_name(told["as_of"]), told["is_demo"], files)
    written: Any = YAML(typ="safe").load(settings) or {}
    as_of, source = written.get("as_of"), written.get("source", {}).get("path")
    return Version(month_name(str(as_of)) if as_of else otherwise, source == DEMO, files)


def versions(root: Path, store: Store) -> dict[str, Version]:
    """The version of each committed month that was committed last, by the month's name."""
    found: dict[str, Version] = {}
    for commit in _commits(root):
        lock, settings = (committed(root, commit, name) or b"" for name in ("dvc.lock", "params.yaml"))
        one = version(lock, settings, store, otherwise=commit[:SHORT_COMMIT])
        if one is not None:
            found.setdefault(one.name, one)
    return found


def committed(root: Path, commit: str, name: str) -> bytes | None:
    """The file ``name`` of the workbook in ``commit``."""
    # ./ because the workbook may lie in a folder of a larger repository
    return _git(root, "show", f"{commit}:./{name}")


def _files(lock: bytes, store: Store) -> dict[str, Path]:
    """What stages wrote into ``reports/`` itself: pages, ``month.json``, and folders of files to take away."""
    content: Any = YAML(typ="safe").load(lock) or {}
    outputs = (out for stage in content.get("stages", {}).values() for out in stage.get("outs", []))
    found: dict[str, Path] = {}
    for out in outputs:
        path = PurePosixPath(out["path"])
        if path.parent == REPORTS:
            found |= _inside(path.name, store.file(out["md5"]), store)
    return found


def _inside(name: str, kept: Path, store: Store) -> dict[str, Path]:
    """The file itself, or what lies in a folder: DVC keeps a list of that, if it is here."""
    if kept.suffix != FOLDER or not kept.is_file():
        return {name: kept}
    return {f"{name}/{one['relpath']}": store.file(one["md5"]) for one in json.loads(kept.read_bytes())}


def _commits(root: Path) -> Iterator[str]:
    """Commits that changed ``dvc.lock``, newest first."""
    yield from (_git(root, "log", "--format=%H", "HEAD", f"--tags={TAGS}", "--", "dvc.lock") or b"").decode().split()


def _git(root: Path, *arguments: str) -> bytes | None:
    """What Git says; None if there is no Git or it refuses."""
    program = shutil.which("git")
    if program is None:
        return None
    done = subprocess.run([program, *arguments], cwd=root, capture_output=True)
    return done.stdout if done.returncode == 0 else None
