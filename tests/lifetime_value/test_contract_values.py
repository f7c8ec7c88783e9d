"""V4 under contract: laws out of time, values by hand, and a known truth."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.core.contracts.lifetime_value_contracts import CONTRACT_VALUES
from analysis.lifetime_value.contract_laws import score_laws
from analysis.lifetime_value.contract_worth import silences
from analysis.lifetime_value.contracts import contract_tables, judge_contracts
from tests.contract_worlds import contract_world, drawn_contracts, settings, subscriptions

TODAY = "2024-12-31"


def judged(known, *, as_of=TODAY, rate=None, horizons=(12, 36), draws=100, **changes):
    asked = settings(draws=draws, **{"is_complete": True, **changes})
    asked = dataclasses.replace(asked, horizon_months=horizons)
    if rate is not None:
        asked = dataclasses.replace(asked, discount_rate_yearly=rate)
    found = judge_contracts(known, asked, pd.Timestamp(as_of))
    for table, frame in contract_tables(found, asked.interval_level).items():
        table.check(frame)
    return found


def over(found, months):
    values = found.worth.values.set_index("customer_id")
    return values[values["horizon_months"].isna() if months is None else (values["horizon_months"] == months).fillna(False)]


def cohort(survivors, begin="2020-01-01"):
    """One cohort of yearly contracts: so many in their first year, in their second, ..."""
    first = pd.Timestamp(begin)
    rows = [
        (f"c{who:04}", first + pd.DateOffset(years=year), first + pd.DateOffset(years=year + 1) - pd.Timedelta(days=1))
        for year, count in enumerate(survivors)
        for who in range(count)
    ]
    return subscriptions(pd.DataFrame(rows, columns=["customer_id", "starts_on", "ends_on"]))


# --- published numbers ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def published():
    """Fader & Hardie's cohort 1000, 631, 468, 382, 326, seen in its fifth year."""
    return judged(cohort([1000, 631, 468, 382, 326]), as_of="2024-06-30", min_cutoffs=100, draws=50)


def test_the_cohort_of_the_literature_gives_its_parameters(published):
    assert published.choice.table["at_risk"].tolist() == [1000, 631, 468, 382]
    law = published.choice.law
    assert (law.alpha, law.beta, law.llf) == pytest.approx((0.7637, 1.2958, -1401.56), rel=1e-4)
    assert published.choice.reason == "few_cutoffs"


def test_before_the_fifth_renewal_the_residual_value_is_the_published_5_68_margins(published):
    values = over(published, None)
    assert values["renewals"].unique().tolist() == [4]
    assert values["derl"].unique() == pytest.approx([5.68], abs=0.005)


def test_survivors_of_the_next_renewals_are_the_published_ones(published):
    expected = 326 * published.choice.law.survival(np.array([5, 6, 7])) / published.choice.law.survival(np.array(4))
    assert expected == pytest.approx([284.5 * 326 / 325.0, 253.7 * 326 / 325.0, 229.6 * 326 / 325.0], rel=0.01)


def test_kaplan_meier_of_one_cohort_is_the_share_still_there(published):
    table = published.survival
    assert table["survival"].tolist() == pytest.approx([0.631, 0.468, 0.382, 0.326])
    assert ((table["lo"] < table["survival"]) & (table["survival"] < table["hi"])).all()
    half = stats.norm.ppf(0.95) * np.sqrt(0.631 * 0.369 / 1000)  # Greenwood before the first loss of sight: binomial
    assert table.loc[0, ["lo", "hi"]].to_numpy(float) == pytest.approx([0.631 - half, 0.631 + half], abs=1e-3)


# --- by hand ----------------------------------------------------------------------------------

THREE_OF_FOUR = """
    a 2022-01-01 2022-12-31 value=100
    a 2023-01-01 2023-12-31 value=100
    a 2024-01-01 2024-12-31 value=100
    b 2022-01-01 2022-12-31 value=100
    b 2023-01-01 2023-12-31 value=100
    c 2023-08-01 2024-07-31 value=300
    c 2024-08-01 2025-07-31 value=600
"""


def test_with_few_losses_one_share_with_jeffreys_interval_stands_for_all():
    """Decided by 2024-12-31: a and b at their first renewal, a at its second, b lost, c renewed."""
    found = judged(drawn_contracts(THREE_OF_FOUR))
    assert (found.choice.name, found.choice.reason) == ("constant", "few_lost")
    assert found.choice.law.p == pytest.approx((1 + 0.5) / (5 + 1))
    model = contract_tables(found, 0.9)
    ends = next(frame for table, frame in model.items() if table.name == "contract_models").iloc[0][["lo", "hi"]]
    assert ends.to_numpy(float) == pytest.approx(stats.beta.ppf([0.05, 0.95], 1.5, 4.5))
    assert (found.rate.renewed, found.rate.decided) == (2, 3)  # of 2024: a and c, and b
    assert (found.rate.lo, found.rate.hi) == pytest.approx(stats.beta.ppf([0.05, 0.95], 2.5, 1.5))


def test_value_is_the_value_a_year_times_the_discounted_expected_years():
    """c has 212 days to go; then each year comes with 3/4 more; a is in its grace since today and could still renew."""
    found = judged(drawn_contracts(THREE_OF_FOUR), rate=0.0)
    years = 212 / 365.25
    by_hand = 600 * (years + 0.75 * (1 - years))
    assert over(found, 12).loc["c", "value"] == pytest.approx(by_hand)
    by_hand += 600 * (0.75 * years + 0.75**2 + 0.75**3 * (1 - years))
    assert over(found, 36).loc["c", "value"] == pytest.approx(by_hand)
    assert found.worth.values["horizon_months"].notna().all()  # without a discount all time has no finite value


def test_all_time_is_the_closed_form_of_a_constant_rate():
    found = judged(drawn_contracts(THREE_OF_FOUR), rate=0.1)
    row, left = over(found, None).loc["c"], 212 / 365.25
    assert row["derl"] == pytest.approx(0.75 * 1.1 / (1.1 - 0.75))  # Gupta, Lehmann & Stuart 2004
    year = (1 - 1 / 1.1) / np.log(1.1)  # one year, each moment discounted
    by_hand = (1 - 1.1**-left) / np.log(1.1) + 1.1**-left * year * row["derl"]
    assert row["years"] == pytest.approx(by_hand, rel=1e-9)
    assert row["value"] == pytest.approx(600 * by_hand, rel=1e-9)


def test_what_the_customer_has_told_settles_the_next_renewal_and_nothing_else():
    text = THREE_OF_FOUR + "    d 2024-02-01 2025-01-31 renewed=2024-12-30\n    e 2024-02-01 2025-01-31 cancelled=2024-12-01\n"
    found = judged(drawn_contracts(text))
    assert over(found, 12).loc[["d", "e"], "renews"].tolist() == [1.0, 0.0]
    assert over(found, 12).loc[["d", "e"], "told"].tolist() == ["renewed", "cancelled"]
    assert over(found, None).loc["d", "derl"] == pytest.approx(1 + 0.75 / 1.1 * 1.1 / (1.1 - 0.75))
    assert over(found, None).loc["e", "derl"] == 0


def test_silence_near_the_end_speaks_for_what_is_told_later():
    """Of 3 renewals 2 were told by the tenth day before the end, of 1 loss none."""
    decided = pd.DataFrame({"is_renewed": [True, True, True, False], "told_days": [-20, -10, 3, -5]})
    renewed, lost = silences(decided, np.array([-100, -10, 0]))
    assert renewed == pytest.approx([1, 1 - 2 / 4, 1 - 2 / 4])
    assert lost == pytest.approx([1, 1, 1 - 1 / 2])


def test_a_contract_past_its_end_is_likelier_lost_the_longer_nothing_comes():
    base = contract_world(300, alpha=1.2, beta=3.5, years=6, as_of=TODAY, seed=1).known
    late = pd.concat([base, drawn_contracts("x 2023-12-11 2024-12-10\ny 2024-12-11 2025-12-10")], ignore_index=True)
    renews = over(judged(late), 12)["renews"]
    assert renews["x"] < 0.05 < 0.5 < renews["y"]  # every renewal of this world came on the next day


def test_lines_of_one_customer_add_up_and_the_first_to_end_tells_of_its_renewals():
    text = THREE_OF_FOUR + "    c 2024-02-01 2025-01-31 value=60 plan=other\n"
    both, one = over(judged(drawn_contracts(text)), 12).loc["c"], over(judged(drawn_contracts(THREE_OF_FOUR)), 12).loc["c"]
    assert (both["lines"], both["renewals"], one["renewals"]) == (2, 0, 1)
    assert both["annual_value"] == 660
    left = 31 / 365.25
    year = lambda years: (1 - 1.1**-years) / np.log(1.1)  # noqa: E731
    assert both["value"] - one["value"] == pytest.approx(60 * (year(left) + 0.75 * (year(1) - year(left))), rel=1e-6)


def test_a_contract_without_a_value_has_a_probability_and_no_value():
    text = THREE_OF_FOUR.replace(" value=600", "")
    row = over(judged(drawn_contracts(text)), 12).loc["c"]
    assert row["renews"] == pytest.approx(0.75)
    assert row[["annual_value", "value", "lo", "hi", "years"]].isna().all()


def test_nothing_decided_gives_no_law_and_no_value():
    found = judged(drawn_contracts("a 2024-06-01 2025-05-31"))
    assert (found.choice, found.worth, found.rate) == (None, None, None)


def test_monthly_contracts_renew_in_a_year_by_the_twelfth_power():
    months = pd.date_range("2023-01-01", "2024-11-01", freq="MS")
    rows = [("a", month, month + pd.offsets.MonthEnd(0)) for month in months]
    found = judged(subscriptions(pd.DataFrame(rows, columns=["customer_id", "starts_on", "ends_on"])), grace_days=5)
    assert found.lines.term_months == 1
    assert (found.rate.renewed, found.rate.decided) == (11, 12)
    assert found.rate.share == pytest.approx((11 / 12) ** 12)


# --- the choice of the law --------------------------------------------------------------------


def test_each_decision_is_foretold_once_from_those_before_it():
    world = contract_world(600, alpha=0.9, beta=2.2, years=6, as_of=TODAY, seed=7)
    found = judged(world.known)
    scores = found.choice.scores.set_index("law")
    cutoffs = scores["cutoffs"].iloc[0]
    since = pd.Timestamp(TODAY) + pd.Timedelta(days=1) - pd.DateOffset(months=6 * int(cutoffs)) - pd.Timedelta(days=1)
    decided = found.lines.decided
    latest = decided[decided["decided_on"] > (since - pd.Timestamp("1970-01-01")).days]
    assert scores["decisions"].unique().tolist() == [len(latest)]
    assert scores["renewed"].unique().tolist() == [int(latest["is_renewed"].sum())]
    before = decided[decided["decided_on"] <= (since - pd.Timestamp("1970-01-01")).days]
    assert int((~before["is_renewed"]).sum()) >= 10
    assert scores["predicted"].loc["constant"] == pytest.approx(len(latest) * latest["is_renewed"].mean(), rel=0.1)


def test_contracts_that_get_likelier_to_leave_are_foretold_by_the_law_that_knows_it():
    world = contract_world(1500, alpha=1.2, beta=6, years=8, as_of=TODAY, seed=2, c=1.8)
    found = judged(world.known, draws=50)
    assert found.choice.name == "bdw"
    assert found.choice.law.c == pytest.approx(1.8, rel=0.35)  # its standard error here is about 0.2
    scores = found.choice.scores.set_index("law")
    assert scores["log_loss"]["bdw"] < scores["log_loss"]["sbg"]


def test_contracts_that_differ_are_not_taken_for_alike():
    found = judged(contract_world(1500, alpha=0.8, beta=2.5, years=6, as_of=TODAY, seed=5).known)
    assert found.choice.name == "sbg"
    assert found.choice.scores["cutoffs"].iloc[0] >= 3


def test_too_few_cutoffs_leave_the_laws_uncompared():
    known = judged(contract_world(500, alpha=0.8, beta=2.5, years=6, as_of=TODAY, seed=5).known).lines.decided
    assert score_laws(known, settings(min_cutoffs=50), pd.Timestamp(TODAY)).empty


# --- a known truth ----------------------------------------------------------------------------


def test_the_sum_of_all_contracts_lies_in_its_interval_as_often_as_it_says():
    """Twelve bases of 200 customers with 90 % intervals.

    Of 150 bases 91 % lay inside over one year, 87 % over three and 85 % over all time, which no data had reached yet.
    """
    inside = {36: 0, None: 0}
    share = []
    for seed in range(12):
        world = contract_world(200, alpha=0.9, beta=3.0, years=6, as_of=TODAY, seed=1000 + seed)
        found = judged(world.known, draws=50)
        years = world.years_ahead(TODAY)
        totals = found.worth.totals.set_index("horizon_months")
        for months in inside:
            limit = np.inf if months is None else months / 12
            came = 100 * -np.expm1(-np.log(1.1) * np.minimum(years, limit)) / np.log(1.1)
            row = totals.loc[np.inf if months is None else float(months)]
            inside[months] += int(row["lo"] <= came.sum() <= row["hi"])
        values = over(found, None)
        came = came.reindex(values.index).fillna(0)  # in grace and lost: nothing comes
        share.append(((values["lo"] <= came + 1e-6) & (came <= values["hi"] + 1e-6)).mean())
    assert inside[36] >= 8, inside  # 10.4 expected, binomial sd 1.2
    assert inside[None] >= 7, inside  # 10.1 expected, binomial sd 1.3
    assert 0.87 <= np.mean(share) <= 0.99  # of the customers; terms are whole, so a little more than 0.9


def test_young_lines_of_a_cut_table_find_the_true_law():
    """What began before 2018 is cut out of the table; the law of those whose first contract is seen is still the true one."""
    world = contract_world(4000, alpha=0.8, beta=2.5, years=12, as_of=TODAY, seed=9)
    cut = world.known[world.known["ends_on"] > "2018-01-01"]
    found = judged(cut, is_complete=False, draws=50)
    assert found.lines.left_out["unknown_age"] > 1000
    ends = found.choice.law.conf_int(0.99)
    assert ends.loc["alpha", "lower"] < 0.8 < ends.loc["alpha", "upper"]
    assert ends.loc["beta", "lower"] < 2.5 < ends.loc["beta", "upper"]
    values = over(found, 36).query("not is_age_known")["value"]
    came = 100 * -np.expm1(-np.log(1.1) * np.minimum(world.years_ahead(TODAY), 3)) / np.log(1.1)
    assert values.sum() == pytest.approx(came.reindex(values.index).fillna(0).sum(), rel=0.03)
    too_young = found.choice.law.retention(np.array(1))
    assert found.choice.older.retention(np.array(1)) > too_young + 0.03
    wrong = judged(cut, is_complete=True, draws=50).choice.law
    assert wrong.retention(np.array(1)) > found.choice.law.retention(np.array(1)) + 0.015  # old contracts taken for new ones


# --- properties -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world():
    return contract_world(150, alpha=0.9, beta=2.2, years=6, as_of=TODAY, seed=11, notice=True)


def test_the_order_of_rows_and_the_unit_of_money(world):
    there, back = judged(world.known), judged(world.known.iloc[::-1])
    pd.testing.assert_frame_equal(there.worth.values, back.worth.values)
    large = judged(world.known.assign(annual_value_e4=world.known["annual_value_e4"] * 100)).worth.values
    money = ["annual_value", "value", "lo", "hi"]
    pd.testing.assert_frame_equal(there.worth.values[money] * 100, large[money])
    rest = [name for name in CONTRACT_VALUES.by_name if name not in money]
    pd.testing.assert_frame_equal(there.worth.values[rest], large[rest])


def test_the_input_is_left_as_it_was(world):
    before = world.known.copy()
    judged(world.known)
    pd.testing.assert_frame_equal(world.known, before)


def test_a_longer_time_ahead_and_a_smaller_discount_are_worth_more(world):
    found, cheap = judged(world.known), judged(world.known, rate=0.05)
    near, far, ever = (over(found, months)["value"] for months in (12, 36, None))
    assert ((near <= far + 1e-9) & (far <= ever + 1e-9)).all()
    assert (over(cheap, None)["value"] >= ever).all()
