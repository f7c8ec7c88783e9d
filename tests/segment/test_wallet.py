"""G4 and G5 by hand: own sales over told wallets of the same year and categories, and the quadrant's probability."""

import numpy as np
import pandas as pd
import pytest

from analysis.core.contracts import segment_potential as contracts
from analysis.models.leave_one_out import fit_left_out
from analysis.segment.quadrant import large_from, name_quadrants, probabilities
from analysis.segment.told import spread_of_sources
from analysis.segment.wallet import Law
from tests.wallet_tables import potential_of, store, wallet_settings

pytestmark = pytest.mark.usefixtures("inside")

ORDERS = """
a 2025-03-01 paper 300
a 2025-11-01 paper -50
a 2025-12-31 pens  100
a 2026-01-01 paper 900
a 2024-05-01 paper 70
b 2025-06-01 pens  80
c 2026-05-01 paper 40
walk-in 2025-06-01 paper 999
"""
PEOPLE = "a trade 10\n b trade 20\n c craft -\n walk-in - -"
TOLD = """
a 2025 paper 1000 declared
a 2025 pens  250  declared
a 2024 paper 700  tender
b 2025 pens  60   rep_estimate
c 2026 paper 500  declared
"""
NO_MONEY = pd.DataFrame({"customer_id": ["a"], "money": [5.0]})


def wallets(told=TOLD, orders=ORDERS, **changes):
    store(orders, PEOPLE, told)
    potential = potential_of(wallet_settings(**changes))
    found = potential.wallets()
    contracts.WALLETS.check(found)
    return potential, found.set_index("customer_id")


def test_a_share_is_own_sales_of_the_same_year_and_categories_over_the_wallet():
    _, found = wallets()
    a = found.loc["a"]
    assert (a["wallet_status"], a["wallet_year"], a["wallet_source"]) == ("measured", "2025", "declared")
    assert (a["sales"], a["wallet"], a["sow"], a["wallet_gap"]) == (
        350,
        pytest.approx(1250),
        pytest.approx(0.28),
        pytest.approx(900),
    )
    assert a["told_share"] == 1


def test_a_wallet_of_some_categories_is_held_against_the_sales_of_these():
    _, found = wallets("a 2025 pens 250 declared")
    assert found.loc["a", ["sales", "sow"]].tolist() == [100, pytest.approx(0.4)]
    assert found.loc["a", "told_share"] == pytest.approx(100 / 350)


def test_a_wallet_without_a_category_is_the_whole_and_the_single_ones_do_not_count():
    _, found = wallets("a 2025 - 2000 declared\n a 2025 pens 250 declared")
    assert found.loc["a", ["sales", "wallet"]].tolist() == [350, pytest.approx(2000)]


def test_a_share_above_one_is_shown_listed_and_never_named():
    potential, found = wallets()
    assert found.loc["b", "sow"] == pytest.approx(80 / 60)
    errors = potential.errors()
    contracts.WALLET_ERRORS.check(errors)
    assert errors[["customer_id", "category", "sales", "wallet"]].values.tolist() == [
        ["b", "pens", 80.0, 60.0]
    ]
    named = potential.quadrants(NO_MONEY).set_index("customer_id")
    assert named.loc["b", "quadrant"] == "to_verify"


def test_a_year_that_is_not_over_is_held_against_nothing():
    _, found = wallets()
    assert found.loc["c", "wallet_status"] == "not_available"


def test_a_category_that_we_never_sold_is_no_wallet_of_ours():
    _, found = wallets("a 2025 paper 1000 declared\n a 2025 planes 9000 declared")
    assert found.loc["a", "wallet"] == pytest.approx(1000)


def test_the_walk_in_account_has_no_wallet():
    _, found = wallets()
    assert list(found.index) == ["a", "b", "c"]


def test_told_wallets_that_were_told_once_are_stated_as_told():
    potential, found = wallets()
    assert potential.spread.empty
    assert found.loc["a", ["wallet_lo", "wallet_hi"]].isna().all()
    named = potential.quadrants(NO_MONEY).set_index("customer_id")
    assert named.loc["a", ["quadrant", "probability", "money"]].tolist() == ["potential", 1.0, 5.0]


def test_without_wallets_everything_is_not_available_and_only_the_stand_in_is_there():
    potential, found = wallets(told=None)
    assert set(found["wallet_status"]) == {"not_available"}
    assert potential.quadrants(NO_MONEY).empty
    assert potential.large is None


GAPS = "a 2026-01-01 paper 100\n b 2026-01-01 paper 300\n c 2026-02-01 paper 500\n c 2026-02-01 pens 70\n b 2026-02-02 pens 10"


def test_the_category_gap_is_the_median_of_the_peers_who_buy_the_category():
    _, found = wallets(told=None, orders=GAPS, usual_from=0.6)
    assert found.loc["a", ["category_gap", "missed_categories", "largest_gap"]].tolist() == [40, 1, "pens"]
    assert found.loc[["b", "c"], "category_gap"].tolist() == [0, 0]
    _, strict = wallets(told=None, orders=GAPS, usual_from=0.7)
    assert strict["missed_categories"].sum() == 0, "two of three buy pens: less than 70 %"


def test_neither_the_order_of_the_rows_nor_what_comes_after_as_of_changes_anything():
    _, whole = wallets()
    lines = ORDERS.strip().splitlines()
    later = "a 2026-07-01 paper 7777\n"
    _, other = wallets(
        orders=later + "\n".join(reversed(lines)), told="\n".join(reversed(TOLD.strip().splitlines()))
    )
    pd.testing.assert_frame_equal(whole, other)


def test_the_spread_of_a_source_is_found_from_wallets_told_twice():
    rng = np.random.default_rng(1)
    true = np.exp(rng.normal(10, 1, 600))
    sigma = {"declared": 0.1, "rep_estimate": 0.4}
    years = []
    for year in (2024, 2025):
        source = rng.choice(list(sigma), 600)
        told = true * np.exp(rng.standard_normal(600) * pd.Series(source).map(sigma))
        years.append(pd.DataFrame({
            "customer_id": [f"c{n:03d}" for n in range(600)], "wallet_year": year, "category": "paper", "annual_spend_e4": told,
            "sales_e4": 1, "year_sales_e4": 1, "customer_name": "n", "source": source,
        }))  # fmt: skip
    found = spread_of_sources(pd.concat(years), told_from=30)
    assert found["declared"] == pytest.approx(0.1, abs=0.02)
    assert found["rep_estimate"] == pytest.approx(0.4, abs=0.03)


def law(sales, told, spread=0.0, fit=None):
    n = len(sales)
    spreads = np.full(n, np.nan if fit else spread)
    return Law(np.array(sales, float), np.log(np.array(told, float)), spreads, fit)


def known(sales, told):
    return pd.DataFrame({"wallet": told, "sow": np.array(sales) / np.array(told)})


PRESET = wallet_settings(potential_from=10_000_000.0, share_from=0.5).quadrant


@pytest.mark.parametrize(
    ("sales", "wallet", "name"),
    [
        (150_000, 200_000, "ordinary"),  # the articles' own example: 20万, of which 15万 are ours
        (7_500_000, 10_000_000, "key"),
        (1_000_000, 10_000_000, "potential"),
        (1_000_000, 9_999_999, "marginal"),
        (5_000_000, 10_000_000, "key"),  # both lines belong to the upper side
        (0, 20_000_000, "potential"),
    ],
)
def test_the_quadrants_of_the_articles(sales, wallet, name):
    found = name_quadrants(known([sales], [wallet]), law([sales], [wallet]), PRESET)
    assert found[["quadrant", "probability"]].values.tolist() == [[name, 1.0]]


def test_the_probabilities_are_those_of_many_draws_of_the_wallet():
    rng = np.random.default_rng(4)
    design = np.stack([np.ones(80), rng.standard_normal(80)], axis=1)
    fit = fit_left_out(design, design[:, 1] + rng.standard_normal(80))
    sales, told, large, high = [20.0, 60.0, 5.0, 0.0], [90.0, 70.0, 300.0, 80.0], 100.0, 0.5
    for one, draws in (
        (law(sales, told, spread=0.5), 0.5 * rng.standard_normal((200_000, 4))),
        (
            law(sales, told, fit=fit),
            np.interp(rng.random((200_000, 4)), np.arange(1, 81) / 81, np.sort(fit.errors)),
        ),
    ):
        wallet = np.maximum(np.array(sales), np.array(told) * np.exp(draws))
        big, ours = wallet >= large, np.array(sales) >= high * wallet
        by_hand = np.stack([(big & ours), (big & ~ours), (~big & ours), (~big & ~ours)], axis=2).mean(axis=0)
        found = probabilities(one, large=large, high=high)
        np.testing.assert_allclose(found.sum(axis=1), 1.0)
        np.testing.assert_allclose(
            found, by_hand, atol=0.015
        )  # one draw in 81 may lie beyond all errors seen


def test_a_customer_is_named_only_where_its_quadrant_is_likely_enough():
    found = name_quadrants(known([10.0, 10.0], [100.0, 300.0]), law([10.0, 10.0], [100.0, 300.0], spread=0.5),
                           wallet_settings(potential_from=100.0).quadrant)  # fmt: skip
    assert found["quadrant"].tolist() == ["to_verify", "potential"]


def test_large_is_the_smallest_of_the_wallets_that_hold_the_stated_share():
    settings = wallet_settings(wallet_share=0.7).quadrant
    assert large_from(np.array([10.0, 50.0, 20.0, 20.0]), settings) == 20.0
    assert large_from(np.array([10.0, 80.0, 10.0]), settings) == 80.0
    assert large_from(np.array([10.0]), PRESET) == 10_000_000


def test_an_estimated_wallet_holds_at_least_what_is_bought_here():
    fit = fit_left_out(np.ones((40, 1)), np.linspace(-1, 1, 40))
    found = law([500.0], [100.0], fit=fit)
    assert [float(found.quantile(share)[0]) for share in (0.05, 0.5, 0.95)] == [500.0, 500.0, 500.0]


def test_wallets_are_estimated_where_size_tells_something_and_wallets_bear_it_out():
    rng = np.random.default_rng(5)
    size = rng.integers(5, 500, 300)
    wallet = 1000 * size * np.exp(0.2 * rng.standard_normal(300))
    sales = (wallet * rng.uniform(0.1, 0.9, 300)).round(2)
    orders = "\n".join(
        f"c{n:03d} {day} paper {sale}" for n, sale in enumerate(sales) for day in ("2025-06-01", "2025-12-01")
    )
    people = "\n".join(f"c{n:03d} trade {size[n]}" for n in range(300))
    told = "\n".join(f"c{n:03d} 2025 paper {2 * wallet[n]:.2f} declared" for n in range(0, 300, 3))
    store(orders, people, told)
    potential = potential_of()
    assert potential.published.reason == "published"
    found = potential.wallets().set_index("customer_id")
    estimated = found[found["wallet_status"] == "estimated"]
    assert len(estimated) == 200
    truth = pd.Series(2 * wallet, [f"c{n:03d}" for n in range(300)])[estimated.index]
    assert 0.82 <= truth.div(2).between(estimated["wallet_lo"] / 2, estimated["wallet_hi"] / 2).mean() <= 0.97
    checks = potential.checks()
    contracts.WALLET_CHECKS.check(checks)
    assert checks["helps"].all()
