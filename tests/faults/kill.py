"""Kill a refresh at random moments, run it again, and count what was found.

    PYTHONPATH=. python tests/faults/kill.py --times 50 --random-seed 1

Each round starts in a copy of the project with a small demo, half of them from nothing and half from an earlier
month, runs `workbook.py` or `dvc repro`, ends one process or all of them with `kill -9` at a moment that is uniform
over the time of an undisturbed run, and runs it again. Exit code 1 if any round failed.

A round is good if after the kill nobody is left who could write, every result on disk is whole (that of the
undisturbed run, that of the earlier month, or not there), and if the next run ends well, with the undisturbed run's
`dvc.lock` byte for byte, its results, and nothing on disk that an undisturbed run does not leave.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from copies import DVC, WORKBOOK, Copy, finished, make_copy
from short import make_small

SECONDS_TO_END = 4.0  # how long others may outlive the killed process; they are mostly gone in half a second
LONGEST_SECONDS = 600
COMMANDS = {"workbook": WORKBOOK, "dvc": DVC}
# Whom: everybody at once, the terminal's group (a kernel is not in it), or one process.
VICTIMS = ("everybody", "group", "workbook", "refresh", "stage", "kernel")
OF_ROLE = {"stage": ("stage", "demo"), "refresh": ("refresh", "dvc")}
LONGEST_WAIT = 1.0  # seconds, at random, until the next look for a victim that is not there
EARLIER_SHARE = 0.75  # of a moment that came too late
RESULTS = ("data/", "reports/", "build/notebooks/", "build/stages.json")
FEW = ("clean", "profit")  # all others are the same runner with another notebook
EARLIER = '"2026-06-30"'
KEPT = ("reports/demo/", "reports/index.")  # which months there are depends on what ran before; DVC makes no list of them
UNSEEN = ("reports/failed/",)  # for the analyst; the next good run of the stage takes it away


@dataclass(frozen=True)
class Known:
    """What undisturbed runs make: the project to start from, the results of this and of the earlier month."""

    fresh: Copy
    earlier: Copy
    lock: bytes
    files: dict[str, str]
    earlier_files: dict[str, str]
    seconds: float


@dataclass
class Round:
    """One kill and what came of it."""

    start: str
    again: str
    state: str
    victim: str
    moment: float
    is_killed: bool = False
    healed: bool = False
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)
    said: str = ""


def know(folder: Path, *, make: Callable[[Path], Copy], command: Sequence[str] = WORKBOOK) -> Known:
    """Two undisturbed runs in projects that ``make`` makes: the earlier month first, then this month from nothing."""
    fresh = make(folder / "fresh")
    earlier = fresh.duplicate(folder / "earlier")
    earlier.set_params(as_of=EARLIER)
    _good(earlier.run(*command, timeout=LONGEST_SECONDS))
    earlier.set_params(as_of="null")
    plain = fresh.duplicate(folder / "plain")
    began = time.monotonic()
    _good(plain.run(*command, timeout=LONGEST_SECONDS))
    seconds = time.monotonic() - began
    return Known(
        fresh, earlier, (plain.root / "dvc.lock").read_bytes(), plain.files(), earlier.files(), seconds
    )


def _good(run: subprocess.CompletedProcess[str]) -> None:
    if run.returncode != 0:
        sys.exit(f"The undisturbed run failed:\n{run.stdout}")


def play(known: Known, one: Round, folder: Path) -> Round:
    """One round in ``folder``, which is empty again afterwards unless the round failed."""
    while True:
        copy = (known.fresh if one.state == "nothing" else known.earlier).duplicate(folder)
        process = copy.start(*COMMANDS[one.start])
        try:
            _kill(copy, process, one)
            if one.is_killed:
                check_disk(copy, known, one)
                began = time.monotonic()
                again = copy.run(*COMMANDS[one.again], timeout=LONGEST_SECONDS)
                one.seconds = time.monotonic() - began
                one.said += again.stdout
                check_end(copy, known, one, again)
        finally:
            copy.end_all()
        if not one.faults:
            shutil.rmtree(folder)
        if one.is_killed or one.faults:
            return one
        one.moment *= EARLIER_SHARE  # it had ended before


def _kill(copy: Copy, process: subprocess.Popen[str], one: Round) -> None:
    there: dict[int, str] = {}
    wait, chance = one.moment, random.Random(one.moment)
    while not one.is_killed:
        try:
            process.wait(wait)
            break  # too late
        except subprocess.TimeoutExpired:
            there = copy.processes()
        victims = _victims(there, process, one.victim)
        for number in (signal.SIGSTOP, signal.SIGKILL):  # all at once: nobody may act on the death of another
            for victim in victims:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(victim, number)
        one.is_killed = bool(victims)
        wait = chance.uniform(0, LONGEST_WAIT)
    one.said += finished(process, LONGEST_SECONDS)  # ends at once if it was killed; else it has to notice
    if left := copy.left_after(SECONDS_TO_END):
        one.faults.append(f"left behind: {', '.join(sorted(set(left.values())))}")
        copy.end_all()
    _wait_until_buried(there)


def _wait_until_buried(numbers: Iterable[int]) -> None:
    """`dvc repro` takes a dead process for a living one until the system has buried it; `workbook.py` does not."""
    deadline = time.monotonic() + SECONDS_TO_END
    while any(Path(f"/proc/{number}").exists() for number in numbers) and time.monotonic() < deadline:
        time.sleep(0.02)


def _victims(there: dict[int, str], process: subprocess.Popen[str], victim: str) -> list[int]:
    if victim == "everybody":
        return list(there)
    if victim == "group":
        return [number for number in there if os.getpgid(number) == process.pid]
    return [number for number, role in there.items() if role in OF_ROLE.get(victim, (victim,))]


def compared(files: dict[str, str], one: Round) -> dict[str, str]:
    """What of ``files`` must be as after an undisturbed run."""
    same_months = one.state == "nothing" and one.again == "workbook"
    return {name: content for name, content in files.items() if same_months or not name.startswith(KEPT)}


def check_disk(copy: Copy, known: Known, one: Round) -> None:
    for name, content in compared(copy.files(), one).items():
        whole = content in (known.files.get(name), known.earlier_files.get(name))
        hidden = name.rpartition("/")[2].startswith(".") or "/." in name
        if name.startswith(RESULTS) and not name.startswith(UNSEEN) and not whole and not hidden:
            one.faults.append(f"half a file: {name}")


def check_end(copy: Copy, known: Known, one: Round, again: subprocess.CompletedProcess[str]) -> None:
    one.healed = (copy.root / "dvc.lock.broken").exists()
    if again.returncode != 0:
        one.faults.append(f"the next run ended with {again.returncode}")
        return
    if (copy.root / "dvc.lock").read_bytes() != known.lock:
        one.faults.append("another dvc.lock")
    files = compared(copy.files(), one)
    expected = known.files if one.state == "nothing" else known.files | {
        name: content for name, content in known.earlier_files.items() if name.startswith(".dvc/cache")
    }  # fmt: skip
    expected = compared(expected, one)
    one.faults += [f"not there: {name}" for name in sorted(expected.keys() - files.keys())]
    one.faults += [f"left over: {name}" for name in sorted(files.keys() - expected.keys())]
    one.faults += [f"other content: {name}" for name in sorted(expected.keys() & files.keys())
                   if files[name] != expected[name] and name.startswith(RESULTS)]  # fmt: skip
    if left := copy.left_after(SECONDS_TO_END):
        one.faults.append(f"left behind by the next run: {', '.join(sorted(set(left.values())))}")


def planned(
    times: int, random_seed: int, seconds: float, *, commands: Iterable[str] = COMMANDS
) -> list[Round]:
    """Rounds in which whom, how and from what are dealt evenly, and moments are uniform."""
    chance = random.Random(random_seed)
    ways = [
        (start, again, state) for start in commands for again in commands for state in ("nothing", "earlier")
    ]
    rounds = []
    for number in range(times):
        start, again, state = ways[number % len(ways)]
        victims = [one for one in VICTIMS if start == "workbook" or one != "workbook"]
        victim = victims[(number // len(ways) + number) % len(victims)]
        rounds.append(Round(start, again, state, victim, chance.uniform(0, seconds)))
    chance.shuffle(rounds)
    return rounds


def table(rounds: Sequence[Round]) -> str:
    """How often each kind of kill came, and what was found."""
    lines = [f"{'killed':<12}{'rounds':>7}{'good':>6}{'failed':>8}{'lock healed':>13}{'median s again':>16}"]
    roles = {one.victim for one in rounds}
    for role in [*sorted(roles), "all"]:
        chosen = [one for one in rounds if role in ("all", one.victim)]
        failed = sum(bool(one.faults) for one in chosen)
        middle = sorted(one.seconds for one in chosen)[len(chosen) // 2]
        healed = sum(one.healed for one in chosen)
        lines.append(
            f"{role:<12}{len(chosen):>7}{len(chosen) - failed:>6}{failed:>8}{healed:>13}{middle:>16.1f}"
        )
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="tests/faults/kill.py", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--random-seed", type=int, default=1)
    parser.add_argument("--notebooks", choices=("short", "few", "all"), default="few",
                        help=f"one that does next to nothing, {' and '.join(FEW)}, or all")  # fmt: skip
    parser.add_argument("--keep", type=Path, help="work here and keep the folders of rounds that failed")
    chosen = parser.parse_args(arguments)
    say = sys.stdout.write
    with tempfile.TemporaryDirectory(prefix="kill-") as folder:
        top = chosen.keep or Path(folder)
        makes = {"few": functools.partial(make_copy, notebooks=FEW), "all": make_copy, "short": make_small}
        known = know(top, make=makes[chosen.notebooks])
        say(f"An undisturbed run: {known.seconds:.1f} s, {len(known.files)} files.\n")
        rounds = planned(chosen.times, chosen.random_seed, known.seconds)
        for number, one in enumerate(rounds, 1):
            play(known, one, top / f"round-{number}")
            way = f"{one.start} then {one.again}, from {one.state}, {one.victim} at {one.moment:.2f} s"
            say(f"{number:>3}  {way}: {'; '.join(one.faults[:3]) or 'good'}\n")
            if one.faults:
                say("".join(f"     | {line}\n" for line in one.said.splitlines()[-12:]))
            sys.stdout.flush()
        say(f"\n{table(rounds)}\n")
    return 1 if any(one.faults for one in rounds) else 0


if __name__ == "__main__":
    sys.exit(main())
