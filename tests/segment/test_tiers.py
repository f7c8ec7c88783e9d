"""G1: limits, hysteresis and rates by hand; whatever the order of the rows, everybody is in one tier."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
from paid_years import drawn_payments, tiers_of
from purchase_days import SETTINGS

from analysis.core.contracts.segment import MIGRATION
from analysis.core.contracts.segment_tiers import CUSTOMER_TIERS, TIER_MONTHS, TIERS
from analysis.core.errors import ParamsError
from analysis.segment.tier_sizes import migrate_tiers, size_tiers
from analysis.segment.tiers import check_tiers, fit_limits

ARTICLE = dataclasses.replace(SETTINGS.tiers, from_yearly=(100_000.0, 30_000.0))
FITTED = SETTINGS.tiers


def named(payments, settings=ARTICLE):
    tiering = tiers_of(payments, settings)
    return dict(zip(payments.customers, np.array(tiering.names)[tiering.codes[:, -1]], strict=True))


def test_a_limit_belongs_to_the_tier_above_it():
    paid = drawn_payments("""
        a 2020-01 100000
        b 2020-01 99999.99
        c 2020-01 30000
        d 2020-01 29999.99
        e 2020-01 -
    """)
    assert named(paid) == {"a": "whale", "b": "potential", "c": "potential", "d": "base", "e": "silent"}


def test_a_customer_near_a_limit_keeps_its_tier_until_it_is_a_tenth_beyond():
    paid = drawn_payments("""
        falls 2020-01 105000  95000  90000  89999 100000 109999 110000
        rises 2020-01  95000 105000 109000 110000  95000  90000  89000
        twice 2020-01 150000  20000 150000 150000 150000 150000 150000
    """)
    tiering = tiers_of(paid, ARTICLE)
    told = {name: "".join(tiering.names[code][0] for code in row) for name, row in zip(paid.customers, tiering.codes, strict=True)}
    assert told == {"falls": "wwwpppw", "rises": "pppwwwp", "twice": "wbwwwww"}


def test_after_a_year_of_silence_the_limits_hold_as_they_are():
    tiering = tiers_of(drawn_payments("back 2020-01 150000 - 95000\n first 2024-05 - 0 105000"), ARTICLE)
    told = [[tiering.names[code] for code in row] for row in tiering.codes]
    assert told[0] == ["whale", "silent", "potential"]
    assert told[1][0] == "new"


def test_payments_of_a_young_customer_are_taken_to_a_year_and_flagged():
    paid = drawn_payments("""
        five  2024-02 10000
        fresh 2024-06  1000
        old   2023-07 12000
    """, least_months=3)  # fmt: skip
    assert dict(zip(paid.customers, paid.yearly_e4[:, -1] / 1e4, strict=True)) == {"five": 24_000, "fresh": 4_000, "old": 12_000}
    assert dict(zip(paid.customers, paid.is_young, strict=True)) == {"five": True, "fresh": True, "old": False}


def test_fitted_limits_are_the_fewest_payers_that_bring_the_shares():
    payment = np.array([10, 100, 30, 60]) * 10_000
    assert fit_limits(payment, np.array([10.0, 100.0, 30.0, 60.0]), (0.5, 0.8)) == (100.0, 60.0)
    assert fit_limits(payment, np.array([90.0, 1.0, 5.0, 4.0]), (0.5, 0.8)) == (10.0,), "the smallest payer brings the most"


def test_one_customer_that_brings_everything_leaves_the_next_limit_to_the_next_payer():
    assert fit_limits(np.array([900, 60, 40]) * 10_000, np.array([900.0, 60.0, 40.0]), (0.5, 0.8)) == (900.0, 60.0)


def test_where_the_value_sums_to_a_loss_payments_stand_in():
    assert fit_limits(np.array([50, 30, 20]) * 10_000, np.array([-9.0, 1.0, 1.0]), (0.5, 0.8)) == (50.0, 30.0)


def test_equal_customers_are_one_tier():
    assert named(drawn_payments("a 2020-01 70\n b 2020-01 70\n c 2020-01 70"), FITTED) == dict.fromkeys("abc", "whale")


STORY = """
    a 2020-01 120000 120000 120000 120000 120000 120000 120000 120000 120000 120000 120000 120000 120000
    b 2020-01 120000 120000 120000 120000 120000 120000 120000 120000 120000 120000 120000 120000  50000
    c 2020-01  50000  50000  50000  50000  50000  50000  50000  50000  50000  50000  50000  50000 200000
    d 2020-01  50000  50000  50000  50000  50000  50000  50000  50000  50000  50000  50000  50000      -
    e 2020-01   1000   1000   1000   1000   1000   1000   1000   1000   1000   1000   1000   1000   1000
    f 2024-06      -      -      -      -      -      -      -      -      -      -      -      -   1000
"""


@pytest.fixture
def story():
    tiering = tiers_of(drawn_payments(STORY, least_months=1), ARTICLE)
    ways = migrate_tiers(tiering, SETTINGS)
    return tiering, ways, size_tiers(tiering, ways, SETTINGS)


def test_the_tables_keep_their_contracts(story):
    tiering, ways, sizes = story
    CUSTOMER_TIERS.check(tiering.customer_tiers)
    TIER_MONTHS.check(tiering.tier_months)
    TIERS.check(sizes)
    MIGRATION.check(ways[list(MIGRATION.by_name)])


def test_sizes_and_payments_of_the_tiers_are_those_of_all_customers(story):
    tiering, _, sizes = story
    assert sizes["customers"].tolist() == [2, 1, 2, 1]
    assert sizes["payment"].tolist() == [320_000, 50_000, 2_000, 0]
    assert sizes["payment"].sum() == tiering.payments.paid_e4[:, -1].sum() / 1e4
    months = tiering.tier_months.groupby("month")["payment"].sum()
    assert months.iloc[0] == 341_000
    assert months.iloc[-1] == 372_000


def test_rates_are_shares_of_the_customers_of_the_year_before(story):
    """Jeffreys interval of 1 in 2 at 90 %: R, qbeta(c(.05, .95), 1.5, 1.5) is 0.0970, 0.9030."""
    sizes = story[2].set_index("tier")
    assert sizes.loc["whale", ["customers_before", "kept_share", "down_share"]].tolist() == [2, 1.0, 0.5]
    assert sizes.loc["potential", ["customers_before", "kept_share", "up_share", "down_share"]].tolist() == [2, 0.5, 0.5, 0.0]
    assert sizes.loc["potential", ["up_share_lo", "up_share_hi"]].tolist() == pytest.approx([0.0970, 0.9030], abs=1e-3)
    assert np.isnan(sizes.loc["whale", "up_share"]), "there is no tier above"
    assert np.isnan(sizes.loc["base", "down_share"]), "there is none below"


def test_each_way_carries_its_money(story):
    ways = story[1].set_index(["segment_before", "segment"])
    assert ways.loc[("whale", "potential"), "money_change"] == -70_000
    assert ways.loc[("potential", "silent"), "money_change"] == -50_000
    assert ways.loc[("new", "base"), "money"] == 12_000, "its first month taken to a year"
    assert ways["customers"].sum() == 6


def test_without_a_year_before_there_are_no_moves():
    tiering = tiers_of(drawn_payments("a 2024-01 500 900\n b 2024-01 90 10"), ARTICLE)
    ways = migrate_tiers(tiering, SETTINGS)
    sizes = size_tiers(tiering, ways, SETTINGS)
    assert ways.empty
    assert sizes["kept_share"].isna().all()
    assert sizes["steady_share"].isna().all()
    assert tiering.customer_tiers["change"].isna().all()


def test_the_order_of_the_customers_changes_nothing(story):
    lines = STORY.strip().splitlines()
    other = tiers_of(drawn_payments("\n".join(reversed(lines)), least_months=1), ARTICLE)
    pd.testing.assert_frame_equal(other.customer_tiers, story[0].customer_tiers)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"from_yearly": (100.0,)}, "from_yearly has one falling number for each tier but the last, got [100.0]. Give 2 numbers"),
        ({"from_yearly": (1.0, 2.0)}, "from_yearly has one falling number for each tier but the last, got [1.0, 2.0]. Give 2 numbers"),
        ({"value_shares": (0.8, 0.5)}, "value_shares has one rising number for each tier but the last, got [0.8, 0.5]. Give 2 numbers"),
        ({"names": ("whale", "whale", "base")}, "a name stands for one group of customers, got 'whale'. Rename it"),
        ({"names": ("gold", "potential", "base")},
         "a name has words for the page, got 'gold'. Add tier.gold.en and tier.gold.zh to src/analysis/text/segment.toml"),
    ],
)  # fmt: skip
def test_tiers_that_cannot_be_are_refused_in_one_sentence(changes, sentence):
    with pytest.raises(ParamsError, match=f"{re.escape(sentence)}.$"):
        check_tiers(dataclasses.replace(FITTED, **changes))
