"""What offers to come back added, where the log of actions tells whom lot held back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.core import tables
from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMER_RETURNS
from analysis.core.contracts.optional import ACTIONS
from analysis.core.dialect import render
from analysis.core.engine import open_engine
from analysis.core.params import WinBack as Settings
from analysis.core.stage import Stage
from analysis.models.failures import share_interval
from analysis.models.history import open_history

SQL = Path(__file__).with_name("offers.sql")
EPOCH = pd.Timestamp("1970-01-01")
TREATED, HELD_BACK = "treat", "holdout"


@dataclass(frozen=True)
class Offers:
    """Shares that ordered, of those with an offer and of those held back by lot, and their difference with its interval."""

    treated: int
    held_back: int
    with_it: float
    without: float
    difference: float
    lo: float
    hi: float


def read_offers(stage: Stage, settings: Settings, level: float) -> Offers | None:
    """Every offer that could be followed; None without a log, or where nobody was held back."""
    if not tables.path(ACTIONS).is_file():
        return None
    rows = tables.read(ACTIONS, columns=["customer_id", "issued_on", "type", "arm"])
    last = stage.as_of - pd.Timedelta(days=settings.offer_days)
    rows = rows[rows["type"].isin(settings.offer_types) & rows["arm"].isin((TREATED, HELD_BACK)) & (rows["issued_on"] <= last)]
    if set(rows["arm"]) != {TREATED, HELD_BACK}:
        return None
    offers = pd.DataFrame({
        "number": range(len(rows)), "customer_id": rows["customer_id"].to_numpy(), "is_treated": (rows["arm"] == TREATED).to_numpy(),
        "day": ((rows["issued_on"] - EPOCH) // pd.Timedelta(days=1)).to_numpy(),
    })  # fmt: skip
    with open_engine(stage.params.engine) as engine:
        history, _ = open_history(engine, CUSTOMER_DAYS, CUSTOMER_RETURNS, "revenue", stage.as_of, since=stage.as_of)
        file = engine.scratch / "offers.parquet"
        pq.write_table(pa.Table.from_pandas(offers, preserve_index=False), file)
        engine.view("offers", [file])
        known = history.events_known(stage.as_of)
        counts = engine.frame(render(SQL.read_text("utf-8"), engine.dialect, known=known, within=settings.offer_days))
    return compare_arms(counts.set_index("is_treated"), level)


def compare_arms(counts: pd.DataFrame, level: float) -> Offers:
    """The difference of two shares with the interval made of their own.

    Parameters
    ----------
    counts : ``customers`` and how many of them ``ordered``; the index says whether they had the offer.

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17:873-890, method 10, with Jeffreys' intervals of the shares.
    """
    n, hits = (counts[name].reindex([True, False]).to_numpy(float) for name in ("customers", "ordered"))
    share = hits / n
    low, high = share_interval(hits, n, level=level)
    gain = share[0] - share[1]
    below = np.hypot(share[0] - low[0], high[1] - share[1])
    above = np.hypot(high[0] - share[0], share[1] - low[1])
    return Offers(int(n[0]), int(n[1]), float(share[0]), float(share[1]), float(gain), float(gain - below), float(gain + above))
