"""BG/NBD, Gamma-Gamma, V4 and C1 where customers follow the models' own laws: here everything must be right.

Intervals claim 90 %. The bands were frozen from 30 worlds of 3,000 customers, each read as three bases of 1,000.
"""

from __future__ import annotations

from tests.recovery import order_measures as orders
from tests.recovery import risk_measures as risks
from tests.recovery.harness import Band, Row
from tests.recovery.laws import LawfulScene

LAWFUL = LawfulScene(customers=3000)
PARTS = 3
WEEK = 7.0  # days; the table tells alpha in weeks
NINE_TENTHS = (0.85, 0.95)
SMALL_SAMPLE = "maximum likelihood is off by a part of its own standard error at 1,000 customers"
OWN_LAW = "the customers follow the model's law, so that the mean error can only come from chance"


def _parameters() -> list[Row]:
    # name: model, truth, days to its unit, highest bias, spread, what was measured
    (r, alpha), (a, b), (p, q, gamma) = LAWFUL.rate, LAWFUL.stop or (), LAWFUL.value
    told = {
        "r": ("bgnbd", r, 1.0, 0.04, 0.064, "+0.017, coverage 0.92 of 90"),
        "alpha": ("bgnbd", alpha, WEEK, 0.05, 0.085, "+0.022, coverage 0.93 of 90"),
        "a": ("bgnbd", a, 1.0, 0.10, 0.215, "+0.049, coverage 0.96 of 90"),
        "b": ("bgnbd", b, 1.0, 0.10, 0.272, "+0.046, coverage 0.96 of 90"),
        "p": ("gamma_gamma", p, 1.0, 0.10, 0.184, "+0.045, coverage 0.87 of 90"),
        "q": ("gamma_gamma", q, 1.0, 0.03, 0.072, "-0.005, coverage 0.90 of 90"),
        "gamma": ("gamma_gamma", gamma, 1.0, 0.10, 0.251, "-0.048, coverage 0.87 of 90"),
    }
    titles = {"bgnbd": "BG/NBD", "gamma_gamma": "Gamma-Gamma"}
    return [
        Row(
            f"{titles[model]}: {name}", LAWFUL, orders.parameter(model, name, truth, PARTS, unit),
            Band(bias=(-most, most), spread=spread, covers=NINE_TENTHS, measured=f"log {found}", reason=SMALL_SAMPLE),
            scale="log",
        )
        for name, (model, truth, unit, most, spread, found) in told.items()
    ]  # fmt: skip


def _within(most: float, spread: float, measured: str, *, covers: tuple[float, float] | None = None) -> Band:
    return Band(bias=(-most, most), spread=spread, covers=covers, measured=measured, reason=OWN_LAW)


def _risks(days: int, slope: Band, total: Band, value: Band, gain: Band) -> list[Row]:
    return [
        Row(f"risk: calibration slope, {days} days", LAWFUL, risks.slope(days), slope, scale="absolute"),
        Row(f"risk: customers without an order, {days} days", LAWFUL, risks.total(days), total),
        Row(f"risk: value at risk, {days} days", LAWFUL, risks.value_at_risk(days), value),
        Row(f"risk: lift of the top tenth over recency, {days} days", LAWFUL, risks.lift_gain(days), gain, scale="absolute"),
    ]  # fmt: skip


def _better(least: float, spread: float, measured: str) -> Band:
    return Band(
        bias=(least, 1.0), spread=spread, measured=measured,
        reason="who follows the model's law is told apart at least as well by the model as by days of silence",
    )  # fmt: skip


ROWS = [
    *_parameters(),
    Row("CLV: total of a year", LAWFUL, orders.clv_total(PARTS),
        _within(0.03, 0.073, "-1.2 %, coverage 0.97 of 90", covers=NINE_TENTHS)),
    Row("CLV: expected orders of a year", LAWFUL, orders.orders_total(PARTS), _within(0.03, 0.064, "-1.5 %")),
    Row("CLV: orders of the hold-out", LAWFUL, orders.holdout_orders(PARTS),
        _within(0.03, 0.059, "-0.5 %")),
    Row("CLV: tenth with the highest", LAWFUL, orders.clv_of_tenths(1, 1), _within(0.04, 0.073, "+1.4 %")),
    Row("CLV: tenths 2 to 5", LAWFUL, orders.clv_of_tenths(2, 5), _within(0.03, 0.045, "+1.2 %")),
    Row("CLV: lower half", LAWFUL, orders.clv_of_tenths(6, 10), _within(0.05, 0.147, "-2.9 %")),
    Row("CLV: trend of the value per order, where there is none", LAWFUL, orders.value_trend,
        Band(bias=(-0.01, 0.01), spread=0.0071, covers=NINE_TENTHS, measured="-0.002, coverage 0.93 of 30",
             reason="a hundredth a year moves what comes by less than the model's own error"),
        scale="absolute"),
    Row("CLV: share of customers inside their interval", LAWFUL, orders.clv_customers_covered,
        Band(bias=(-0.03, 0.03), spread=0.0065, measured="0.906 of the customers, 0.90 claimed",
             reason="the interval is as wide as past origins asked for"),
        scale="absolute"),
    Row("CLV: rank correlation over that of the trailing rate", LAWFUL, orders.clv_rank_gain,
        _better(0.0, 0.016, "+0.157"), scale="absolute"),
    *_risks(30, _within(0.1, 0.079, "-0.003"), _within(0.01, 0.005, "+0.01 %, coverage 0.93 of 30", covers=NINE_TENTHS),
            _within(0.03, 0.02, "-0.4 %, coverage 0.93 of 30", covers=NINE_TENTHS), _better(0.0, 0.009, "+0.014")),
    *_risks(90, _within(0.1, 0.06, "+0.013"), _within(0.01, 0.0065, "-0.2 %, coverage 0.90 of 30", covers=NINE_TENTHS),
            _within(0.03, 0.03, "-1.2 %, coverage 0.93 of 30", covers=NINE_TENTHS), _better(0.0, 0.019, "+0.040")),
    *_risks(180, _within(0.1, 0.05, "+0.006"), _within(0.02, 0.011, "-0.4 %, coverage 0.87 of 30", covers=NINE_TENTHS),
            _within(0.04, 0.034, "-1.5 %, coverage 0.93 of 30", covers=NINE_TENTHS), _better(0.0, 0.025, "+0.083")),
]  # fmt: skip
