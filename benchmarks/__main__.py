"""Measure the workbook beside other tools, in one run, as ratios.

python -m benchmarks lines [--lines 10_000_000] [--only workbook] [--memory-limit GB]
python -m benchmarks stage
python -m benchmarks customers [--customers 1_000_000]
python -m benchmarks lifetime_value [--customers 100_000 1_000_000] [--only workbook]
python -m benchmarks drivers [--customers 100_000] [--months 24]
python -m benchmarks warnings [--customers 1_000_000]
python -m benchmarks holdout              with ANALYSIS_DATASETS set
"""

from __future__ import annotations

import argparse
import os
import sys

from benchmarks import comparison, customers, drivers, holdout, lifetime_value, stage, warnings

LINES = 10_000_000
CUSTOMERS = 1_000_000
LOGS = [100_000, 1_000_000]  # customers
DRIVEN = 100_000  # customers
MONTHS = 24
MEMORY_GB = 8.0  # for making the tables, which is not measured
RUNS = 5


def main(arguments: list[str]) -> int:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Speed and memory, as ratios in one run."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    lines = commands.add_parser(
        "lines", help="read, clean, net and sum up a long export, beside pandas and Polars"
    )
    lines.add_argument("--lines", type=_whole, default=LINES)
    lines.add_argument("--only", choices=comparison.RUNS, help="one of them alone")
    lines.add_argument(
        "--memory-limit", type=float, metavar="GB", help="for the workbook; that of params.yaml otherwise"
    )
    lines.add_argument("--threads", type=int, default=os.cpu_count())
    runs = commands.add_parser("stage", help="the fixed cost of a stage, and of a refresh with nothing to do")
    runs.add_argument("--runs", type=int, default=RUNS)
    base = commands.add_parser("customers", help="the profit and segment stages on a large base of customers")
    base.add_argument("--customers", type=_whole, default=CUSTOMERS)
    watched = commands.add_parser("warnings", help="early warning on a large base of customers, beside a plain loop")
    watched.add_argument("--customers", type=_whole, default=CUSTOMERS)
    value = commands.add_parser("lifetime_value", help="from transactions to lifetime values, beside lifetimes and pymc-marketing")
    value.add_argument("--customers", type=_whole, nargs="+", default=LOGS)
    value.add_argument("--only", choices=lifetime_value.PROGRAMS, help="one of them alone")
    driven = commands.add_parser("drivers", help="what goes with a slower return, month by month, beside plain statsmodels")
    driven.add_argument("--customers", type=_whole, default=DRIVEN)
    driven.add_argument("--months", type=_whole, default=MONTHS)
    commands.add_parser("holdout", help="orders of months that no model has seen, on the public data sets of ANALYSIS_DATASETS")
    chosen = parser.parse_args(arguments)
    if chosen.command == "holdout":
        return holdout.measure_holdout(os.environ.get("ANALYSIS_DATASETS"))
    if chosen.command == "lifetime_value":
        return lifetime_value.measure_lifetime_value(chosen.customers, chosen.only)
    if chosen.command == "drivers":
        return drivers.measure_drivers(chosen.customers, chosen.months)
    if chosen.command == "warnings":
        return warnings.measure_warnings(chosen.customers, MEMORY_GB, os.cpu_count() or 1)
    if chosen.command == "customers":
        return customers.measure_customers(chosen.customers, MEMORY_GB, os.cpu_count() or 1)
    if chosen.command == "stage":
        return stage.measure_stage(chosen.runs)
    return comparison.compare(chosen.lines, chosen.only, chosen.memory_limit, chosen.threads)


def _whole(text: str) -> int:
    return int(text.replace("_", ""))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
