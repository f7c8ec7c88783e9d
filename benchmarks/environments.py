"""An environment for each competitor, made on first use below ``build/``; the project's own never sees its packages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
BUILD = HERE.parent / "build" / "benchmarks"


def python_of(name: str) -> Path:
    """The Python that has what ``requirements-<name>.txt`` pins; with uv where that is installed.

    Raises
    ------
    subprocess.CalledProcessError : it cannot be installed here; what pip or uv said has been shown.
    """
    home, pinned = BUILD / name, HERE / f"requirements-{name}.txt"
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    ready, wanted = home / "ready", pinned.read_text(encoding="utf-8")
    if not ready.is_file() or ready.read_text(encoding="utf-8") != wanted:
        print(f"Making the environment of {name} ...", flush=True)
        shutil.rmtree(home, ignore_errors=True)
        for command in _commands(home, python, pinned):
            subprocess.run(command, check=True)
        ready.write_text(wanted, encoding="utf-8")
    return python


def _commands(home: Path, python: Path, pinned: Path) -> list[list[str]]:
    places = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    uv = shutil.which("uv", path=places)
    if uv:
        return [[uv, "venv", "--quiet", "--python", sys.executable, str(home)],
                [uv, "pip", "install", "--quiet", "--python", str(python), "-r", str(pinned)]]  # fmt: skip
    return [[sys.executable, "-m", "venv", str(home)],
            [str(python), "-m", "pip", "install", "--quiet", "-r", str(pinned)]]  # fmt: skip
