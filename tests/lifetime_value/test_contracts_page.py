"""The page's part on contracts: titles by rule, any table or none, hostile names, and the stage's tables and figures."""

import re

import numpy as np
import pandas as pd
import pytest

from analysis.core import tables
from analysis.core.contracts import lifetime_value_contracts as contracts
from analysis.core.contracts.optional import SUBSCRIPTIONS
from analysis.core.edition import LANGUAGES
from analysis.draw.page import open_page
from analysis.lifetime_value import contracts_page, page
from analysis.lifetime_value.contract_laws import Choice
from analysis.lifetime_value.contracts import RenewalRate
from analysis.lifetime_value.figures import find_figures
from analysis.lifetime_value.valuation import value_customers
from analysis.models.renewal import Renewals
from analysis.models.result import FitStatus
from tests.contract_worlds import contract_world, drawn_contracts
from tests.worlds_of_orders import order_world, stage_on

TODAY = "2024-12-31"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def orders():
    return order_world(30, start="2023-01-01", end=TODAY, seed=41)


@pytest.fixture
def value(tmp_path, monkeypatch, orders):
    monkeypatch.chdir(tmp_path)

    def valued(known, **settings):
        stage = stage_on(tmp_path, "lifetime_value", orders, as_of=TODAY, **{"draws": 50, **settings})
        if known is not None:
            tables.write(SUBSCRIPTIONS, known)
        return stage, value_customers(stage)

    return valued


BASES = {
    "law": lambda: contract_world(300, alpha=0.8, beta=2.5, years=6, as_of=TODAY, seed=5, notice=True).known,
    "unproven": lambda: contract_world(60, alpha=0.8, beta=1.2, years=3, as_of=TODAY, seed=5).known,
    "few": lambda: drawn_contracts("a 2023-01-01 2023-12-31\na 2024-01-01 2024-12-31\nb 2023-01-01 2023-12-31"),
    "nothing due": lambda: drawn_contracts("a 2024-06-01 2025-05-31"),
    "no end": lambda: drawn_contracts("a 2024-06-01 -"),
    "all over": lambda: drawn_contracts("a 2021-01-01 2021-12-31\nb 2021-01-01 2021-12-31\na 2022-01-01 2022-12-31"),
    "no value": lambda: drawn_contracts("a 2023-01-01 2023-12-31\na 2024-01-01 2024-12-31").assign(
        annual_value_e4=pd.array([None, None], dtype="Int64")
    ),
}


@pytest.mark.parametrize("base", BASES)
def test_every_part_table_and_figure_is_there_for_any_contracts(value, base):
    stage, valuation = value(BASES[base]())
    valuation.store()
    stage.publish(find_figures(valuation))
    sheet = open_page(stage.params.report)
    parts = [*contracts_page.sections(sheet, valuation), page.checks(sheet, valuation), page.missing(sheet, valuation)]
    for part in parts:
        assert set(part.html) == set(LANGUAGES)
        assert not re.search(r"\bnan\b|None|NaT|<NA>", "".join(part.html.values()))
    done, held = parts[-2].checks
    assert done == held
    assert "Contracts: a customer under contract stays" not in parts[-1].html["en"]


def test_without_a_table_the_page_says_what_it_needs_and_the_tables_are_empty(value):
    stage, valuation = value(None)
    valuation.store()
    sheet = open_page(stage.params.report)
    assert contracts_page.sections(sheet, valuation) == []
    assert "<code>subscriptions</code>" in page.missing(sheet, valuation).html["en"]
    for table in (contracts.CONTRACT_VALUES, contracts.CONTRACT_SURVIVAL, contracts.CONTRACT_SCORES, contracts.CONTRACT_MODELS):
        assert tables.read(table).empty
    found = [figure for figure in find_figures(valuation) if "contract" in figure.name]
    assert len(found) == 5
    assert {(figure.status, figure.needs) for figure in found} == {("not_available", "subscriptions")}


def test_figures_are_the_rate_as_counted_and_estimates_with_intervals(value):
    _, valuation = value(BASES["law"]())
    found = {figure.name: figure for figure in find_figures(valuation)}
    rate, counted = found["contract_renewal_rate"], valuation.contracts.rate
    assert rate.status == "measured"
    assert (rate.value, rate.n) == (counted.renewed / counted.decided, counted.decided)
    assert rate.lo < rate.value < rate.hi
    near, far, ever = (found[f"contract_value_{name}"] for name in ("near", "far", "ever"))
    assert near.value < far.value < ever.value
    assert all(one.status == "estimated" and one.lo < one.value < one.hi for one in (near, far, ever))
    assert "revenue" in near.method


def test_figures_of_contracts_without_a_value_say_so(value):
    _, valuation = value(BASES["no value"]())
    found = {figure.name: figure for figure in find_figures(valuation)}
    assert found["contract_value_near"].needs == "subscriptions.annual_value"
    assert found["running_contracts"].value == 1


@pytest.mark.parametrize(
    ("lo", "hi", "key"), [(0.7, 0.94, "below"), (0.9, 0.96, "near"), (0.95, 0.99, "near"), (0.96, 0.99, "above")]
)
def test_the_title_compares_with_what_is_claimed_as_far_as_the_interval_tells(lo, hi, key):
    title = contracts_page.rate_title(RenewalRate((lo + hi) / 2, lo, hi, 80, 100), claimed=0.95)
    assert title.key == f"lifetime_value.contracts.{key}"


@pytest.mark.parametrize(
    ("beta", "renewals", "reason", "key"),
    [(2.0, 4, "", "rising"), (2000.0, 4, "", "even"), (2.0, 1, "", "first"), (2.0, 4, "few_lost", "unknown")],
)
def test_the_survival_s_title_says_whether_renewals_rise(beta, renewals, reason, key):
    law = Renewals(alpha=beta / 4, beta=beta, log_likelihood=0, n=1, status=FitStatus.IDENTIFIED, covariance=())
    none = pd.DataFrame()
    choice = Choice("sbg", law, law, none, none, {}, none, reason)
    title = contracts_page.survival_title(pd.DataFrame({"renewal": np.arange(1, renewals + 1)}), choice)
    assert title.key == f"lifetime_value.survival.{key}"


def test_the_largest_contracts_are_listed_with_their_names_escaped_or_masked(value):
    known = BASES["law"]()
    stage, valuation = value(known, listed_customers=3)
    who = valuation.contracts.worth.values.query("horizon_months == 36").nlargest(3, "value")["customer_id"]
    names = pd.DataFrame({"customer_id": who, "customer_name": HOSTILE})
    object.__setattr__(valuation, "customers", names)
    sheet = open_page(stage.params.report)
    text = contracts_page.values(sheet, valuation, valuation.contracts).html["en"]
    assert "<script>" not in text
    assert text.count("<tr>") == 4
    total = valuation.contracts.worth.totals.set_index("horizon_months").loc[36.0]
    assert total["value"] == pytest.approx(valuation.contracts.worth.values.query("horizon_months == 36")["value"].sum())
