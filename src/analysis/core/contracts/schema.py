"""What a column and a table are; every reader of a column reads this one definition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd
import pyarrow as pa

from analysis.core.errors import ContractError
from analysis.core.frames import rises
from analysis.core.words import Words as Words

Kind = Literal["text", "int", "money_e4", "qty_e3", "float", "money", "ratio", "date", "datetime", "bool"]

E4 = 10_000  # ``money_e4`` is in ten-thousandths of ``money``

ARROW: dict[str, pa.DataType] = {
    "text": pa.string(),
    "int": pa.int64(),
    "money_e4": pa.int64(),
    "qty_e3": pa.int64(),
    "float": pa.float64(),
    "money": pa.float64(),
    "ratio": pa.float64(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us"),
    "bool": pa.bool_(),
}


@dataclass(frozen=True)
class Column:
    """One column of one table.

    Parameters
    ----------
    name : snake_case, with a unit suffix where there is a unit.
    kind : what its values are. ``money_e4`` is an integer in ten-thousandths of the currency and ``qty_e3``
        in thousandths of the unit (row level, exact sums); ``money`` is a float in the currency (customer level).
        ``ratio`` is a share: 0.25 is a quarter.
    label : its short name on an axis or in a table's header.
    meaning : one sentence for the data dictionary.
    unit : the unit in words, where the kind does not say it.
    low, high : limits of the values, both allowed.
    values : all allowed values of a text column.
    nullable : may be missing.
    aliases : headers under which users' files know it, best first.
    """

    name: str
    kind: Kind
    label: Words
    meaning: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    values: tuple[str, ...] = ()
    nullable: bool = False
    aliases: tuple[str, ...] = ()

    def faults(self, values: pd.Series) -> Iterator[str]:
        """One sentence for each way in which ``values`` break the column's contract."""
        missing = int(values.isna().sum())
        if missing and not self.nullable:
            yield f"{self.name} is missing in {missing} rows"
        present = values.dropna()
        if self.low is not None and (below := int((present < self.low).sum())):
            yield f"{self.name} is below {self.low} in {below} rows"
        if self.high is not None and (above := int((present > self.high).sum())):
            yield f"{self.name} is above {self.high} in {above} rows"
        if self.values and (other := int((~present.isin(self.values)).sum())):
            yield f"{self.name} is none of {', '.join(self.values)} in {other} rows"


@dataclass(frozen=True)
class Table:
    """One table: its name, what a row is, its key and its columns.

    Parameters
    ----------
    name : plural noun; the file is ``data/<folder>/<name>.parquet``.
    row : what one row stands for.
    key : columns that together are unique; rows are stored sorted by them.
    columns : in stored order.
    folder : ``tables``, or ``optional`` for a table that is there only if the source brings it.
    """

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    folder: str = "tables"
    by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {column.name: column for column in self.columns})

    @property
    def arrow(self) -> pa.Schema:
        """Arrow schema; every field may be null so that the bytes do not depend on the writer."""
        return pa.schema([pa.field(column.name, ARROW[column.kind]) for column in self.columns])

    def check(self, frame: pd.DataFrame) -> None:
        """Raise one ContractError that names every fault of ``frame``."""
        names = list(self.by_name)
        faults = [f"column {name} is not there" for name in names if name not in frame]
        faults += [f"column {name} is not in the contract" for name in frame if name not in self.by_name]
        for column in self.columns:
            if column.name in frame:
                faults += column.faults(frame[column.name])
        if not faults and not rises(frame, self.key) and (repeated := int(frame.duplicated(list(self.key)).sum())):
            faults.append(f"key ({', '.join(self.key)}) repeats in {repeated} rows")
        if faults:
            raise ContractError(
                f"table {self.name}",
                "; ".join(faults),
                None,
                "This is a defect of the stage that writes the table",
            )
