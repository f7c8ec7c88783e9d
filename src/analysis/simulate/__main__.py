"""``python -m analysis.simulate`` writes the demo to data/demo; options make another world, and its truth."""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path

from analysis.core import params, project
from analysis.core.errors import AnalysisError, ParamsError
from analysis.simulate.exports.book import open_book
from analysis.simulate.exports.faults import make_faults
from analysis.simulate.exports.files import CUSTOMERS_FILE, PRODUCTS_FILE, replace_folder
from analysis.simulate.exports.table_faults import make_tables
from analysis.simulate.exports.tables import write_tables
from analysis.simulate.world.presets import DISTRIBUTOR, PRESETS
from analysis.simulate.world.side import make_side
from analysis.simulate.world.world import World, make_world

FOLDER = "data/demo"
PATHS = 500


def simulate(settings: params.Demo, folder: Path, truth: Path | None, *, paths: int = 0) -> None:
    """Make the demo of ``settings``, write its exports to ``folder`` and its truth to ``truth``."""
    export(make_world(**vars(settings), preset=DISTRIBUTOR), folder, truth, paths=paths)


def export(world: World, folder: Path, truth: Path | None, *, paths: int = 0) -> None:
    """Write the exports of ``world`` to ``folder``, and its truth to ``truth``, with so many futures."""
    book = open_book(world)
    make_faults(book)
    side = make_side(world)
    tables = make_tables(side, book)
    written = replace_folder(folder, book, partial(write_tables, tables))
    if truth is not None:
        # Arrow and pandas are slow to import, and only the truth needs them.
        from analysis.simulate.truth.side import write_side_truth
        from analysis.simulate.truth.write import write_truth

        write_truth(truth, book, written, paths=paths)
        write_side_truth(truth, side, tables)


def _world(options: argparse.Namespace, settings: params.Demo) -> World:
    """The demo of params.yaml, or the world that the options ask for."""
    seed = settings.random_seed if options.random_seed is None else options.random_seed
    if options.preset is None:
        customers = options.customers or settings.customers
        return make_world(random_seed=seed, customers=customers, months=settings.months)
    return make_world(random_seed=seed, customers=options.customers, preset=PRESETS[options.preset])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m analysis.simulate", description=__doc__)
    parser.add_argument("--preset", choices=PRESETS, help="which world; the demo of params.yaml without it")
    parser.add_argument("--random-seed", type=int, help="another world of the same kind")
    parser.add_argument("--customers", type=int, help="how many customers, in place of the preset's number")
    parser.add_argument("--to", type=Path, default=Path(FOLDER), help=f"where the exports go ({FOLDER})")
    parser.add_argument("--truth", type=Path, help="also write the truth and the list of faults here")
    parser.add_argument(
        "--paths", type=int, default=0, metavar="N",
        help=f"with --truth: tell what customers will bring, by N futures of the world ({PATHS} take minutes)",
    )  # fmt: skip
    return parser.parse_args()


def _check(options: argparse.Namespace) -> None:
    """Refuse numbers that no world can have."""
    for name, least in (("random_seed", 0), ("customers", 1), ("paths", 0)):
        value = getattr(options, name)
        if value is not None and value < least:
            option = f"--{name.replace('_', '-')}"
            raise ParamsError("python -m analysis.simulate", f"{option} must be at least {least}", value, f"Give {option} a larger number")


def _may_replace(folder: Path) -> None:
    """Never put exports in the place of a folder that holds anything else."""
    theirs = {file.name for file in folder.iterdir()} if folder.is_dir() else set()
    if folder.is_file() or (theirs and not theirs >= {PRODUCTS_FILE, CUSTOMERS_FILE}):
        what = "the folder for the exports must be new, empty or one of ours"
        raise ParamsError("python -m analysis.simulate", what, project.shown(folder), "Name another folder with --to")


def main() -> None:
    """The command."""
    options = _options()
    try:
        _check(options)
        _may_replace(project.inside(options.to))
        world = _world(options, params.load(project.inside("params.yaml")).demo)
        export(world, project.inside(options.to), options.truth, paths=options.paths)
    except AnalysisError as fault:
        sys.exit(str(fault))


if __name__ == "__main__":
    main()
