"""``python -m analysis.simulate`` writes the demo to data/demo, with --truth also what lies behind it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from analysis.core import params, project
from analysis.core.errors import AnalysisError
from analysis.simulate.exports.book import open_book
from analysis.simulate.exports.faults import make_faults
from analysis.simulate.exports.files import replace_folder
from analysis.simulate.world.world import make_world

FOLDER = "data/demo"


def simulate(settings: params.Demo, folder: Path, truth: Path | None) -> None:
    """Make the world of ``settings`` and write its exports to ``folder``, its truth to ``truth``."""
    world = make_world(random_seed=settings.random_seed, customers=settings.customers, months=settings.months)
    book = open_book(world)
    make_faults(book)
    written = replace_folder(folder, book)
    if truth is not None:
        # Arrow and pandas are slow to import, and only the truth needs them.
        from analysis.simulate.truth.write import write_truth

        write_truth(truth, book, written)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m analysis.simulate", description=__doc__)
    parser.add_argument("--truth", type=Path, help="also write the truth and the list of faults here")
    truth = parser.parse_args().truth
    try:
        simulate(params.load(project.inside("params.yaml")).demo, project.inside(FOLDER), truth)
    except AnalysisError as fault:
        sys.exit(str(fault))


if __name__ == "__main__":
    main()
