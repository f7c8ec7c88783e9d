"""Order lines and events for drivers, stored in a project of their own."""

import pandas as pd

from analysis.core import tables
from analysis.core.contracts.clean import CUSTOMER_RETURNS
from analysis.core.contracts.segment_tiers import TIERS
from analysis.core.stage import open_stage
from tests.segment.order_lines import drawn, stored


def project_of(folder, text, *, as_of="2024-12-31", products=None, reps=None, deliveries=None, returns=(), **given):
    """A project on lines drawn as ``tests.segment.order_lines`` draws them, each with its product, sales rep, and the days of its
    delivery: promised and delivered; nobody is in a tier."""
    lines = drawn(text)
    promised, delivered = zip(*deliveries or [(None, None)] * len(lines), strict=True)
    lines = lines.assign(product_id=products or "p", sales_rep=reps, promised_date=pd.to_datetime(pd.Series(promised)),
                         delivered_date=pd.to_datetime(pd.Series(delivered)))  # fmt: skip
    stored(folder, lines, as_of=as_of, **given)
    columns = ["customer_id", "order_date", "return_date", "returned_e4", "contribution_e4"]
    rows = pd.DataFrame([(one, day, back, amount, 0) for one, day, back, amount in returns], columns=columns)
    rows = rows.assign(**{name: pd.to_datetime(rows[name]) for name in columns[1:3]}, customer_id=rows["customer_id"].astype(str))
    tables.write(CUSTOMER_RETURNS, rows.astype({"returned_e4": "int64", "contribution_e4": "int64"}))
    tables.write(TIERS, tables.without_rows(TIERS))
    return open_stage("churn")
