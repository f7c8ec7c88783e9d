"""C6 and C8: returns, what they are worth, and what losing a customer would cost, by hand; later and absent data."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from analysis.churn.assessment import assess_customers
from analysis.churn.dependence import descendants, find_dependence
from analysis.churn.dependence_page import sections as dependence_sections
from analysis.churn.offers import compare_arms
from analysis.churn.silences import chance_of, group_of
from analysis.churn.win_back import find_win_back
from analysis.churn.win_back_figures import find_figures
from analysis.churn.win_back_page import sections as win_back_sections
from analysis.core import tables
from analysis.core.contracts import optional
from analysis.core.contracts.churn_win_back import (
    RETURN_CHANCES,
    RETURN_CURVE,
    RETURN_REASONS,
    SECOND_VALUES,
    WIN_BACK_CUSTOMERS,
)
from analysis.core.contracts.clean import CUSTOMERS
from analysis.core.contracts.lifetime_value import CLV
from analysis.core.contracts.profit import CUSTOMER_PROFIT
from analysis.core.edition import LANGUAGES
from analysis.draw.page import open_page
from tests.ticket_tables import store_optional
from tests.worlds_of_orders import stage_on

AS_OF = "2024-12-31"
VALUE = 100 * 10_000


def sleepers(returning=40, staying=60):
    """Everybody orders every 30 days through the year 2022 and then stops; some order again 200 days later, at half the value."""
    rows = []
    for number in range(returning + staying):
        name = f"s{number:03}"
        own = pd.date_range("2022-01-05", periods=13, freq="30D")
        rows += [(name, day, VALUE) for day in own]
        if number < returning:
            rows += [(name, day, VALUE // 2) for day in pd.date_range(own[-1] + pd.Timedelta(days=200), periods=7, freq="30D")]
    steady = [(f"a{number}", day, VALUE) for number in range(20) for day in pd.date_range("2022-01-07", AS_OF, freq="30D")]
    return pd.DataFrame(rows + steady, columns=["customer_id", "order_date", "bought_e4"])


@pytest.fixture
def open_stage_on(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def opened(days, value_name="revenue", **settings):
        if value_name == "contribution":
            days = days.assign(contribution_e4=days["bought_e4"] // 4)
        stage = stage_on(tmp_path, "churn", days, as_of=AS_OF, value_name=value_name, draws=60)
        own = dataclasses.replace(stage.settings, win_back=dataclasses.replace(stage.settings.win_back, **settings))
        return dataclasses.replace(stage, params=dataclasses.replace(stage.params, churn=own))

    return opened


def value(rows):
    """Lifetime values: customer, value, ends of its interval."""
    frame = pd.DataFrame(rows, columns=["customer_id", "clv", "lo", "hi"])
    tables.write(CLV, frame.assign(horizon_months=12, repeats=3, alive=0.9, exp_orders=2.0, value_per_order=1.0, value_name="revenue",
                                   method="bgnbd")[list(CLV.by_name)])  # fmt: skip


def test_two_silences_of_seven_end_twenty_days_later_with_half_the_value(open_stage_on):
    """140 silences last for longer than 180 days: 40 end after 200, 60 last to the end, as do the 40 second ones."""
    stage = open_stage_on(sleepers(), value_days=180)
    found = find_win_back(stage, assess_customers(stage))
    whole = found[RETURN_CHANCES].set_index(["gap_group", "silent_days"]).loc[(0, 180)]
    assert whole["silences"] == 140
    assert whole["chance"] == pytest.approx(40 / 140)
    assert found[RETURN_CURVE][["day", "at_risk"]].iloc[0].tolist() == [20, 140]
    ratio = found[SECOND_VALUES].set_index("value_group").loc[0]
    assert ratio[["returns", "before", "after", "ratio"]].tolist() == [40, 600, 300, 0.5]
    assert found.window[0] == 20.0


def test_the_value_of_a_return_is_chance_times_ratio_times_value_before(open_stage_on):
    """Ten more fell silent 249 days ago: 40 of 110 return after 180 days of silence, none of 60 after 270."""
    ten = [(f"r{number}", day, VALUE) for number in range(10) for day in pd.date_range("2023-06-01", periods=12, freq="30D")]
    more = pd.concat([sleepers(), pd.DataFrame(ten, columns=["customer_id", "order_date", "bought_e4"])])
    stage = open_stage_on(more, value_days=180, silent_days=(90, 180, 270))
    found = find_win_back(stage, assess_customers(stage))
    rows = found[WIN_BACK_CUSTOMERS].set_index("customer_id")
    assert set(rows.index) == {*(f"s{number:03}" for number in range(100)), *(f"r{number}" for number in range(10))}
    one = rows.loc["r5"]
    assert (one["silence_days"], one["value_before"], one["second_value"]) == (249, 600, 300)
    assert one["chance"] == pytest.approx(40 / 110 * (270 - 249) / 90)
    assert one["return_value"] == pytest.approx(one["chance"] * 300)
    assert one["lo"] <= one["return_value"] <= one["hi"]
    assert np.isnan(rows.loc["s099", "chance"])  # silent for 731 days, and nobody was followed for longer
    assert found.asked["customer_id"].iloc[:10].tolist() == [f"r{number}" for number in range(10)]


def test_between_two_lengths_of_silence_the_chance_lies_between():
    chances = pd.DataFrame({
        "gap_group": [1, 1], "silent_days": [90, 180], "silences": [10, 5], "chance": [0.5, 0.3], "lo": [0.4, 0.2], "hi": [0.6, 0.4],
    })  # fmt: skip
    rows = pd.DataFrame({"gap_group": [1, 1, 1, 2], "silence_days": [120, 180, 181, 120]})
    assert chance_of(rows, chances)["value"].fillna(-1).tolist() == [pytest.approx(0.5 - 0.2 / 3), 0.3, -1, -1]


def test_the_usual_gap_decides_the_group_and_a_single_order_has_its_own():
    assert group_of(pd.Series([10.0, 30.0, 31.0, 99.0, np.nan]), (30.0, 70.0)).tolist() == [1, 1, 2, 3, 4]


def test_what_comes_later_changes_nothing(open_stage_on):
    days = sleepers()
    known_on = open_stage_on(days)
    known = find_win_back(known_on, assess_customers(known_on))
    comes = pd.DataFrame({"customer_id": ["s070", "s071"], "order_date": pd.to_datetime(["2025-01-05", "2025-02-01"]), "bought_e4": VALUE})
    later_on = open_stage_on(pd.concat([days, comes]))
    later = find_win_back(later_on, assess_customers(later_on))
    for table in (RETURN_CURVE, RETURN_CHANCES, SECOND_VALUES, WIN_BACK_CUSTOMERS):
        pd.testing.assert_frame_equal(known[table], later[table])


def test_who_cost_more_than_it_brought_is_dropped_and_counted(open_stage_on):
    stage = open_stage_on(sleepers(), "contribution")
    rows = pd.DataFrame({"customer_id": ["s001", "s002"], "orders": [3, 0], "profit": [-5.0, -5.0]}).reindex(columns=list(CUSTOMER_PROFIT.by_name))
    fill = {"customer_name": "x", "is_pseudo_customer": False, "lines": 1, "return_lines": 0, "loss_lines": 0, "revenue": 1.0, "costed_revenue": 1.0,
            "profit_status": "measured", "revenue_before": 0.0}  # fmt: skip
    tables.write(CUSTOMER_PROFIT, rows.assign(**fill))
    found = find_win_back(stage, assess_customers(stage))
    dropped = found[WIN_BACK_CUSTOMERS].set_index("customer_id")["is_dropped"]
    assert dropped[dropped].index.tolist() == ["s001"]  # the loss of s002 is of a window in which it did not order
    text = "".join(section.html["en"] for section in win_back_sections(open_page(stage.params.report), found))
    assert "1 customers are left out" in text or "One customer is left out" in text


def test_who_closed_down_cannot_come_back_and_who_is_noted_is_a_group(open_stage_on):
    stage = open_stage_on(sleepers())
    noted = pd.DataFrame({
        "customer_id": [f"s{number:03}" for number in range(90, 100)], "date": "2023-02-01", "reason": ["closed"] * 4 + ["price"] * 6,
    })  # fmt: skip
    store_optional(optional.EXIT_REASONS, noted)
    found = find_win_back(stage, assess_customers(stage))
    rows = found[WIN_BACK_CUSTOMERS].set_index("customer_id")
    assert rows.index[rows["is_dropped"]].tolist() == ["s090", "s091", "s092", "s093"]
    assert rows.loc["s095", "reason"] == "price"
    group = rows.loc["s095", "gap_group"]
    chance = found[RETURN_CHANCES].set_index(["gap_group", "silent_days"]).loc[(group, 180)]
    assert chance[["silences", "chance", "lo"]].tolist() == [10, 0, 0]
    assert 0 < chance["hi"] < 0.25
    assert found[RETURN_REASONS].set_index("reason").loc["closed", ["noted", "share"]].tolist() == [4, 0]


def test_an_offer_is_told_by_those_held_back(open_stage_on):
    """40 offered, half of them return in time; 40 held back, nobody does."""
    days = sleepers()
    stage = open_stage_on(days)
    back = [f"s{number:03}" for number in range(20)]  # they return on 19 July 2023
    names = [*back, *(f"s{number:03}" for number in range(60, 80)), *(f"s{number:03}" for number in range(40, 60)), *(f"s{number:03}" for number in range(80, 100))]
    log = pd.DataFrame({
        "action_id": names, "customer_id": names, "issued_on": "2023-07-01", "type": "win_back", "arm": ["treat"] * 40 + ["holdout"] * 40,
    })  # fmt: skip
    store_optional(optional.ACTIONS, log)
    offers = find_win_back(stage, assess_customers(stage)).offers
    assert (offers.treated, offers.held_back, offers.with_it, offers.without, offers.difference) == (40, 40, 0.5, 0.0, 0.5)
    assert 0.3 < offers.lo < 0.5 < offers.hi < 0.7


def test_the_interval_of_a_difference_is_newcombes():
    """Newcombe (1998), table II, example (a): 56/70 against 48/80 gives 0.0524 to 0.3339 with Wilson's intervals of the shares."""
    counts = pd.DataFrame({"customers": [70, 80], "ordered": [56, 48]}, [True, False])
    found = compare_arms(counts, 0.95)
    assert found.difference == pytest.approx(0.2)
    np.testing.assert_allclose([found.lo, found.hi], [0.0524, 0.3339], atol=0.005)


def test_nobody_silent_and_no_tables_beside_are_a_green_page(open_stage_on):
    days = sleepers(0, 0)
    stage = open_stage_on(days)
    assessment = assess_customers(stage)
    returns, losses = find_win_back(stage, assessment), find_dependence(stage, assessment)
    returns.store()
    losses.store()
    page = open_page(stage.params.report)
    for section in [*win_back_sections(page, returns), *dependence_sections(page, assessment, losses)]:
        assert set(section.html) == set(LANGUAGES)
    found = {figure.name: figure.status for figure in find_figures(returns, losses)}
    assert {found[name] for name in ("return_chance", "return_window", "win_back_value", "win_back_uplift", "largest_loss")} == {"not_available"}
    assert found["top_share_1"] == "measured"


def test_shares_and_concentration_by_hand(open_stage_on):
    stage = open_stage_on(pd.DataFrame({
        "customer_id": ["a", "b", "c"], "order_date": "2024-06-01", "bought_e4": [6 * VALUE, 3 * VALUE, VALUE],
    }))  # fmt: skip
    found = find_dependence(stage, assess_customers(stage))
    assert found.shares[["customers", "share"]].to_numpy().tolist() == [[1, 0.6]]  # there are no five
    assert found.hhi == pytest.approx(0.36 + 0.09 + 0.01)


REFERRED = pd.DataFrame({"referrer_id": ["a", "b", "c", "c"], "referred_id": ["b", "c", "a", "d"]})


def test_descendants_are_found_once_however_they_refer_to_one_another():
    found = descendants(pd.Series(["a", "d"]), REFERRED).set_index(["root", "customer_id"])["steps"]
    assert found.to_dict() == {("a", "b"): 1, ("a", "c"): 2, ("a", "d"): 3}


def test_the_loss_is_ones_own_and_a_share_of_the_referred_by_steps(open_stage_on):
    """a brought b, b brought c: with a half following, 100 + 0.5 * 40 + 0.25 * 80, give or take the root of the squares."""
    days = pd.DataFrame({"customer_id": ["a", "b", "c"], "order_date": "2024-06-01", "bought_e4": VALUE})
    stage = open_stage_on(days)
    value([("a", 100.0, 70.0, 130.0), ("b", 40.0, 20.0, 80.0), ("c", 80.0, 0.0, 120.0)])
    won = pd.DataFrame({"referrer_id": ["a", "b", "b", "a"], "referred_id": ["b", "c", "a", "c"], "date": ["2024-06-02", "2024-06-03", "2024-06-04", "2025-01-05"],
                        "status": ["won", "won", "lost", "won"]})  # fmt: skip
    store_optional(optional.REFERRALS, won)
    losses = find_dependence(stage, assess_customers(stage)).losses.set_index(["customer_id", "following_share"])
    assert losses.loc[("a", 0.0), ["own", "loss", "lo", "hi"]].tolist() == [100, 100, 70, 130]
    half = losses.loc[("a", 0.5)]
    assert half[["referred", "following", "loss"]].tolist() == [2, 40, 140]
    assert half["lo"] == pytest.approx(140 - np.sqrt(30**2 + (0.5 * 20) ** 2 + (0.25 * 80) ** 2))
    assert half["hi"] == pytest.approx(140 + np.sqrt(30**2 + (0.5 * 40) ** 2 + (0.25 * 40) ** 2))


def test_without_referrals_the_loss_is_ones_own(open_stage_on):
    stage = open_stage_on(pd.DataFrame({"customer_id": ["a"], "order_date": "2024-06-01", "bought_e4": VALUE}, index=[0]))
    value([("a", 100.0, 70.0, 130.0)])
    people = tables.read(CUSTOMERS)
    tables.write(CUSTOMERS, people.assign(customer_name='<img src=x onerror="alert(1)">'))
    assessment = assess_customers(stage)
    found = find_dependence(stage, assessment)
    found.store()
    assert found.losses["following"].isna().all()
    text = "".join(section.html["en"] for section in dependence_sections(open_page(stage.params.report), assessment, found))
    assert "own part only" in text
    assert "<img" not in text
    assert "&lt;img src=x" in text
