"""Mend what a killed DVC leaves, so that one command is enough after a crash.

DVC fills dvc.lock and its own note of who is at work (.dvc/tmp/rwlock) in place. A process killed in that moment
leaves a file that DVC refuses to read until somebody deletes it. Deleting is safe: DVC's run cache brings every
finished stage back without running it.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dvc.dvcfile
import psutil
from dvc.lock import LockError, make_lock
from dvc.schema import COMPILED_LOCKFILE_SCHEMA
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from voluptuous import Invalid

from analysis.core.processes import lives
from pipeline.parent import working_processes

DVC_WORDS = (
    "dvc",
    "pipeline.refresh",
    "pipeline/refresh.py",
)  # one of them is in the command line of every DVC


RESULTS = (
    "build/notebooks",
    "data/optional",
    "data/tables",
    "reports",
)  # folders in which nobody but stages and DVC writes


class AtWorkError(Exception):
    """Another DVC is at work in this project."""


def mend(root: Path) -> str | None:
    """Make the project in ``root`` ready for DVC; return what was wrong with dvc.lock, None if nothing was.

    Raises
    ------
    AtWorkError : while another DVC writes, a file may look damaged that is not.
    """
    temporary = root / ".dvc" / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    try:
        with make_lock(str(temporary / "lock"), tmp_dir=str(temporary)):
            release(temporary / "rwlock")
            sweep(root)
            return heal(root / "dvc.lock")
    except LockError:
        raise AtWorkError from None


def sweep(root: Path) -> None:
    """Remove files that were being written when DVC or a stage was killed, or the disk was full."""
    for folder in (*RESULTS, ".dvc/cache"):
        for file in (root / folder).rglob(".*.tmp"):
            if file.is_file():
                file.unlink()


def release(rwlock: Path) -> None:
    """Take away DVC's note of who is at work, unless somebody is.

    DVC itself removes the names of dead processes, but not those of dead ones that nobody has buried (a container
    without an init), nor those whose number another program has got since.
    """
    if any(is_dvc(number) for number in working_processes(rwlock)):
        raise AtWorkError
    rwlock.unlink(missing_ok=True)


def is_dvc(number: int) -> bool:
    try:
        words = " ".join(psutil.Process(number).cmdline())
    except psutil.Error:
        return False
    return lives(number) and any(word in words for word in DVC_WORDS)


@contextmanager
def written_whole() -> Iterator[None]:
    """While this lasts, DVC inside this process writes dvc.lock whole or not at all."""
    as_it_was = dvc.dvcfile.modify_yaml

    @contextmanager
    def modified(path: str, fs: Any = None) -> Iterator[Any]:
        partial = Path(path).with_name(f".{Path(path).name}.tmp")
        partial.unlink(missing_ok=True)
        if os.path.exists(path):
            shutil.copyfile(path, partial)
        with as_it_was(str(partial), fs=fs) as content:
            yield content
        os.replace(partial, path)

    dvc.dvcfile.modify_yaml = modified
    try:
        yield
    finally:
        dvc.dvcfile.modify_yaml = as_it_was


def heal(lock: Path) -> str | None:
    """Rename a damaged lock to dvc.lock.broken; return what was wrong with it, None if nothing was."""
    if not lock.exists():
        return None
    fault = lock_fault(lock)
    if fault is not None:
        os.replace(lock, lock.with_name(lock.name + ".broken"))
    return fault


def lock_fault(lock: Path) -> str | None:
    try:
        content = COMPILED_LOCKFILE_SCHEMA(YAML(typ="safe").load(lock.read_bytes()))
    except (YAMLError, UnicodeDecodeError):
        return "not readable as YAML"
    except Invalid:
        return "not complete"
    for name, stage in content.get("stages", {}).items():
        if any(is_cut_off(file) for file in [*stage.get("deps", []), *stage.get("outs", [])]):
            return f"stage {name} not complete"
    return None


def is_cut_off(file: dict[str, Any]) -> bool:
    """A checksum that ends early passes DVC's check of the file and stops DVC later, without a word why."""
    checksum = file.get("md5", 32 * "0")
    whole = isinstance(checksum, str) and len(checksum.removesuffix(".dir")) == 32
    return not whole or file.get("hash", "md5") != "md5"
