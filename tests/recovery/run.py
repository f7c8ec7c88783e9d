"""The long version of the checks: many worlds, as many at once as there are cores, and a table at the end."""

from __future__ import annotations

import concurrent.futures as futures
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from tests.recovery.harness import Playable, Record, Result, Row, judge
from tests.recovery.registry import all_rows

World = tuple[Playable, int]  # a scene and its seed


def recover(rows: Sequence[Row], *, seeds: int | None, processes: int) -> list[Result]:
    """Measure ``rows`` in all their worlds and judge them; progress goes to the terminal.

    Parameters
    ----------
    seeds : worlds of every row; None is the number that each row asks for.
    """
    worlds: dict[World, list[str]] = defaultdict(list)
    for row in rows:
        for seed in range(1, (seeds or row.seeds) + 1):
            worlds[row.scene, seed].append(row.name)
    found: dict[str, dict[int, list[Record]]] = defaultdict(dict)
    home = Path(tempfile.mkdtemp(prefix="recovery-"))
    try:
        for (_, seed), records in _shown(_measured(worlds, home, processes), len(worlds)):
            for name, record in records.items():
                found[name][seed] = record
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return [judge(row, [found[row.name][seed] for seed in sorted(found[row.name])]) for row in rows]


def measure_world(scene: Playable, seed: int, names: Sequence[str], home: Path) -> dict[str, list[Record]]:
    """Make one world and ask every row named about it."""
    played = scene.play(seed, home)
    try:
        return {name: all_rows()[name].record(played) for name in names}
    finally:
        played.forget()


def _measured(
    worlds: dict[World, list[str]], home: Path, processes: int
) -> Iterator[tuple[World, dict[str, list[Record]]]]:
    context = multiprocessing.get_context("spawn")
    with futures.ProcessPoolExecutor(processes, mp_context=context, initializer=_quiet) as pool:
        waiting = {pool.submit(measure_world, *world, names, home): world for world, names in worlds.items()}
        try:
            for done in futures.as_completed(waiting):
                yield waiting[done], done.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _quiet() -> None:
    """Ctrl-C is the business of the program that started this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _shown(
    done: Iterable[tuple[World, dict[str, list[Record]]]], count: int
) -> Iterator[tuple[World, dict[str, list[Record]]]]:
    began = time.monotonic()
    for number, one in enumerate(done, start=1):
        spent = time.monotonic() - began
        left = spent / number * (count - number)
        say(f"\r{number} of {count} worlds, {spent:.0f} s, about {left:.0f} s left   ")
        yield one
    say("\n")


def say(text: str) -> None:
    """Write ``text`` to the terminal at once."""
    sys.stdout.write(text)
    sys.stdout.flush()


def single_threaded() -> None:
    """One thread a process, since the worlds share the cores; processes started from here on keep to it."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
