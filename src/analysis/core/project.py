"""Where the project lies on disk, wherever a notebook or a test is started from."""

from __future__ import annotations

from pathlib import Path

from analysis.core.errors import DataError


def root() -> Path:
    """Folder of the nearest ``dvc.yaml``, from the working folder upwards."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "dvc.yaml").is_file():
            return folder
    raise DataError("working folder", "no dvc.yaml here or above", None, "Start from inside the project's folder")


def inside(path: str | Path) -> Path:
    """Absolute path of ``path``, which is read from the project's root unless absolute."""
    return root() / path


def shown(path: Path) -> str:
    """``path`` as messages and pages show it: relative to the root, never the machine's own folders."""
    try:
        return path.resolve().relative_to(root().resolve()).as_posix()
    except ValueError:
        return path.name
