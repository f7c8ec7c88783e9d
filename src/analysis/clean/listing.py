"""Which files lie at the source's path; looks at none of them, so that a pipe or a loop of links cannot hold it up."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NoReturn

from analysis.core import project
from analysis.core.credentials import names_password
from analysis.core.errors import DataError

HIDDEN = (".", "~$", "__MACOSX")
HIDDEN_FILES = ("Thumbs.db", "desktop.ini")


def list_files(path: Path) -> list[tuple[str, Path]]:
    """The files at ``path``, a file or a folder with its sub-folders, sorted by name; hidden ones are left out.

    Raises
    ------
    DataError
        Something there is no file, is a link that leads out of the folder, or has a name that no page can show.
    """
    if not os.path.lexists(path):
        raise DataError("params.yaml, section source", "there is nothing at this path", project.shown(path),
                        "Set path to a file or a folder, read from the project's folder")  # fmt: skip
    if path.is_file():
        return [(_checked(path.name), path)]
    if not path.is_dir():
        raise DataError("params.yaml, section source", "this path is neither a file nor a folder", project.shown(path),
                        "Set path to a file or a folder")  # fmt: skip
    found: list[tuple[str, Path]] = []
    for folder, folders, files in os.walk(path, onerror=_unreadable):
        folders[:] = [name for name in folders if not name.startswith(HIDDEN)]
        for name in (*folders, *files):
            if not name.startswith(HIDDEN) and name not in HIDDEN_FILES:
                one = Path(folder, name)
                shown = _checked(one.relative_to(path).as_posix())
                _refuse_odd(one, shown, path)
                if name in files:
                    found.append((shown, one))
    if not found:
        raise DataError(project.shown(path), "the folder holds no file", None, "Put the exports there, or change source.path")
    return sorted(found)


def _checked(name: str) -> str:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        readable = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        raise DataError(readable, "the name of the file is not UTF-8", None, "Rename the file") from None
    if names_password(name):
        raise DataError("source", "the name of a file holds a user and a password, and every page would show it", None,
                        "Rename the file, and change the password")  # fmt: skip
    return name


def _refuse_odd(one: Path, shown: str, base: Path) -> None:
    """A link must end inside the source or the project; what it ends at must be a file."""
    mode = one.lstat().st_mode
    if stat.S_ISLNK(mode):
        target = Path(os.path.realpath(one))
        if not target.exists():
            raise DataError(shown, "this link leads nowhere", None, "Put the file itself there, or remove the link")
        if target.is_dir():
            raise DataError(shown, "this is a link to a folder, which is not followed", None, "Put the folder itself there")
        if not any(target.is_relative_to(os.path.realpath(home)) for home in (base, project.root())):
            raise DataError(shown, "this link leads out of the source's folder", None,
                            "Put the file itself there, or set source.path to where it lies")  # fmt: skip
        mode = target.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        kind = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}.get(stat.S_IFMT(mode), "a device")
        raise DataError(shown, f"this is no file but {kind}", None, "Remove it from the source's folder")


def _unreadable(fault: OSError) -> NoReturn:
    raise DataError(
        Path(fault.filename).name, "this folder cannot be opened", fault.strerror, "Change who may read it, or remove it"
    )
