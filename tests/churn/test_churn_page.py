"""The page on churn: every title follows from the numbers, every part is there for any data."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

from analysis.churn import (
    dependence_page,
    failures_figures,
    failures_page,
    messages,
    page,
    tolerance_page,
    win_back_figures,
    win_back_page,
)
from analysis.churn.assessment import assess_customers
from analysis.churn.dependence import find_dependence
from analysis.churn.failures import find_failures
from analysis.churn.figures import find_figures
from analysis.churn.tolerance import find_tolerance
from analysis.churn.win_back import find_win_back
from analysis.core.edition import LANGUAGES, Edition
from analysis.draw.page import open_page
from tests.worlds_of_orders import order_world, regular_world, stage_on

AS_OF = "2024-12-31"
PARTS = ("headline", "listing", "states", "calibration", "scores", "reading", "checks")
ENGLISH = Edition("en", "CNY")


@pytest.fixture
def assess(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def assessed(days, **settings):
        stage = stage_on(tmp_path, "churn", days, as_of=AS_OF, **{"draws": 60, **settings})
        return stage, assess_customers(stage)

    return assessed


@pytest.fixture(scope="module")
def world():
    return order_world(600, start="2023-01-01", end=AS_OF, seed=51)


def one_time(count):
    rows = [(f"c{n}", "2024-03-01", 10**6) for n in range(count)]
    return pd.DataFrame(rows, columns=["customer_id", "order_date", "bought_e4"])


BASES = {
    "model": lambda world: world,
    "everybody on time": lambda _: regular_world(120, start="2023-01-01", end=AS_OF),
    "average": lambda world: world[world["customer_id"] < "c00040"],
    "nobody came back": lambda _: one_time(40),
    "one customer": lambda _: one_time(1),
    "everything free": lambda world: world.assign(bought_e4=0),
}


@pytest.mark.parametrize("base", BASES)
def test_every_part_and_figure_is_there_for_any_base(assess, world, base):
    stage, assessment = assess(BASES[base](world))
    assessment.store()
    found = find_figures(assessment)
    stage.publish(found)
    sheet = open_page(stage.params.report)
    parts = [getattr(page, name)(sheet, assessment) for name in PARTS] + [page.kpis(sheet, assessment, found)]
    parts.append(page.missing(sheet, assessment, find_win_back(stage, assessment), find_dependence(stage, assessment)))
    for part in parts:
        assert set(part.html) == set(LANGUAGES)
        assert not re.search(r"\bnan\b|None|NaT|<NA>", "".join(part.html.values()))
    assert parts[6].checks == (5, 5)


def test_figures_carry_their_interval_or_say_what_they_need(assess, world):
    _, assessment = assess(world)
    found = {figure.name: figure for figure in find_figures(assessment)}
    assert found["value_at_risk"].status == "estimated"
    assert found["value_at_risk"].lo < found["value_at_risk"].value < found["value_at_risk"].hi
    assert "no order within 90 days" in found["value_at_risk"].method
    assert found["auc_model"].value == assessment.backtest.scores.set_index("score").loc["model", "auc"]
    _, alone = assess(one_time(5))
    assert {figure.status for figure in find_figures(alone) if figure.name.startswith("auc")} == {
        "not_available"
    }


@pytest.mark.parametrize(
    ("base", "key"),
    [("model", "quiet"), ("everybody on time", "calm"), ("nobody came back", "none")],
)
def test_the_headline_follows_from_who_is_quiet(assess, world, base, key):
    _, assessment = assess(BASES[base](world))
    title = messages.headline_title(assessment)
    assert title.key == f"churn.headline.{key}"
    if key == "quiet":
        assert str(len(assessment.quiet)) in title.text(ENGLISH)


def test_the_headline_says_so_when_the_quiet_brought_nothing_in_the_window(assess, world):
    _, assessment = assess(world)
    silent = assessment.rows.assign(recent_value=0.0)
    changed = dataclasses.replace(assessment, risk=dataclasses.replace(assessment.risk, customers=silent))
    assert messages.headline_title(changed).key == "churn.headline.long"


@pytest.mark.parametrize(
    ("base", "key"), [("model", "modelled"), ("average", "average"), ("nobody came back", "none")]
)
def test_the_standfirst_says_what_the_risk_comes_from(assess, world, base, key):
    _, assessment = assess(BASES[base](world))
    assert messages.standfirst(assessment).key == f"churn.standfirst.{key}"


@pytest.mark.parametrize(
    ("slope", "intercept", "key"),
    [((0.9, 1.1), (-0.1, 0.1), "right"), ((1.1, 1.4), (-0.1, 0.1), "timid"), ((0.5, 0.8), (-0.1, 0.1), "extreme"),
     ((0.9, 1.1), (0.1, 0.3), "low"), ((0.9, 1.1), (-0.3, -0.1), "high"), ((np.nan, np.nan), (0, 0), "untested")],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_the_calibration_s_title_follows_from_slope_and_intercept(slope, intercept, key):
    ends = dict(
        zip(("slope_lo", "slope_hi", "intercept_lo", "intercept_hi"), (*slope, *intercept), strict=True)
    )
    model = pd.Series({"slope": sum(slope) / 2, **ends})
    assert messages.calibration_title(model).key == f"churn.calibration.{key}"


@pytest.mark.parametrize(
    ("gain", "key"), [((0.01, 0.03), "model"), ((-0.03, -0.01), "rival"), ((-0.01, 0.01), "tie")], ids=str
)
def test_the_scores_title_says_whether_model_or_best_rule_wins(gain, key):
    scores = pd.DataFrame({
        "score": ["model", "recency", "trailing_rate"], "auc": [0.75, 0.74, 0.6], "auc_gain_lo": [0, gain[0], 0.1],
        "auc_gain_hi": [0, gain[1], 0.2],
    })  # fmt: skip
    title = messages.scores_title(scores)
    assert title.key == f"churn.scores.{key}"
    assert "days of silence" in title.text(ENGLISH)


@pytest.mark.parametrize(
    ("active", "lost", "key"), [(0.2, 0.9, "apart"), (0.9, 0.2, "alike"), (0.2, None, "plain")], ids=str
)
def test_the_states_title_compares_the_active_with_those_likely_gone(active, lost, key):
    rows = [("active", active), ("cooling", 0.5)] + ([("probably_lost", lost)] if lost else [])
    found = messages.states_title(pd.DataFrame(rows, columns=["state", "observed"]))
    assert found.key == f"churn.states.{key}"


def test_the_list_holds_the_quiet_with_most_value_at_risk_first(assess, world):
    stage, assessment = assess(world, listed_customers=5)
    rows = assessment.rows[assessment.rows["state"].isin(page.CALLED)]
    top = rows.nlargest(5, "value_at_risk")
    text = page.listing(open_page(stage.params.report), assessment).html["en"]
    share = top["value_at_risk"].sum() / assessment.rows["value_at_risk"].sum()
    assert f"The 5 customers to call first carry {share:.0%} of the value at risk" in text
    places = [text.index(f"Firm {customer}") for customer in top["customer_id"]]
    assert places == sorted(places)


def test_names_are_masked_where_the_report_asks_for_it(assess, world):
    stage, assessment = assess(world)
    masked = dataclasses.replace(stage.params.report, mask_names=True)
    assert "Firm c0" not in page.listing(open_page(masked), assessment).html["en"]


def test_nobody_without_a_contract_is_called_lost_or_churned(assess, world):
    stage, assessment = assess(world)
    sheet = open_page(stage.params.report)
    shown = " ".join(getattr(page, name)(sheet, assessment).html["en"] for name in PARTS)
    words = re.sub(
        r"<[^>]*>", " ", shown.replace("nobody can be called lost", "").replace("what will be lost", "")
    )
    assert not re.search(r"\b(lost|churned)\b", words)


@pytest.mark.parametrize("base", BASES)
def test_failures_returns_and_losses_have_their_parts_for_any_base(assess, world, base):
    """Without any table beside the orders."""
    stage, assessment = assess(BASES[base](world))
    sheet = open_page(stage.params.report)
    harm = find_failures(stage)
    staying = find_tolerance(stage, harm, assessment.histories.now)
    returns, losses = find_win_back(stage, assessment), find_dependence(stage, assessment)
    for one in (harm, staying, returns, losses):
        one.store()
    stage.publish([*failures_figures.find_figures(harm, staying), *win_back_figures.find_figures(returns, losses)])
    parts = [
        *failures_page.sections(sheet, harm), *tolerance_page.sections(sheet, harm, staying),
        *win_back_page.sections(sheet, returns), *dependence_page.sections(sheet, assessment, losses),
    ]  # fmt: skip
    assert [part.name for part in parts][:2] == ["failures", "tolerance"]
    for part in parts:
        assert set(part.html) == set(LANGUAGES)
        assert not re.search(r"\bnan\b|None|NaT|<NA>", "".join(part.html.values()))
