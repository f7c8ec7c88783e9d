"""Any table by name.

>>> from analysis.explore.stored import stored                                                  # doctest: +SKIP
>>> stored                      # which tables there are, and what one row of each is            # doctest: +SKIP
>>> stored.risk                 # the table as a DataFrame; the names complete                   # doctest: +SKIP
>>> stored.columns("risk")      # what each column means, with its unit                          # doctest: +SKIP
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterator, Mapping

import pandas as pd
import pyarrow.parquet as pq

from analysis.core import contracts, project, tables
from analysis.core.contracts.figures import figures
from analysis.core.contracts.schema import Table
from analysis.core.errors import DataError

_FIGURES = "_figures"


class Stored(Mapping[str, pd.DataFrame]):
    """The tables that the last refresh has stored, by name: ``stored.rfm`` or ``stored["rfm"]``.

    A table is read afresh each time, so that what you do to one changes no other and nothing on disk. Shown in a
    notebook it lists all tables; ``stored.listing()`` is that list as a DataFrame.
    """

    def __getitem__(self, name: str) -> pd.DataFrame:
        return tables.read(self.contract(name))

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]

    def __iter__(self) -> Iterator[str]:
        return iter(name for name, table in _contracts().items() if tables.path(table).is_file())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in [*self]

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self]

    def _ipython_key_completions_(self) -> list[str]:
        return [*self]

    def contract(self, name: str) -> Table:
        """What table ``name`` is; raises DataError with the nearest names where there is none."""
        known = _contracts()
        if name not in known:
            near = difflib.get_close_matches(name, known, n=5, cutoff=0.4) or sorted(self)[:5]
            raise DataError("stored", "there is no such table", name, f"Nearest are {', '.join(near)}; `stored` lists all")
        return known[name]

    def listing(self) -> pd.DataFrame:
        """One row a table: its name, rows and columns, and what one row stands for."""
        found = {name: self.contract(name) for name in self}
        return pd.DataFrame(
            {
                "table": [*found],
                "rows": [pq.read_metadata(tables.path(table)).num_rows for table in found.values()],
                "columns": [len(table.columns) for table in found.values()],
                "one row is": [table.row for table in found.values()],
            }
        )

    def columns(self, name: str) -> pd.DataFrame:
        """What each column of table ``name`` means: kind, unit, label in both languages, meaning, allowed values."""
        contract = self.contract(name)
        return pd.DataFrame(
            [
                {
                    "column": column.name, "kind": column.kind, "unit": column.unit, "in the key": column.name in contract.key,
                    "may be missing": column.nullable, "label": column.label.en, "标签": column.label.zh, "meaning": column.meaning,
                    "values": ", ".join(column.values),
                }
                for column in contract.columns
            ]
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"{len(self)} tables; stored.listing() says what they are, stored.risk reads one"

    def _repr_html_(self) -> str:
        with pd.option_context("display.max_rows", None, "display.max_colwidth", None):
            return self.listing().to_html(index=False, notebook=True)


def _contracts() -> dict[str, Table]:
    """Every table that a stage stores, by name."""
    found: dict[str, Table] = {}
    for module in pkgutil.iter_modules(contracts.__path__):
        if not module.name.endswith("inputs"):  # users' files, not stored tables
            content = vars(importlib.import_module(f"{contracts.__name__}.{module.name}"))
            found |= {one.name: one for one in content.values() if isinstance(one, Table)}
    for file in project.inside("data/tables").glob(f"*{_FIGURES}.parquet"):
        found[file.stem] = figures(file.stem.removesuffix(_FIGURES))
    return dict(sorted(found.items()))


stored = Stored()
