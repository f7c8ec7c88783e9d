"""The page on lifetime value: every title follows from the numbers, every part is there for any data."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

from analysis.core.edition import LANGUAGES, Edition
from analysis.draw.page import open_page
from analysis.lifetime_value import messages, page
from analysis.lifetime_value.figures import find_figures, horizons
from analysis.lifetime_value.valuation import value_customers
from tests.worlds_of_orders import order_world, regular_world, stage_on

AS_OF = "2024-12-31"
PARTS = ("headline", "listing", "calibration", "tracking", "scores", "models", "missing", "checks")
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
    parts = [getattr(page, name)(sheet, valuation) for name in PARTS] + [page.kpis(sheet, valuation, found)]
    for part in parts:
        assert set(part.html) == set(LANGUAGES)
        assert not re.search(r"\bnan\b|None|NaT|<NA>", "".join(part.html.values()))
    assert parts[7].checks == (5, 5)


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
    expected = {"proven": ("proven", "widened"), "average": ("average",), "none": ("none",)}[key]
    assert messages.standfirst(valuation).key.removeprefix("lifetime_value.standfirst.") in expected


def test_the_standfirst_says_when_the_interval_had_to_be_widened(value, world):
    _, valuation = value(world)
    scores = valuation.outcome.proof.scores
    for actual, key in (
        (scores["predicted_orders"].round(), "proven"),
        (scores["hi"].round() * 2, "widened"),
    ):
        proof = dataclasses.replace(valuation.outcome.proof, scores=scores.assign(actual_orders=actual))
        changed = dataclasses.replace(valuation, outcome=dataclasses.replace(valuation.outcome, proof=proof))
        assert messages.standfirst(changed).key == f"lifetime_value.standfirst.{key}"


@pytest.mark.parametrize(
    ("predicted", "key"), [([1.0, 2.0], "all"), ([1.0, 9.0], "some"), ([8.0, 9.0], "none")]
)
def test_the_calibration_s_title_counts_the_groups_that_held(predicted, key):
    groups = pd.DataFrame({"predicted": predicted, "lo": [0.5, 1.5], "hi": [1.5, 2.5]})
    assert messages.calibration_title(groups).key == f"lifetime_value.calibration.{key}"


@pytest.mark.parametrize(
    ("actual", "key"), [(100, "inside"), (130, "few"), (70, "many"), (0, "inside")], ids=str
)
def test_the_tracking_s_title_says_on_which_side_the_model_missed(actual, key):
    error = 100 / actual - 1 if actual else np.nan
    score = pd.Series({"lo": 90.0, "hi": 110.0, "actual_orders": actual, "total_error": error})
    assert messages.tracking_title(score).key == f"lifetime_value.tracking.{key}"


@pytest.mark.parametrize(
    ("model", "rate", "key", "saved"), [(1.0, 2.0, "model", "50%"), (3.0, 2.4, "baseline", "20%")]
)
def test_the_scores_title_names_the_winner_and_its_lead(model, rate, key, saved):
    rmse = pd.DataFrame({"method": ["bgnbd", "trailing_rate"], "rmse": [model, rate]})
    rmse["is_published"] = rmse["rmse"] == rmse["rmse"].min()
    title = messages.scores_title(rmse)
    assert title.key == f"lifetime_value.scores.{key}"
    assert saved in title.text(ENGLISH)
    assert saved in title.text(CHINESE)


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
