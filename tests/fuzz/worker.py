"""One of the processes of the long version."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import tempfile
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

from tests.fuzz.groups import run_group
from tests.fuzz.harness import Project
from tests.fuzz.seeds import case_of

MOST_ADDRESSES = 6 << 30  # bytes of address space of one process; its libraries reserve more than they use


@contextlib.contextmanager
def folder(inside: Path = Path("/dev/shm")) -> Iterator[Path]:
    """A folder ``inside`` another, by default in memory where that is possible."""
    here = Path.cwd()
    home = Path(tempfile.mkdtemp(prefix="fuzz-", dir=inside if inside.is_dir() else None))
    try:
        yield home
    finally:
        os.chdir(here)
        shutil.rmtree(home, ignore_errors=True)


def worker(pipe: Connection, inside: Path, random_seed: int, alone: float) -> None:
    """Take lists of case numbers from ``pipe``, and send back ``(number, kind, outcome)``.

    The number of a case is sent before it begins, and ``None`` after the last of a list.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MOST_ADDRESSES, MOST_ADDRESSES))
    with folder(inside) as home, contextlib.suppress(EOFError):
        project = Project(home)
        while numbers := pipe.recv():
            cases = [case_of(random_seed, number) for number in numbers]
            rng = Random(f"{random_seed} {numbers[0]} alone")

            def begin(at: int, numbers: list[int] = numbers) -> None:
                pipe.send(numbers[at])

            for at, outcome in run_group(project, cases, rng, alone if len(numbers) > 1 else 1, begin):
                pipe.send((numbers[at], cases[at].kind, outcome))
            pipe.send(None)
