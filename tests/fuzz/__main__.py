"""The long version: many cases in several processes, counted, and each failure kept.

    python -m tests.fuzz --cases 100000 --random-seed 1
    python -m tests.fuzz --random-seed 1 --only 4711

The second form runs one case alone. A case that fails is written to ``build/fuzz`` with its files and what went wrong.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path

from tests.fuzz.groups import LARGEST
from tests.fuzz.harness import PARAMS, Outcome, Project
from tests.fuzz.seeds import case_of
from tests.fuzz.worker import folder, worker

FAILURES = PARAMS.parent / "build" / "fuzz"
GROUPS_OF_A_PROCESS = 20  # then a fresh one takes over
SILENT_SECONDS = 240  # a group that takes longer has a case that hangs where no signal reaches it
SHOWN_EVERY = 20  # seconds
WIDTHS = (34, 10, 10, 10)


def main(arguments: list[str] | None = None) -> int:
    """Run the cases that the command line asks for; 1 where one of them broke the promise."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Fuzz the cleaning.")
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--random-seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--alone", type=float, default=0.005, help="share of the cases that are judged without neighbours")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="one case, alone")
    chosen = parser.parse_args(arguments)
    if chosen.only is not None:
        return _one(chosen.random_seed, chosen.only)
    run = Run(chosen.random_seed, chosen.alone)
    run.work_off(chosen.cases, chosen.processes)
    say(run.table())
    return 1 if run.failed else 0


def _one(random_seed: int, number: int) -> int:
    case = case_of(random_seed, number)
    with folder() as home:
        outcome = Project(home).run(case)
    say(f"{case.kind} {sorted(case.files)} {case.said}\n{outcome.result}: {outcome.said}")
    return 1 if outcome.result == "failed" else 0


@dataclass
class Process:
    """A process at work on a list of cases."""

    pipe: Connection
    process: multiprocessing.process.BaseProcess
    numbers: list[int] = field(default_factory=list)
    done: set[int] = field(default_factory=set)
    at: int = -1
    groups: int = 0
    heard: float = field(default_factory=time.monotonic)


@dataclass
class Run:
    """One long run: what is left to do, and what was found."""

    random_seed: int
    alone: float
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    failed: dict[int, str] = field(default_factory=dict)
    left: deque[list[int]] = field(default_factory=deque)
    lost: int = 0
    home: Path = PARAMS.parent
    began: float = field(default_factory=time.monotonic)

    def work_off(self, cases: int, processes: int) -> None:
        """Run all ``cases`` in so many processes."""
        with folder() as self.home:
            self._work_off(cases, processes)

    def _work_off(self, cases: int, processes: int) -> None:
        self.left.extend(list(range(start, min(start + LARGEST, cases))) for start in range(0, cases, LARGEST))
        working = [self._started() for _ in range(processes)]
        shown = self.began
        while working:
            for one in list(working):
                if self._step(one):
                    working.remove(one)
                    if self.left:
                        working.append(self._started())
            wait([one.pipe for one in working], timeout=1)
            if time.monotonic() - shown > SHOWN_EVERY:
                shown = time.monotonic()
                say(self._progress(cases))

    def _started(self) -> Process:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=worker, args=(theirs, self.home, self.random_seed, self.alone), daemon=True)
        process.start()
        theirs.close()
        one = Process(ours, process)
        self._give(one)
        return one

    def _give(self, one: Process) -> None:
        one.numbers, one.done = (self.left.popleft() if self.left and one.groups < GROUPS_OF_A_PROCESS else []), set()
        one.groups, one.heard = one.groups + 1, time.monotonic()
        one.pipe.send(one.numbers)

    def _step(self, one: Process) -> bool:
        """Hear what ``one`` has to say; True where it has ended."""
        if not one.numbers:
            one.process.join()
            return True
        try:
            while one.pipe.poll():
                said = one.pipe.recv()
                if said is None:
                    self._give(one)
                    return False
                if isinstance(said, int):
                    one.at, one.heard = said, time.monotonic()
                else:
                    self._count(one, *said)
        except (EOFError, ConnectionResetError):
            return self._lost(one, "the process died")
        if time.monotonic() - one.heard > SILENT_SECONDS:
            one.process.kill()
            return self._lost(one, f"no end after {SILENT_SECONDS} s")
        return False

    def _lost(self, one: Process, how: str) -> bool:
        """The case it was at gets a process of its own, with all the safety of a real run; the others go on without it."""
        one.process.join()
        self.lost += 1
        if len(one.numbers) == 1:
            self._count(one, one.numbers[0], case_of(self.random_seed, one.numbers[0]).kind, Outcome("failed", how))
        else:
            others = [number for number in one.numbers if number not in one.done and number != one.at]
            self.left.extendleft(part for part in (others, [one.at]) if part)
        return True

    def _count(self, one: Process, number: int, kind: str, outcome: Outcome) -> None:
        one.heard = time.monotonic()
        if number not in one.done:
            self.counts[kind, outcome.result] += 1
        one.done.add(number)
        if outcome.result == "failed":
            self.failed[number] = outcome.said
            self._keep(number, outcome)

    def _keep(self, number: int, outcome: Outcome) -> None:
        case = case_of(self.random_seed, number)
        kept = FAILURES / f"{self.random_seed}-{number}"
        for name, content in case.files.items():
            file = kept / name.replace("\n", "_")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        again = f"python -m tests.fuzz --random-seed {self.random_seed} --only {number}"
        (kept / "what.txt").write_text(f"{again}\n{case.kind} {case.said} {case.expected}\n\n{outcome.said}\n", "utf-8", "replace")
        say(f"FAILED {number} {case.kind}: {outcome.said.strip().splitlines()[-1]:.200}\n       {again}")

    def _progress(self, cases: int) -> str:
        done, seconds = self.counts.total(), time.monotonic() - self.began
        results = Counter(dict.fromkeys(("clean", "refused", "failed"), 0))
        for (_, result), count in self.counts.items():
            results[result] += count
        told = ", ".join(f"{count} {result}" for result, count in results.items())
        return f"{done} of {cases} in {seconds:.0f} s, {done / seconds:.0f} a second: {told}; {self.lost} processes lost"

    def table(self) -> str:
        """Counts by kind of case and outcome."""
        rows = [("kind", "clean", "refused", "failed")]
        for kinds in (sorted({kind for kind, _ in self.counts}), sorted({kind.split("/")[0] for kind, _ in self.counts}), [""]):
            rows += [(kind or "all", *(str(self._number(kind, result)) for result in rows[0][1:])) for kind in kinds]
        lines = [" ".join(cell.ljust(width) if at == 0 else cell.rjust(width) for at, (cell, width) in enumerate(zip(row, WIDTHS, strict=True)))
                 for row in rows]  # fmt: skip
        return "\n".join([*lines, self._progress(self.counts.total())])

    def _number(self, kind: str, result: str) -> int:
        return sum(count for (one, found), count in self.counts.items() if found == result and (one == kind or one.startswith(f"{kind}/") or not kind))


def say(text: str) -> None:
    """To the terminal, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
