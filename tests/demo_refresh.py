"""The whole project, refreshed twice from nothing on the demo: elsewhere, in another locale, by another user."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.once import once

ROOT = Path(__file__).parents[1]
HERE = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1"}
ELSEWHERE = {"TZ": "Asia/Tokyo", "LC_ALL": "POSIX", "PYTHONHASHSEED": "77", "OMP_NUM_THREADS": "2"}
LONGEST_SECONDS = 600


def refreshed_twice(factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two folders in which ``dvc repro`` has run at the same time, the first with its list of months; what it said lies in the first as ``said.txt``."""
    top = once(factory, "demo", _refresh_both)
    return _folders(top)


def _folders(top: Path) -> tuple[Path, Path]:
    return top / "A", top / "B 示例" / "other" / "deeper"


def _refresh_both(top: Path) -> None:
    first, second = (_copied(folder) for folder in _folders(top))
    (top / "home").mkdir()
    processes = [start(first, "repro", **HERE), start(second, "repro", **ELSEWHERE, HOME=str(top / "home"))]
    said = [process.communicate(timeout=LONGEST_SECONDS)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], "\n".join(said)
    listed = _program(first, "pipeline.refresh", "--months", **HERE)
    said.append(finished(listed))
    (first / "said.txt").write_text("\n".join(said), encoding="utf-8")


def _copied(folder: Path) -> Path:
    """The project as a colleague gets it, with what is not committed yet; the source is the demo."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    (folder / "dvc.lock").unlink(missing_ok=True)
    (folder / ".dvc" / "config.local").write_text("[core]\n    no_scm = true\n")
    params = folder / "params.yaml"
    text, found = re.subn(r"(?m)^(source:\n  path:) .*$", r"\1 data/demo", params.read_text("utf-8"))
    assert found == 1
    params.write_text(re.sub("(?m)^as_of:.*$", "as_of: null", text), encoding="utf-8")
    return folder


def start(folder: Path, *arguments: str, **settings: str) -> subprocess.Popen[str]:
    """DVC in ``folder``."""
    return _program(folder, "dvc", *arguments, **settings)


def _program(folder: Path, *arguments: str, **settings: str) -> subprocess.Popen[str]:
    """A module run in ``folder``."""
    return subprocess.Popen(
        [sys.executable, "-m", *arguments], cwd=folder, env=environment_of(folder) | settings, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def environment_of(folder: Path) -> dict[str, str]:
    """That of a program of the copy in ``folder``: this Python, and the copy's own code."""
    return os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": f"{folder / 'src'}{os.pathsep}{folder}",
    }


def finished(process: subprocess.Popen[str]) -> str:
    """What a process said that ended well."""
    said = process.communicate(timeout=LONGEST_SECONDS)[0]
    assert process.returncode == 0, said
    return said
