"""The page on lifetime value: every title follows from the numbers, every part is there for any data."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

from analysis.core.edition import LANGUAGES, Edition
from analysis.draw.page import open_page
from analysis.lifetime_value import messages, page, proof_page
from analysis.lifetime_value.figures import find_figures, horizons
from analysis.lifetime_value.intervals import Widening
from analysis.lifetime_value.orders import Way
from analysis.lifetime_value.proof import Proof
from analysis.lifetime_value.valuation import value_customers
from analysis.models.value_trend import ValueTrend
from tests.worlds_of_orders import order_world, regular_world, stage_on

AS_OF = "2024-12-31"
PARTS = (
    page.headline, page.segments, page.listing, proof_page.calibration, proof_page.tracking, proof_page.season, proof_page.scores,
    proof_page.origins, proof_page.models, page.missing, page.checks,
)  # fmt: skip
ENGLISH, CHINESE = (Edition(language, "CNY") for language in ("en", "zh"))


@pytest.fixture
def value(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def valued(days, **settings):
        stage = stage_on(tmp_path, "lifetime_value", days, as_of=AS_OF, **{"draws": 60, **settings})
        return stage, value_customers(stage)

    return valued


@pytest.fixture(scope="module")
def world():
    return order_world(500, start="2023-01-01", end=AS_OF, seed=41)


def one_time(count):
    rows = [(f"c{n}", "2024-03-01", 10**6) for n in range(count)]
    return pd.DataFrame(rows, columns=["customer_id", "order_date", "bought_e4"])


BASES = {
    "model": lambda world: world,
    "baseline": lambda _: regular_world(120, start="2023-01-01", end=AS_OF),
    "average": lambda world: world[world["customer_id"] < "c00040"],
    "nobody came back": lambda _: one_time(40),
    "one customer": lambda _: one_time(1),
    "everything free": lambda world: world.assign(bought_e4=0),
}


@pytest.mark.parametrize("base", BASES)
def test_every_part_and_figure_is_there_for_any_base(value, world, base):
    stage, valuation = value(BASES[base](world))
    valuation.store()
    found = find_figures(valuation)
    stage.publish(found)
    sheet = open_page(stage.params.report)
    parts = [part(sheet, valuation) for part in PARTS] + [page.kpis(sheet, valuation, found)]
    for part in parts:
        assert set(part.html) == set(LANGUAGES)
        assert not re.search(r"\bnan\b|None|NaT|<NA>", "".join(part.html.values()))
    assert parts[PARTS.index(page.checks)].checks == (6, 6)


def test_figures_are_estimates_with_intervals_or_say_what_they_need(value, world):
    _, valuation = value(world)
    found = {figure.name: figure for figure in find_figures(valuation)}
    assert found["clv_near"].status == found["clv_far"].status == "estimated"
    assert found["clv_near"].lo < found["clv_near"].value < found["clv_near"].hi
    assert "12 months" in found["clv_near"].method
    assert "90% interval" in found["clv_near"].method
    assert found["clv_hist_profit"].status == "not_available"
    assert found["clv_hist_profit"].needs == "orders.unit_cost"
    assert found["clv_hist_revenue"].value == pytest.approx(world["bought_e4"].sum() / 1e4)


def test_contribution_of_part_of_the_revenue_is_a_stand_in_that_names_the_part(value, world):
    margin = (world["bought_e4"] // 4).where(world["customer_id"] < "c00250").astype("Int64")
    _, valuation = value(world.assign(contribution_e4=margin))
    found = {figure.name: figure for figure in find_figures(valuation)}["clv_hist_profit"]
    share = world.loc[margin.notna(), "bought_e4"].sum() / world["bought_e4"].sum()
    assert found.status == "proxy"
    assert f"{share:.1%}" in found.method


def test_one_horizon_gives_one_figure_ahead(value, world):
    _, valuation = value(world, horizon_months=(24,))
    assert horizons(valuation) == {"clv_near": 24}


@pytest.mark.parametrize(
    ("base", "key"),
    [("model", "proven"), ("baseline", "proven"), ("average", "average"), ("nobody came back", "none")],
)
def test_the_headline_says_what_stands_behind_it(value, world, base, key):
    _, valuation = value(BASES[base](world))
    assert messages.headline_title(valuation).key == f"lifetime_value.headline.{key}"
    expected = {"proven": ("proven", "widened", "raised", "lowered"), "average": ("average",), "none": ("none",)}[key]
    assert messages.standfirst(valuation).key.removeprefix("lifetime_value.standfirst.") in expected


def test_the_standfirst_says_when_the_interval_takes_in_an_error_of_the_model(value, world):
    _, valuation = value(world)
    for error, level, key in ((0.0, 1.0, "proven"), (0.04, 1.0, "widened"), (0.0, 1.25, "raised"), (0.0, 0.75, "lowered")):
        proof = dataclasses.replace(valuation.outcome.proof, widening=Widening(error=error, orders_level=level, origins=4))
        changed = dataclasses.replace(valuation, outcome=dataclasses.replace(valuation.outcome, proof=proof))
        found = messages.standfirst(changed)
        assert found.key == f"lifetime_value.standfirst.{key}"
        assert ("4.0%" in found.text(ENGLISH)) == (error > 0)
        assert (f"{key} by 25%" in found.text(ENGLISH)) == (level != 1)


@pytest.mark.parametrize(("slope", "words"), [(0.06, "5.9% more a year"), (-0.06, "5.9% less a year"), (0.01, None)])
def test_the_method_says_when_orders_became_worth_more_or_less(slope, words):
    """Of 0.06 with an error of 0.006 the part beyond chance is 0.0594; the interval is 0.06 -+ 1.645 x 0.006."""
    found = messages.trend_note(ValueTrend(slope / 365.25, 0.006 / 365.25, 80), 0.9)
    assert (found is None) == (words is None)
    if found is not None:
        assert f"{words} (90% interval 5.0% to 7.0%)" in found.text(ENGLISH)


@pytest.mark.parametrize(("slope", "words"), [(1.1, "further apart, to the power of 1.10"), (0.8, "closer together, to the power of 0.80"), (1.0, "")])
def test_the_self_check_says_how_values_were_spread(value, world, slope, words):
    stage, valuation = value(world)
    proof = dataclasses.replace(valuation.outcome.proof, widening=Widening(slope=slope))
    changed = dataclasses.replace(valuation, outcome=dataclasses.replace(valuation.outcome, proof=proof))
    shown = page.checks(open_page(stage.params.report), changed).html["en"]
    assert (words or "Self-check") in shown
    assert ("to the power of" in shown) == bool(words)


@pytest.mark.parametrize(
    ("predicted", "key"), [([1.0, 2.0], "all"), ([1.0, 9.0], "some"), ([8.0, 9.0], "none")]
)
def test_the_calibration_s_title_counts_the_groups_that_held(predicted, key):
    groups = pd.DataFrame({"predicted": predicted, "lo": [0.5, 1.5], "hi": [1.5, 2.5]})
    assert messages.calibration_title(groups).key == f"lifetime_value.calibration.{key}"


@pytest.mark.parametrize(
    ("actual", "key"), [(100, "inside"), (90, "inside"), (130, "few"), (70, "many"), (0, "inside")], ids=str
)
def test_the_tracking_s_title_says_on_which_side_the_model_missed_beyond_chance(actual, key):
    error = 100 / actual - 1 if actual else np.nan
    latest = pd.Series({"predicted_orders": 100.0, "actual_orders": actual, "total_error": error, "std_error": 10.0})
    assert messages.tracking_title(latest).key == f"lifetime_value.tracking.{key}"


@pytest.mark.parametrize(
    ("model", "rate", "silence", "key", "saved"),
    [(1.0, 2.0, 1.6, "model", "37.5%"), (3.0, 2.4, 5.0, "baseline", "20.0%"), (3.0, 5.0, 2.4, "baseline", "20.0%")],
)
def test_the_scores_title_names_the_winner_and_its_lead_over_the_best_of_the_other_kind(model, rate, silence, key, saved):
    methods = ("bgnbd", "trailing_rate", "hiatus")
    rmse = pd.DataFrame({"method": methods, "clock": "calendar", "rmse": [model, rate, silence]})
    rmse["is_published"] = rmse["rmse"] == rmse["rmse"].min()
    won = Way(rmse.loc[rmse["is_published"], "method"].iloc[0])
    title = messages.scores_title(Proof("", won, scores=rmse))
    assert title.key == f"lifetime_value.scores.{key}"
    assert saved in title.text(ENGLISH)
    assert saved in title.text(CHINESE)


@pytest.mark.parametrize("used", ["used", "unused", "untried"])
def test_the_season_s_title_names_the_busiest_and_the_quietest_month(used):
    season = pd.DataFrame({"month": range(1, 13), "index": [1.0] * 10 + [1.5, 0.5]})
    title = messages.season_title(season, used)
    assert title.key == f"lifetime_value.season.{used}"
    assert {"November", "December", "50%"} <= set(re.findall(r"\w+%?", title.text(ENGLISH)))


def test_the_note_says_how_the_value_per_order_was_estimated(value, world):
    _, valuation = value(world)
    fitted = valuation.outcome.value
    for changed, key in (
        (fitted, "apart"),
        (dataclasses.replace(fitted, correlation=None), "untested"),
        (dataclasses.replace(fitted, models=fitted.models * 2), "grouped"),
    ):
        outcome = dataclasses.replace(valuation.outcome, value=changed)
        note = messages.value_note(dataclasses.replace(valuation, outcome=outcome))
        assert note.key == f"lifetime_value.note.{key}"


def test_the_list_shows_the_share_that_its_table_adds_up_to(value, world):
    stage, valuation = value(world, listed_customers=10)
    near = valuation.clv[valuation.clv["horizon_months"] == 12]
    share = near["clv"].nlargest(10).sum() / near["clv"].sum()
    text = page.listing(open_page(stage.params.report), valuation).html["en"]
    assert f"The 10 most valuable customers carry {share:.0%} of the predicted value" in text
    assert text.count("<tr>") == 11


def test_names_are_masked_where_the_report_asks_for_it(value, world):
    stage, valuation = value(world)
    masked = dataclasses.replace(stage.params.report, mask_names=True)
    assert "Firm c0" in page.listing(open_page(stage.params.report), valuation).html["en"]
    assert "Firm c0" not in page.listing(open_page(masked), valuation).html["en"]
