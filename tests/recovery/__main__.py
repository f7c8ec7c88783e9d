"""Hold every estimate of the workbook against worlds whose truth is known.

python3 workbook.py recovery [--rows NAME] [--seeds N] [--processes N] [--list]

The table says how far each estimate lies from the truth over many random worlds, how often its interval holds
the truth, and how often something is found where there is nothing. The bands were frozen once; the exit code is
1 where an estimate lies outside of its band.
"""

from __future__ import annotations

import argparse
import os
import sys

from tests.recovery.registry import all_rows
from tests.recovery.report import table, verdict
from tests.recovery.run import recover, say, single_threaded


def main(arguments: list[str]) -> int:
    """Run what the command line names."""
    chosen = _parser().parse_args(arguments)
    single_threaded()
    rows = [row for name, row in all_rows().items() if not chosen.rows or any(part in name for part in chosen.rows)]
    if not rows:
        sys.stderr.write("recovery: no row has such a name; --list shows them all\n")
        return 2
    if chosen.list:
        say("".join(f"{row.name}\n" for row in rows))
        return 0
    results = recover(rows, seeds=chosen.seeds, processes=chosen.processes)
    say(f"{table(results)}\n{verdict(results)}\n")
    return int(any(result.faults for result in results))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="workbook.py recovery", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", action="append", metavar="NAME", help="only rows with NAME in their name; may be repeated")
    parser.add_argument("--seeds", type=_count, metavar="N", help="random worlds for every row, in place of each row's own number")
    parser.add_argument("--processes", type=_count, default=os.cpu_count() or 1, metavar="N", help="worlds at once; all cores if not given")
    parser.add_argument("--list", action="store_true", help="only list the rows")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1 is needed")
    return number


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
