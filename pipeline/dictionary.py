"""The data dictionary: ``python -m pipeline.dictionary`` writes ``docs/data-dictionary.md`` from the contracts."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from analysis.core.contracts import inputs, optional
from analysis.core.contracts.figures import figures
from analysis.core.contracts.schema import Column, Kind, Table
from pipeline.sources import is_free, stage_of, write_whole

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "docs" / "data-dictionary.md"
CONTRACTS = ROOT / "src" / "analysis" / "core" / "contracts"
OPENING = """\
# Data dictionary

Made by `python -m pipeline.dictionary` from `src/analysis/core/contracts`; edit it there. Columns marked `?` may be missing.
"""
UNITS: dict[Kind, str] = {
    "money_e4": "1/10,000 of the currency",
    "money": "currency",
    "qty_e3": "1/1,000 of the unit",
    "ratio": "share, 1 is all",
}  # of kinds that say it; a column's own unit comes first


def text() -> str:
    """The whole dictionary: what files may bring, what stages store, what all stages hand over."""
    stages = [stage_of(file) for file in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb")) if not is_free(file)]
    parts = [
        _part("Your files", "Columns to which the headers of your files are mapped.", _tables(inputs)),
        _part("Beside the orders", "`data/optional/`: there only if your files bring it.", _tables(optional)),
        *(_part(f"Stage {stage}", "", _stored(stage)) for stage in (*stages, "export")),
        _part("Every stage", "One table of this form for each, in place of `stage`.", iter([figures("stage")])),
    ]
    return "\n".join([OPENING, *filter(None, parts)])


def _stored(stage: str) -> Iterator[Table]:
    """Tables that ``stage`` writes to ``data/tables``."""
    for file in (*CONTRACTS.glob(f"{stage}.py"), *sorted(CONTRACTS.glob(f"{stage}_*.py"))):
        yield from _tables(importlib.import_module(f"analysis.core.contracts.{file.stem}"))


def _tables(module: ModuleType) -> Iterator[Table]:
    """Contracts of ``module``, each once, in its order."""
    yield from {one.name: one for one in vars(module).values() if isinstance(one, Table)}.values()


def _part(title: str, words: str, tables: Iterator[Table]) -> str:
    described = [_table(table) for table in tables]
    return "\n".join([f"## {title}\n", *([f"{words}\n"] if words else []), *described]) if described else ""


def _table(table: Table) -> str:
    rows = [_cells(column) for column in table.columns]
    lines = [("column", "label", "中文", "type", "unit", "meaning"), ("---",) * 6, *rows]
    listed = "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
    return f"### {table.name}\n\nA row is {table.row}; its key is {', '.join(table.key)}.\n\n{listed}\n"


def _cells(column: Column) -> tuple[str, ...]:
    meaning = column.meaning.rstrip(".")
    if column.values:
        meaning += f": {', '.join(column.values)}"
    cells = (
        f"`{column.name}`" + ("?" if column.nullable else ""),
        column.label.en,
        column.label.zh,
        column.kind,
        column.unit or UNITS.get(column.kind, ""),
        f"{meaning}.",
    )
    return tuple(cell.replace("|", "\\|") for cell in cells)


if __name__ == "__main__":
    write_whole(FILE, text())
    print(FILE.relative_to(ROOT))
