"""Run the code cells of a stage's notebook as they are, statement by statement, in the project that is the working folder.

    python -m benchmarks.cells_run NOTEBOOK STEPS

STEPS gets what each statement took. What names ``parts``, the page's parts, is drawing; so is ``display``.
"""

from __future__ import annotations

import ast
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.measure import RSS_UNIT

DRAWING = {"parts", "display", "habits_page", "price_page", "wallet_page", "growth_page", "axes_page"}
REDRAWN = (  # bootstraps
    "analysis.profit.curve.curve_intervals",
    "analysis.segment.records.unsettled_shares",
    "analysis.segment.habit_groups.chance_of_width",
    "analysis.segment.habit_groups.bootstrap_jaccard",
)
LONGEST = 60  # characters of a statement


def main(notebook: Path, steps: Path) -> None:
    """Execute every statement and tell its seconds, its processor's seconds, and the largest memory so far."""
    redrawn = Clock()
    for name in REDRAWN:
        redrawn.watch(name)
    found, names = [], {"__name__": "__main__", "display": lambda *_: None}
    for statement in statements(notebook):
        text = ast.unparse(statement)
        clock = Clock()
        before = dict(vars(redrawn))
        clock.run(exec, compile(ast.Module([statement], []), str(notebook), "exec"), names)
        found.append({
            "step": text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…",
            "is_drawing": bool(DRAWING & {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}),
            "wall": clock.wall, "cpu": clock.cpu, "redrawn_wall": redrawn.wall - before["wall"], "redrawn_cpu": redrawn.cpu - before["cpu"],
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * RSS_UNIT / 1e6,
        })  # fmt: skip
    steps.write_text(json.dumps(found, indent=1), encoding="utf-8")


class Clock:
    """Seconds by the clock and of all processors, added up over what is run."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0

    def run(self, call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """What ``call`` gives; its time counts."""
        wall, cpu = time.perf_counter(), time.process_time()
        found = call(*arguments, **named)
        self.wall += time.perf_counter() - wall
        self.cpu += time.process_time() - cpu
        return found

    def watch(self, function: str) -> None:
        """From now on, each call of ``function`` counts."""
        from importlib import import_module

        module, name = function.rsplit(".", 1)
        home = import_module(module)
        whole = getattr(home, name)
        setattr(home, name, lambda *arguments, **named: self.run(whole, *arguments, **named))


def statements(notebook: Path) -> list[ast.stmt]:
    """Every statement of the notebook's code cells."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return [statement for source in sources for statement in ast.parse(source).body]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
