"""Optional tables as the clean stage stores them, made in a test."""

from __future__ import annotations

import pandas as pd

from analysis.core import tables
from analysis.core.contracts import optional
from analysis.core.contracts.schema import Table


def store_optional(table: Table, rows: pd.DataFrame) -> None:
    """Write ``rows`` as the optional ``table``; columns that are not given are empty, and every customer is known."""
    filled = rows.assign(file_no=1, row_no=range(1, len(rows) + 1))
    for name in table.by_name:
        if name not in filled:
            filled[name] = True if name == "is_known_customer" else None
    frame = filled[list(table.by_name)]
    for column in table.columns:
        if column.kind in ("date", "datetime"):
            frame = frame.assign(**{column.name: pd.to_datetime(frame[column.name])})
        elif column.kind in ("int", "money_e4"):
            frame = frame.assign(**{column.name: frame[column.name].astype("Int64")})
    tables.write(table, frame)


def tickets(*rows: tuple[str, str, float | None, str, int | None]) -> pd.DataFrame:
    """Tickets from customer, time of opening, hours to the first answer, type and severity; settled a day after the answer."""
    frame = pd.DataFrame(rows, columns=["customer_id", "opened_at", "hours", "type", "severity"])
    opened = pd.to_datetime(frame["opened_at"])
    answered = opened + pd.to_timedelta(frame.pop("hours").astype(float), unit="h")
    return frame.assign(
        ticket_id=[f"t{n}" for n in range(len(frame))], opened_at=opened, first_response_at=answered, on_site_at=answered,
        resolved_at=answered + pd.Timedelta(days=1),
    )  # fmt: skip


def store_tickets(*rows: tuple[str, str, float | None, str, int | None]) -> None:
    """Write these tickets."""
    store_optional(optional.TICKETS, tickets(*rows))
