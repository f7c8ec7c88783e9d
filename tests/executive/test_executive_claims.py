"""X2: every claim beside the number of this data; verdicts by hand."""

import pandas as pd
import pytest
from briefings import EN, ZH, brief, year_of

from analysis.core.contracts.executive import CLAIMS
from analysis.core.contracts.lifetime_value_what_if import RETENTION_WHAT_IF
from analysis.core.estimate import estimated
from analysis.executive.claims import check_claims, verdict
from analysis.executive.claims_page import here, said, title

BASE = "\n".join(year_of(name, year, 100) for name in "abcde" for year in (2024, 2025))


def checked(**more):
    found = check_claims(brief(BASE, as_of="2025-12-31", **more))
    CLAIMS.check(found)
    return found.set_index("claim")


@pytest.mark.parametrize(
    ("interval", "claim", "found"),
    [
        ((0.80, 0.87), (0.80, 0.80), "in_line"),  # 0.72 to 0.88 is near enough
        ((0.80, 0.89), (0.80, 0.80), "cannot_tell"),
        ((0.89, 0.95), (0.80, 0.80), "different"),
        ((0.89, 0.95), (0.80, float("inf")), "in_line"),  # more bears it out as well
        ((0.60, 0.71), (0.80, float("inf")), "different"),
        ((2.0, 6.0), (2.0, 6.0), "in_line"),
        ((1.9, 6.0), (2.0, 6.0), "cannot_tell"),  # a range gets no room
        ((8.6, 10.7), (2.0, 6.0), "different"),
        ((None, None), (2.0, 6.0), "not_available"),
    ],
)  # fmt: skip
def test_a_verdict_compares_the_whole_interval_with_the_claim(interval, claim, found):
    assert verdict(*interval, *claim, 0.1) == found


def test_equal_customers_do_not_bear_out_that_few_bring_most():
    found = checked()
    assert found.loc["concentration_1", "value"] == pytest.approx(0.2)  # one of five
    assert found.loc["concentration_1", "verdict"] == "different"


def test_without_costs_of_winning_and_keeping_or_a_trial_the_claims_say_what_they_need():
    found = checked()
    assert found.loc["cost_1", ["verdict", "needs"]].tolist() == ["not_available", "spend"]
    assert found.loc["renewal_1", ["verdict", "needs"]].tolist() == ["not_available", "subscriptions"]
    assert found.loc["cross_sell_1", "needs"].startswith("actions.arm")
    assert found.loc[found["verdict"] == "not_available", "value"].isna().all()


def test_more_retention_is_held_against_the_claim_at_the_change_that_is_claimed():
    row = dict.fromkeys(RETENTION_WHAT_IF.by_name, 0.0) | {
        "kind": "points", "change": 5.0, "horizon_months": 36, "discount_rate": 0.1, "gain_share": 0.10, "share_lo": 0.09, "share_hi": 0.11,
    }  # fmt: skip
    rows = pd.DataFrame([row, row | {"change": 1.0, "gain_share": 0.5, "share_lo": 0.4, "share_hi": 0.6}])
    found = checked(what_if=rows)
    assert found.loc["gain_points_1", ["value", "verdict"]].tolist() == [0.10, "different"]
    assert found.loc["gain_relative_1", "verdict"] == "not_available"


def test_a_top_tier_that_keeps_nine_of_ten_cannot_keep_two_fifths_more():
    tiers = brief(BASE, as_of="2025-12-31").pay_tiers.assign(kept_share=0.9, kept_share_lo=0.8, kept_share_hi=0.95, customers_before=10)
    found = checked(pay_tiers=tiers).loc["kept_1"]
    assert found["hi"] == pytest.approx(0.25)  # 1 / 0.8 - 1
    assert found["verdict"] == "different"


def test_the_sentences_carry_the_numbers_of_the_table():
    rows = check_claims(brief(BASE, as_of="2025-12-31"))
    by_claim = {row.claim: row for row in rows.itertuples(index=False)}
    assert said(by_claim["cost_1"]).text(EN) == "Winning a customer costs 5 times as much as keeping one"
    assert said(by_claim["cost_2"]).text(ZH) == "开发新客户的成本是维护老客户的2至6倍"
    assert said(by_claim["gain_points_1"]).text(EN) == "+5 pp of retention bring 25% to 95% more profit"
    assert here(by_claim["cross_sell_1"]).text(EN) == "not available"
    assert here(by_claim["concentration_1"]).text(EN) == "20.0%"  # all are alike, so that drawing them again changes nothing
    for row in by_claim.values():
        assert said(row).text(ZH)


def test_the_title_counts_the_verdicts():
    rows = pd.DataFrame({"verdict": ["in_line", "in_line", "different", "cannot_tell", "not_available"]})
    assert title(rows).text(EN) == "Articles assert 5 numbers: 2 in line with this data, 1 not"
    assert title(rows[4:]).text(EN) == "Not a single number that articles assert (1) can be tested here yet"


def test_key_customers_are_few_where_a_tenth_or_less_are():
    quadrants = pd.DataFrame({"quadrant": ["key", *["marginal"] * 9], "sow": 0.5, "wallet_gap": 0.0})
    assert checked(quadrants=quadrants).loc["few_keys_1", "verdict"] == "in_line"
    assert checked(quadrants=quadrants[:5]).loc["few_keys_1", "verdict"] == "different"


def test_the_ratio_of_costs_is_the_published_one():
    briefing = brief(BASE, as_of="2025-12-31")
    briefing.published["lifetime_value"]["acquisition_ratio"] = estimated("acquisition_ratio", 5.5, 5.2, 5.8, "number", method="", n=9, inputs="spend")
    found = check_claims(briefing).set_index("claim")["verdict"]
    assert found[["cost_1", "cost_2", "cost_3"]].tolist() == ["cannot_tell", "in_line", "in_line"]  # 5 is taken as 4.5 to 5.5
