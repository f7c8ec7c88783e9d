"""Copies of the whole project with a small demo, and the processes that work in them."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from pipeline.provenance import outputs
from pipeline.sources import is_free, stage_of

ROOT = Path(__file__).resolve().parents[2]
SMALL = {"customers": 60, "months": 14}
LOCKS = ("requirements.lock", "requirements-test.lock")
WORKBOOK = (sys.executable, "workbook.py")
DVC = (sys.executable, "-m", "dvc", "repro")
# What a process is, by a word of its command line; from the innermost to the one that the user started.
ROLES = {
    "kernel": "ipykernel_launcher",
    "refresh": "-m pipeline.refresh",
    "stage": "-m pipeline.",
    "demo": "-m analysis.",
    "dvc": "-m dvc",
    "workbook": "workbook.py",
}
# Differs between two good runs, or is DVC's own business of the moment.
VOLATILE = re.compile(
    r"\.dvc\.lock\.tmp$|\.dvc/tmp/|\.dvc/cache/runs/|\.git/|__pycache__|build/matplotlib/|dvc\.lock\.broken$|\.venv/"
)


@dataclass(frozen=True)
class Copy:
    """One copy of the project."""

    root: Path

    @property
    def temporary(self) -> Path:
        """Where its programs put temporary files, so that what they leave is seen."""
        return self.root / "tmp"

    def start(self, *command: str, **settings: str) -> subprocess.Popen[str]:
        """Start ``command`` in a session of its own, as a terminal does."""
        dropped = ("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "DVC_ROOT", "DVC_STAGE", "PYTEST_CURRENT_TEST")
        kept = {name: value for name, value in os.environ.items() if name not in dropped}
        path = f"{self.root / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
        given = {"PATH": path, "TMPDIR": str(self.temporary), "PYTHONUTF8": "1"}
        inside = [
            str(self.root / ".venv" / "bin" / "python") if word == sys.executable else word
            for word in command
        ]
        return subprocess.Popen(
            inside, cwd=self.root, env=kept | given | settings, encoding="utf-8", start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def run(self, *command: str, timeout: float = 600, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run ``command`` to its end; standard output and error come as one text."""
        process = self.start(*command, **settings)
        said = finished(process, timeout)
        return subprocess.CompletedProcess(command, process.returncode, said)

    def processes(self) -> dict[int, str]:
        """Living processes that work in this folder: number and role."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                here, dead = os.readlink(folder / "cwd"), re.search(r"\) Z ", (folder / "stat").read_text())
                words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            except OSError:
                continue  # ended between the listing and the look
            if here == str(self.root) and not dead:
                found[int(folder.name)] = _role(words)
        return found

    def left_after(self, seconds: float) -> dict[int, str]:
        """Processes that are still there when so much time has passed."""
        deadline = time.monotonic() + seconds
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.02)
        return left

    def end_all(self) -> None:
        """Leave nobody behind, whatever a test has found."""
        while left := self.processes():
            for process in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)

    def files(self) -> dict[str, str]:
        """Every file that a run may leave, with the hash of its content."""
        names = {
            path.relative_to(self.root).as_posix(): path
            for path in self.root.rglob("*") if path.is_file() and not path.is_symlink()
        }  # fmt: skip
        return {name: _hash(path) for name, path in sorted(names.items()) if not VOLATILE.search(name)}

    def duplicate(self, folder: Path) -> Copy:
        """The same project elsewhere."""
        shutil.copytree(self.root, folder, symlinks=True)
        (folder / ".venv" / "workbook.mark").write_text(_marks(folder))
        return Copy(folder)

    def put(self, path: str, text: str) -> None:
        """Write one file."""
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def put_notebook(self, name: str, content: dict[str, Any]) -> None:
        """Write one notebook."""
        self.put(f"notebooks/{name}.ipynb", json.dumps(content))

    def without(self, path: str, guard: str, instead: str = "") -> None:
        """Take a guard out of this copy's code."""
        text = (self.root / path).read_text("utf-8")
        assert guard in text, f"{path} has changed; say what the guard is now"
        self.put(path, text.replace(guard, instead))

    def set_params(self, **lines: str) -> None:
        """Change single lines of params.yaml, found by their key."""
        file = self.root / "params.yaml"
        text = file.read_text("utf-8")
        for key, value in lines.items():
            text, found = re.subn(rf"(?m)^( *){key}:.*$", rf"\g<1>{key}: {value}", text, count=1)
            assert found == 1, key
        file.write_text(text, "utf-8")


def make_copy(folder: Path, *, notebooks: Collection[str] | None = None) -> Copy:
    """The project as a colleague gets it, with what is not committed yet, set up, with a small demo as source.

    Parameters
    ----------
    notebooks : the only stages with a notebook that it keeps, so that one run takes few seconds.
    """
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file() and not name.startswith(("tests/", "benchmarks/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    (folder / "dvc.lock").unlink(missing_ok=True)
    (folder / "tmp").mkdir()
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    _make_environment(folder)
    if notebooks is not None:
        _leave_out(folder, {stage_of(one) for one in folder.glob("notebooks/*.ipynb") if not is_free(one)} - {*notebooks})
    copy = Copy(folder)
    copy.set_params(path="data/demo", as_of="null", **{name: str(value) for name, value in SMALL.items()})
    return copy


def _leave_out(folder: Path, stages: Collection[str]) -> None:
    """Take the notebooks of ``stages`` away, and every line of dvc.yaml about them."""
    for notebook in folder.glob("notebooks/*.ipynb"):
        if stage_of(notebook) in stages:
            notebook.unlink()
    yaml = YAML()
    wiring = yaml.load(folder / "dvc.yaml")
    made = {path for stage in stages for path in outputs(wiring["stages"][stage])}
    made |= {f"build/notebooks/{stage}.ipynb" for stage in stages}
    for stage in stages:
        del wiring["stages"][stage]
    for entry in wiring["stages"].values():
        for part in ("deps", "outs"):
            entry[part] = [path for path in entry[part] if path not in made]
    yaml.dump(wiring, folder / "dvc.yaml")


def _make_environment(folder: Path) -> None:
    """An environment that has this one's packages and the copy's own code, marked as set up."""
    venv = folder / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    here = Path(sysconfig.get_path("purelib"))
    packages = venv / here.relative_to(sys.prefix)
    own = [
        os.path.relpath(one, packages) for one in (folder / "src", folder)
    ]  # as they are where it is copied
    (packages / "workbook.pth").write_text("\n".join([*own, str(here)]) + "\n", "utf-8")
    (venv / "share").symlink_to(Path(sys.prefix) / "share")
    (venv / "workbook.mark").write_text(_marks(folder))


def _marks(folder: Path) -> str:
    keys = (hashlib.sha256((folder / lock).read_bytes() + str(folder).encode()) for lock in LOCKS)
    return "".join(key.hexdigest() + "\n" for key in keys)


def finished(process: subprocess.Popen[str], timeout: float) -> str:
    """What ``process`` said until its end, and the last of those that write to the same place."""
    try:
        return process.communicate(timeout=timeout)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def _role(words: str) -> str:
    """A shell that waits for a stage has the stage's words in its own."""
    if words.split()[1:2] == ["-c"]:
        return "shell"
    return next((role for role, word in ROLES.items() if word in words), "other")


def _hash(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""  # taken away between the listing and the look
