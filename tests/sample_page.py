"""A page of every part that a page can have, full of names that try to break it."""

from __future__ import annotations

from functools import partial
from io import StringIO
from typing import Any

import nbformat
import numpy as np
import pandas as pd

from analysis.core import estimate
from analysis.core.contracts.schema import Column, Table, Words
from analysis.core.text import Phrase, quoted
from analysis.draw.axis import Mark
from analysis.draw.bars import plot_bars
from analysis.draw.calibration import plot_calibration
from analysis.draw.concentration import Zone, plot_concentration
from analysis.draw.intervals import plot_intervals
from analysis.draw.line import plot_line
from analysis.draw.matrix import plot_matrix
from analysis.draw.page import MIME, Action, Change, Check, Kpi, Look, Missing, Page, Section, Term
from analysis.draw.section import Link
from analysis.draw.waterfall import plot_waterfall

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "</script><script>alert(3)</script>",
    "A$B_{x}$",
    "=cmd|' /C calc'!A0",
    "javascript:alert(4)",
    "\u202egnp.exe",
    "中华人民共和国上海市浦东新区张江高科技园区示例商贸有限责任公司第一采购部华东办事处",
    "line one\nline two",
    "x" * 10_000,
)
ROWS = Table(
    "sample_rows",
    "one customer",
    ("customer",),
    (
        Column("customer", "text", Words("Customer", "客户"), ""),
        Column("revenue", "money", Words("Revenue", "收入"), ""),
        Column("risk", "ratio", Words("Risk", "流失概率"), ""),
        Column("change", "float", Words("Change", "变化"), ""),
        Column("last_date", "date", Words("Last order", "最近下单"), ""),
        Column("orders", "int", Words("Orders", "订单数"), ""),
        Column("active", "bool", Words("Active", "活跃"), ""),
    ),
)
CURVE = Table(
    "sample_curve",
    "one point",
    ("x",),
    (
        Column("x", "ratio", Words("Share of customers", "客户占比"), ""),
        Column("y", "ratio", Words("Share of profit", "利润占比"), ""),
    ),
)
WORTH = Table(
    "sample_worth",
    "one customer",
    ("customer",),
    (
        ROWS.by_name["customer"],
        Column("worth", "money", Words("Worth", "价值"), ""),
        Column("lo", "money", Words("Worth, low", "价值下限"), ""),
        Column("hi", "money", Words("Worth, high", "价值上限"), ""),
    ),
)
FACTS: dict[str, Any] = {
    "stage": "executive",
    "pages": ["executive", "clean"],
    "as_of": "2026-09-30",
    "currency": "CNY",
    "organisation": 'Sample & Sons "</title><script>alert(5)</script>',
    "data_sha256": "e1b1e48c32682501" * 4,
    "params_sha256": "0123456789abcdef" * 4,
    "versions": {"python": "3.11", "pandas": "3.1.1"},
}


def rows() -> pd.DataFrame:
    """One row for each hostile name."""
    count = len(HOSTILE)
    place = np.arange(count)
    return pd.DataFrame(
        {
            "customer": HOSTILE,
            "revenue": 7_790_000.0 / (1 + place),
            "risk": 0.92 - place * 0.07,
            "change": (place - 3) * 1.3,
            "last_date": pd.Timestamp("2026-09-30") - pd.to_timedelta(place * 11, unit="D"),
            "orders": place * 7,
            "active": place % 2 == 0,
        }
    )


def whale(power: float, loss: float) -> pd.DataFrame:
    """A running share that passes 1 and comes back."""
    x = np.linspace(0, 1, 101)
    return pd.DataFrame({"x": x, "y": (1 - (1 - x) ** power) * (1 + loss) - loss * x**8})


def phrases(*texts: str) -> list[Phrase]:
    """Each text as it comes from the data."""
    return [quoted(text) for text in texts]


def small_table(text: str) -> pd.DataFrame:
    """A table drawn in the test."""
    return pd.read_csv(StringIO(text), sep=r"\s+")


BRIDGE = small_table("""
    value      is_total
    413000000  True
    -210000000 False
    -63000000  False
    12000000   False
    152000000  True
""")
DRIVERS = small_table("""
    value  lo    hi
    2.87   2.20  3.70
    1.41   1.10  1.80
    1.15   0.97  1.36
    0.55   0.42  0.71
""")
GROUPS = small_table("""
    predicted  observed  lo    hi
    0.1        0.12      0.09  0.15
    0.3        0.28      0.24  0.33
    0.5        0.41      0.36  0.46
    0.7        0.73      0.66  0.80
""")
MOVES = pd.DataFrame([[101, 12, 5], [9, 210, 31], [0, 22, 190]])
STATES = phrases("Champions", "Loyal 忠诚客户", "At risk")


def months() -> pd.DataFrame:
    """Thirteen months with a band."""
    frame = pd.DataFrame({"x": pd.date_range("2025-09-30", periods=13, freq="ME")})
    frame["y"] = np.linspace(320e6, 413e6, 13) * (1 + 0.04 * np.sin(np.arange(13)))
    return frame.assign(lo=frame["y"] * 0.94, hi=frame["y"] * 1.06)


def drawings() -> dict[str, tuple[str, bool, Any]]:
    """Name of each chart: its title, whether it is one of a pair, how it is drawn."""
    last = months().iloc[-1]
    steps = phrases("Revenue", "Cost of goods", "Cost to serve", "Rebates 返利", "Profit 利润")
    causes = phrases("No order for 60 days", "Price rise over 5%", "Late deliveries", "Annual contract")
    bridge = partial(plot_waterfall, BRIDGE, steps)
    ladder = partial(plot_bars, rows()["revenue"], phrases(*HOSTILE), strong=(0, 1))
    drivers = partial(
        plot_intervals,
        DRIVERS,
        causes,
        line=1.0,
        log=True,
        sides=tuple(phrases("less likely", "more likely")),
    )
    calibration = partial(plot_calibration, GROUPS, x_name=quoted("Predicted"), y_name=quoted("Observed"))
    moves = partial(
        plot_matrix,
        MOVES,
        STATES,
        STATES,
        row_name=quoted("June"),
        column_name=quoted("September"),
        kept=True,
    )
    line = partial(plot_line, months(), marks=(Mark(last["x"], last["y"], quoted("September"), strong=True),))
    return {
        "whale": ("A fifth of customers earn 132% of the profit", False, partial(_whale, whale(6, 0.59))),
        "bridge": ("Costs eat two thirds of revenue", True, bridge),
        "ladder": ("Names do no harm in a chart", True, ladder),
        "drivers": ("A long gap between orders almost triples the risk", True, drivers),
        "calibration": ("What was predicted came true", True, calibration),
        "moves": ("144 customers moved down this quarter, 89 moved up", False, moves),
        "months": ("Revenue grows", False, line),
    }


def sections(language: str = "en") -> list[Section]:
    """Every part of a page."""
    page = Page(language, "CNY", mask_names=False)
    return [
        page.headline(
            kicker=quoted("Customer value report · September 2026"),
            title=quoted("Profit is up 4.1%, but ¥86.4M of it sits with customers who may leave"),
            standfirst=quoted("Twelve months to September 2026. 1,240 active customers in four regions."),
        ),
        page.kpis(_kpis()),
        page.actions(
            [
                Action(quoted("Protect ¥86.4M."), quoted("48 accounts show a churn probability above 50%.")),
                Action(quoted("Reprice the tail."), quoted(HOSTILE[0])),
            ]
        ),
        *(
            page.figure(
                name, kicker=quoted(name.title()), title=quoted(title), deck=quoted("Unit, period"),
                note=quoted("Source: order lines."), draw=draw, data=whale(6, 0.59).iloc[::10],
                contract=CURVE, half=half,
            )
            for name, (title, half, draw) in drawings().items()
        ),
        page.table(
            "warning", rows(), ROWS,
            kicker=quoted("Early warning"), title=quoted("Ten accounts to call first"),
            deck=quoted("Customers with a churn probability above 50%."), note=quoted("Source: order lines."),
            look=Look(bars=("risk",), changes=("change",)),
        ),
        page.table(
            "folded", pd.DataFrame({"customer": HOSTILE, "worth": 1000.0, "lo": -500.0, "hi": 2000.5}), WORTH,
            title=quoted("What each may be worth"), folded=True,
        ),
        page.notes("method", title=quoted("How it was done"), lines=phrases(*HOSTILE[:3])),
        page.links("files", title=quoted("To take away"), links=[
            Link(lambda _: "index.html", quoted("All months"), quoted("as a list")),
        ]),
        page.missing([Missing(quoted("Cost to serve"), "service_records.cost", quoted("Who eats profit."))]),
        page.glossary(
            [
                Term(quoted("Profit at risk"), quoted("Profit of the last 12 months × churn probability.")),
                Term(quoted("Hazard ratio"), quoted("How many times more likely a customer is to leave.")),
            ]
        ),
        page.provenance(
            checks=[
                Check(quoted("Accepted and rejected lines make the input."), True),
                Check(quoted("Segments add up."), True),
            ]
        ),
    ]  # fmt: skip


def _whale(curve: pd.DataFrame, edition: Any, width: int) -> Any:
    return plot_concentration(
        curve, edition, width,
        x_name=quoted("Share of customers"), before=(whale(5, 0.36), quoted("Last year")),
        marks=(Mark(0.2, float(curve["y"].iloc[20]), quoted("20% → 132%")),
               Mark(0.68, float(curve["y"].max()), quoted("Peak 159%: 837 customers"), strong=True)),
        zones=(Zone(0.59, quoted("Profit makers"), "blue"), Zone(0.73, quoted("Near break-even"), "grey"),
               Zone(1, quoted("Loss makers"), "verm")),
        lost=quoted("−¥243M"),
    )  # fmt: skip


def _kpis() -> list[Kpi]:
    changes = (Change(0.006, "ratio", quoted("vs Aug")), Change(-0.041, "ratio", quoted("vs Sep 2025")))
    trend = (3.0, 3.1, 3.0, 3.4, 3.9, 3.8, 4.13)
    measured = estimate.measured("revenue", 413e6, "money", n=1240, inputs="order_lines")
    estimated = estimate.estimated(
        "equity", 1.28e9, 1.19e9, 1.38e9, "money", method="BG/NBD", n=1240, inputs="order_lines"
    )
    stand_in = estimate.proxy("risk", 0.158, "ratio", method="revenue for profit", n=9, inputs="order_lines")
    absent = estimate.not_available("wallet", "ratio", needs="customers.wallet")
    return [
        Kpi(quoted("Profit, last 12 months"), measured, changes, good="up", trend=trend),
        Kpi(quoted("Customer equity"), estimated, changes, good="up", level=0.9, trend=trend),
        Kpi(quoted("Churn, 12 months"), stand_in, (Change(0.004, "points", quoted("vs Aug")),), good="down"),
        Kpi(quoted("Share of wallet"), absent, (Change(None, "points", quoted("vs Aug")),)),
        Kpi(
            quoted("Active customers"),
            quoted("1,240"),
            (Change(12, "count", quoted("vs Aug")),),
            good="up",
            trend=trend,
        ),
    ]


def notebook(language: str = "en") -> Any:
    """An executed notebook that shows every section, with prose and outputs that no reader may see."""
    cells = [nbformat.v4.new_markdown_cell("# For analysts <script>alert(6)</script>")]
    for section in sections(language):
        cell = nbformat.v4.new_code_cell(f'page.{section.kind}("<script>alert(7)</script>")')
        bundle = section._repr_mimebundle_()
        cell.outputs = [
            nbformat.v4.new_output("stream", name="stderr", text="warning: /home/someone"),
            nbformat.v4.new_output("display_data", data={"text/html": "<script>alert(8)</script>"}),
            nbformat.v4.new_output("execute_result", data=bundle, execution_count=1),
        ]
        assert MIME in bundle
        cells.append(cell)
    return nbformat.v4.new_notebook(cells=cells)
