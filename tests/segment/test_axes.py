"""One table of customers: each column is that of the table that it is read from, and nobody is lost or doubled."""

import contextlib

import pandas as pd
import pytest

from analysis.core import tables
from analysis.core.contracts.profit import CUSTOMER_PROFIT, PROBLEM_CUSTOMERS
from analysis.core.contracts.segment_axes import CUSTOMER_AXES
from analysis.core.contracts.segment_potential import QUADRANTS, WALLETS
from analysis.core.edition import LANGUAGES
from analysis.draw.page import Page
from analysis.segment.axes import join_axes
from analysis.segment.axes_page import axes
from analysis.segment.growth import open_growth
from tests.recovery.worlds import Scene

WORLD = Scene("distributor", customers=150, known_months=36, served=True, told=True)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """The world, its inputs and the joined table."""
    ground = WORLD.play(2, tmp_path_factory.mktemp("axes"))
    with ground.inside(), contextlib.ExitStack():
        tiering = ground.tiering
        problems = tables.write(PROBLEM_CUSTOMERS, ground.books.find_problems(tables.read(CUSTOMER_PROFIT)))
        wallets = tables.write(WALLETS, ground.potential.wallets())
        quadrants = tables.write(QUADRANTS, ground.potential.quadrants(ground.rfm))
        growth = open_growth(ground.stage("segment"), quadrants)
        preferences = ground.habits.preferences
        found = tables.write(CUSTOMER_AXES, join_axes(tiering, ground.rfm, wallets, quadrants, growth, preferences))
        sources = {"wallet": wallets, "sow": wallets, "quadrant": quadrants, "relative_growth": growth, "segment": ground.rfm}
        return ground, tiering, found, sources, problems, tables.read(CUSTOMER_PROFIT)


def test_everybody_who_ever_ordered_is_there_once(world):
    _, tiering, found, _, _, _ = world
    assert found["customer_id"].tolist() == tiering.payments.customers.tolist()
    assert found["tier"].tolist() == tiering.customer_tiers["tier"].tolist()


@pytest.mark.parametrize("column", ["wallet", "sow", "quadrant", "relative_growth", "segment"])
def test_a_column_is_that_of_its_own_table(world, column):
    _, _, found, sources, _, _ = world
    told = sources[column].set_index("customer_id")[column].dropna()
    here = found.set_index("customer_id")[column].dropna()
    pd.testing.assert_series_equal(here, told[told.index.isin(found["customer_id"])].reindex(here.index), check_names=False)
    assert len(here)


def test_profits_are_those_of_the_ranked_customers_and_problems_are_named(world):
    _, _, found, _, problems, profits = world
    ranked = profits[profits["rank"].notna()]
    assert found["profit"].sum() == pytest.approx(ranked["profit"].sum())
    assert set(found.loc[found["is_problem"], "customer_id"]) == set(problems["customer_id"])


def test_the_page_shows_the_largest_payers_in_both_languages(world):
    ground, tiering, found, _, _, _ = world
    section = axes(Page("zh", "CNY", mask_names=False), tiering, found, ground.records.settings)
    largest = found.sort_values("payment")["customer_name"].iloc[-1]
    assert set(section.html) == set(LANGUAGES)
    assert all(largest in section.html[language] for language in LANGUAGES)
