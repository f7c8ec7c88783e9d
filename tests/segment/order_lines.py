"""Order lines drawn as small text tables, stored in a project of their own as the clean stage stores them."""

import dataclasses

import pandas as pd

from analysis.core import tables
from analysis.core.contracts.clean import CUSTOMERS, ORDER_LINES, RUN_FACTS
from analysis.core.stage import open_stage
from analysis.segment.habits import open_habits
from tests.event_tables import ROOT

E4 = 10_000
COLUMNS = ("customer_id", "order_date", "order_hour", "category", "channel", "qty", "amount", "discount", "kind", "file_no")


def drawn(text):
    """A row is: customer, day, hour, category, channel, quantity, amount, discount, and perhaps kind of line and file; - is missing."""
    rows = [line.split() for line in text.strip().splitlines() if line.strip()]
    found = pd.DataFrame([row + ["sale", "1"][len(row) - 8 :] for row in rows], columns=list(COLUMNS))
    return found.mask(found == "-", None)


def stored(folder, lines, *, as_of="2024-12-31", regions=None, value_name="revenue"):
    """Make ``folder``, the working folder, a project that holds ``lines``."""
    (folder / "dvc.yaml").touch()
    (folder / "params.yaml").write_text((ROOT / "params.yaml").read_text("utf-8"), "utf-8")

    def scaled(name, unit):
        return (pd.to_numeric(lines[name]) * unit).round().astype("Int64")

    frame = pd.DataFrame({name: lines.get(name) for name in ORDER_LINES.by_name}, index=lines.index)
    frame = frame.assign(
        row_no=range(1, len(lines) + 1), file_no=pd.to_numeric(lines["file_no"]).astype("int64"), order_date=pd.to_datetime(lines["order_date"]),
        order_hour=pd.to_numeric(lines["order_hour"]).astype("Int64"), line_kind=lines["kind"], is_pseudo_customer=lines["customer_id"] == "many",
        qty_e3=scaled("qty", 1000), discount_e4=scaled("discount", E4), amount_e4=scaled("amount", E4), raw_amount_e4=scaled("amount", E4),
        unit_price_e4=pd.array([None] * len(lines), dtype="Int64"), contribution_e4=pd.array([None] * len(lines), dtype="Int64"),
    )  # fmt: skip
    tables.write(ORDER_LINES, frame)
    ids = sorted(set(lines["customer_id"]))
    days = frame.groupby("customer_id")["order_date"]
    tables.write(CUSTOMERS, pd.DataFrame({
        "customer_id": ids, "customer_name": [f"Firm {one}" for one in ids], "region": [(regions or {}).get(one) for one in ids],
        "industry": None, "sales_rep": None, "is_pseudo_customer": [one == "many" for one in ids],
        "first_order_date": days.min().loc[ids].to_numpy(), "last_order_date": days.max().loc[ids].to_numpy(),
    }))  # fmt: skip
    known = {
        "as_of": pd.Timestamp(as_of), "first_date": frame["order_date"].min(), "last_date": frame["order_date"].max(), "currency": "CNY",
        "value_name": value_name, "costed_share": 0.0, "occasion_rule": "customer_date", "shared_order_ids": 0, "order_ids": 0,
        "date_order": "iso", "tied_returns_e4": 0, "untied_returns_e4": 0, "data_sha256": "0" * 64,
    }  # fmt: skip
    tables.write(RUN_FACTS, pd.DataFrame([{name: known[name] for name in RUN_FACTS.by_name}]))


def habits_on(folder, lines, *, habits=None, prices=None, **given):
    """What ``open_habits`` finds of ``lines``, with some of its parameters set."""
    stored(folder, lines, **given)
    stage = open_stage("segment")
    own = dataclasses.replace(
        stage.settings, habits=dataclasses.replace(stage.settings.habits, **(habits or {})),
        prices=dataclasses.replace(stage.settings.prices, **(prices or {})),
    )  # fmt: skip
    return open_habits(dataclasses.replace(stage, params=dataclasses.replace(stage.params, segment=own)))
