"""The page on churn: every title follows from the numbers, every part is there for any data."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

from analysis.churn import (
    contract_page,
    dependence_page,
    failures_figures,
    failures_page,
    messages,
    page,
    proof_page,
    tolerance_page,
    warning_page,
    win_back_figures,
    win_back_page,
)
from analysis.churn.assessment import assess_customers
from analysis.churn.causes import find_causes
from analysis.churn.dependence import find_dependence
from analysis.churn.failures import find_failures
from analysis.churn.figures import find_figures
from analysis.churn.tolerance import find_tolerance
from analysis.churn.warnings import watch_customers
from analysis.churn.win_back import find_win_back
from analysis.churn.worth import read_worth
from analysis.core import tables
from analysis.core.contracts.lifetime_value_contracts import CONTRACT_MODELS, CONTRACT_SURVIVAL
from analysis.core.contracts.optional import SUBSCRIPTIONS, TICKETS
from analysis.core.edition import LANGUAGES, Edition
from analysis.draw.page import open_page
from tests import contract_worlds
from tests.plurals import miscounted, without_singular
from tests.worlds_of_orders import order_world, regular_world, stage_on

AS_OF = "2024-12-31"
PARTS = (
    page.headline, page.listing, proof_page.horizons, page.states, proof_page.calibration, proof_page.scores, proof_page.origins,
    proof_page.decay, page.reading, page.checks,
)
ENGLISH = Edition("en", "CNY")


@pytest.fixture
def assess(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def assessed(days, **settings):
        stage = stage_on(tmp_path, "churn", days, as_of=AS_OF, **{"draws": 60, "models": ("bgnbd",), **settings})
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
    parts = [part(sheet, assessment) for part in PARTS] + [page.kpis(sheet, assessment, found)]
    parts.append(missing(stage, assessment))
    for part in parts:
        assert set(part.html) == set(LANGUAGES)
        assert not re.search(r"\bnan\b|None|NaT|<NA>", "".join(part.html.values()))
        assert not miscounted(part.html["en"])
    assert parts[-3].checks == (6, 6)


def test_a_page_of_one_customer_and_one_ticket_counts_them_as_one(assess):
    """One customer with one ticket, watched and judged on its own."""
    days = pd.DataFrame({"customer_id": "c0", "order_date": pd.date_range("2023-01-05", AS_OF, freq="20D"), "bought_e4": 10**6})
    stage, assessment = assess(days)
    given = {"ticket_id": "t", "customer_id": "c0", "opened_at": pd.Timestamp("2024-11-05 10:00"), "type": "quality", "severity": 1,
             "file_no": 1, "row_no": 1, "is_known_customer": True}  # fmt: skip
    tables.write(TICKETS, tables.without_rows(TICKETS).reindex(range(1)).assign(**given))
    warned = watch_customers(stage, assessment)
    harm, sheet = find_failures(stage), open_page(stage.params.report)
    staying = find_tolerance(stage, harm, assessment.histories.now)
    parts = [
        *(part(sheet, assessment) for part in PARTS), *warning_page.sections(sheet, warned), *failures_page.sections(sheet, harm),
        *tolerance_page.sections(sheet, harm, staying), *win_back_page.sections(sheet, find_win_back(stage, assessment)),
        *dependence_page.sections(sheet, assessment, find_dependence(stage, assessment)),
    ]  # fmt: skip
    said = [part.html["en"] for part in parts]
    assert "One customer is watched" in "".join(said)
    assert [one for one in map(miscounted, said) if one] == []


def test_words_that_begin_with_a_count_know_one():
    """But where one cannot be: of nine signals, an interval of gaps, and what parameters ask for at least two of."""
    never_one = {"warned.signals", "warned.signals_title", "change.order_gap", "tolerance.label_gap", "warned.signals_note", "warned.too_little"}
    assert without_singular("churn") == {*never_one, "again.none", "winning.few"}
    assert without_singular("churn_drivers") == set()


def test_figures_carry_their_interval_or_say_what_they_need(assess, world):
    _, assessment = assess(world)
    found = {figure.name: figure for figure in find_figures(assessment)}
    assert found["value_at_risk"].status == "estimated"
    assert found["value_at_risk"].lo < found["value_at_risk"].value < found["value_at_risk"].hi
    assert "no order within 90 days" in found["value_at_risk"].method
    assert "no order within 30 days" in found["no_order_customers_30"].method
    assert found["no_order_customers_180"].value < found["no_order_customers"].value < found["no_order_customers_30"].value
    assert "at 4 origins, 90 days apart" in found["auc_model"].method
    assert found["auc_model"].value == assessment.proof.published_at(90)["auc"]
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
    main = dataclasses.replace(assessment.risk.main, customers=silent)
    changed = dataclasses.replace(assessment, risk=dataclasses.replace(assessment.risk, main=main))
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


def scored(*rows):
    found = pd.DataFrame(rows, columns=["method", "auc", "auc_gain_lo", "auc_gain_hi"])
    return found.assign(clock="calendar", is_published=[True] + [False] * (len(rows) - 1))


@pytest.mark.parametrize(
    ("gain", "key"), [((0.01, 0.03), "model"), ((-0.03, -0.01), "rival"), ((-0.01, 0.01), "tie")], ids=str
)
def test_the_scores_title_says_whether_the_published_way_or_the_best_rule_ranks_better(gain, key):
    title = messages.scores_title(scored(("pareto_nbd_corrected", 0.75, 0, 0), ("recency", 0.74, *gain), ("hiatus", 0.6, 0.1, 0.2)))
    assert title.key == f"churn.scores.{key}"
    assert "days of silence" in title.text(ENGLISH)
    assert "Pareto/NBD model, corrected" in title.text(ENGLISH)


def test_the_scores_title_says_so_where_a_plain_rule_is_published():
    title = messages.scores_title(scored(("hiatus", 0.75, 0, 0), ("bgnbd", 0.74, 0.01, 0.02)))
    assert title.text(ENGLISH) == "A plain rule comes closest to what happened, so it is published: silence rule"


@pytest.mark.parametrize(
    ("lost", "low", "said"),
    [((0, 0.01, 0.03), (0, -0.01, 0.02), "A fit that is 180 days old ranks worse than one of the day: 0.030 of AUC are lost"),
     ((0, 0.001, 0.002), (0, 0.0005, 0.001), "A fit that is 180 days old still ranks customers as well as one of the day"),
     ((0, 0.02), (0, 0.01), "A fit that is 90 days old ranks worse than one of the day: 0.020 of AUC are lost")],
    ids=["surely after two", "too little to see", "surely after one"],
)  # fmt: skip
def test_the_decay_s_title_says_when_a_fit_surely_ranks_worse(lost, low, said):
    decay = pd.DataFrame({"horizons_later": range(len(lost)), "auc_lost": lost, "auc_lost_lo": low})
    assert messages.decay_title(decay, 90).text(ENGLISH) == said


def missing(stage, assessment):
    return page.missing(
        open_page(stage.params.report), assessment, find_causes(stage, read_worth(), assessment.histories.now), watch_customers(stage, assessment),
        find_win_back(stage, assessment), find_dependence(stage, assessment),
    )  # fmt: skip


def test_contracts_are_missing_only_where_there_are_none(assess, world):
    stage, assessment = assess(world)
    assert "subscriptions" in missing(stage, assessment).html["en"]
    tables.write(SUBSCRIPTIONS, contract_worlds.subscriptions(pd.DataFrame({
        "customer_id": ["c00001"], "starts_on": ["2024-01-01"], "ends_on": ["2024-12-30"],
    })))  # fmt: skip
    assert "subscriptions" not in missing(stage, assessment).html["en"]


def test_what_cannot_be_shown_is_what_the_gate_says(assess, world):
    stage, assessment = assess(world)
    gate = assessment.capabilities.set_index("capability")
    shown = missing(stage, assessment).html["en"]
    lacking = {name for name in ("C4", "C5") if gate.loc[name, "status"] == "not_available"}
    assert lacking
    assert all(gate.loc[name, "missing"].split("|")[0] in shown for name in lacking)
    assert re.search("Early warning by [^<]*complaints, usage, overdue payments<", shown)
    assert re.search("Whether a slower return goes with [^<]*complaints, late answers", shown)


def renewals(*rows):
    return pd.DataFrame(rows, columns=["renewal", "at_risk", "renewed", "survival", "lo", "hi", "model"])


def stored_contracts(survival):
    tables.write(CONTRACT_SURVIVAL, survival)
    law = {"age": "known", "law": "sbg", "is_published": True, "lo": 0.1, "hi": 5.0, "log_likelihood": -9.0, "decisions": 70,
           "lost": 35, "status": "identified"}  # fmt: skip
    tables.write(CONTRACT_MODELS, pd.DataFrame([law | {"parameter": "alpha", "estimate": 0.668}, law | {"parameter": "beta", "estimate": 3.806}]))


def test_contracts_stand_on_the_page_as_the_lifetime_value_stage_found_them(assess, world):
    stage, assessment = assess(world)
    sheet = open_page(stage.params.report)
    tables.write(CONTRACT_SURVIVAL, tables.without_rows(CONTRACT_SURVIVAL))
    tables.write(CONTRACT_MODELS, tables.without_rows(CONTRACT_MODELS))
    assert contract_page.contracts(sheet, assessment) == []
    stored_contracts(renewals((1, 50, 40, 0.8, 0.7, 0.9, 0.79), (2, 20, 15, 0.6, 0.5, 0.7, 0.62)))
    (section,) = contract_page.contracts(sheet, assessment)
    assert "After 2 renewals 60% of the contracts are still there" in section.html["en"]
    assert "15 ended at one of theirs" in section.html["en"]
    assert "alpha = 0.67" in re.sub(r"<[^>]*>", "", section.html["en"])
    stored_contracts(renewals((1, 2, 2, 1.0, 0.3, 1.0, 0.95)))
    (section,) = contract_page.contracts(sheet, assessment)
    assert "No contract that is known from its first term has ended" in section.html["en"]


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
    shown = " ".join(part(sheet, assessment).html["en"] for part in PARTS)
    said = ("nobody can be called lost", "what will be lost", "of AUC are lost", "AUC lost")
    for innocent in said:
        shown = shown.replace(innocent, "")
    words = re.sub(r"<[^>]*>", " ", shown)
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
