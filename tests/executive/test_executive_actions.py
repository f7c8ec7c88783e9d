"""X4: what to do, by rules: an action stands on its numbers or is not there."""

import numpy as np
import pandas as pd
import pytest
from briefings import EN, NO_DISCOUNTS, ZH, brief, year_of

from analysis.core.contracts.churn_warnings import WARNINGS
from analysis.core.contracts.executive import CALL_LIST
from analysis.core.edition import Edition
from analysis.executive import actions
from analysis.executive.actions import choose_actions
from analysis.executive.briefing import deep_losses, split_depths
from analysis.executive.customers import group_of

TWO_YEARS = "\n".join(
    [year_of("a", 2024, 100), year_of("b", 2024, 50), year_of("d", 2024, 30), year_of("a", 2025, 100),
     year_of("c", 2025, 80), year_of("e", 2025, 20)]
)  # fmt: skip
STATES = {
    "a": ("active", 0.1),
    "c": ("at_risk", 0.5),
    "e": ("probably_lost", 0.9),
    "b": ("probably_lost", 1.0),
}


def said(action, edition: Edition = EN) -> str:
    return f"{action.order.text(edition)} {action.reason.text(edition)}"


def depths(deep, other):
    rows = [("deep", *deep), ("other", *other)]
    return pd.DataFrame(rows, columns=["depth", "lines", "loss_lines", "contribution", "losses"])


def test_the_fewest_that_hold_most_are_counted_from_the_largest():
    group = group_of(pd.Series([10.0, 50.0, 40.0, -5.0, 0.0]), 0.5)
    assert (group.customers, group.money, group.few, group.few_share) == (3, 100.0, 1, 0.5)
    assert group_of(pd.Series([10.0, 50.0, 40.0]), 0.6).few == 2
    assert group_of(pd.Series([-1.0]), 0.5).customers == 0


def test_quiet_customers_with_value_are_protected():
    briefing = brief(TWO_YEARS, as_of="2025-12-31", states=STATES)
    first = choose_actions(briefing)[0]
    assert said(first) == (
        "Protect ¥1.2K. 2 customers that brought this in a year are silent for longer than their own rhythm explains. "
        "Call the largest first: it holds 80% of it."
    )
    assert said(first, ZH).startswith("守住¥1,200。")


def test_the_largest_lost_customers_are_won_back():
    briefing = brief(TWO_YEARS, as_of="2025-12-31", states=STATES)
    found = [said(action) for action in choose_actions(briefing)]
    assert found[1] == (
        "Win back 1 customer. They brought ¥600 in the year before, 62% of what 2 lost customers did, and bought "
        "nothing since."
    )
    assert briefing.lost_customers == 2


def test_deep_discounts_are_an_action_where_they_lose_more_often():
    found = depths((100, 80, -5_000.0, 9_000.0), (900, 9, 50_000.0, 90.0))
    action = actions.rein_in_discounts(found, 0.2, 100.0)
    assert said(action) == (
        "Rein in discounts of 20% or more. 100 lines sold so deep lost ¥5K together in the period; 80% of them made a "
        "loss, against 1.0% of the others."
    )
    alone = actions.rein_in_discounts(depths((100, 80, -5_000.0, 9_000.0), (900, 0, 50_000.0, 0.0)), 0.2, 100.0)
    assert said(alone).endswith("80% of them made a loss, and none of the others.")


@pytest.mark.parametrize(
    "found",
    [
        NO_DISCOUNTS,
        depths((100, 80, 5_000.0, 900.0), (900, 9, 50_000.0, 90.0)),  # together they gain
        depths((100, 10, -5_000.0, 9_000.0), (900, 90, 50_000.0, 90.0)),  # no more often than the others
        depths((100, 80, -50.0, 90.0), (900, 9, 50_000.0, 90.0)),  # too little
    ],
)
def test_discounts_that_are_no_trouble_are_no_action(found):
    assert actions.rein_in_discounts(found, 0.2, 100.0) is None


def test_classes_of_discounts_are_put_together_to_deep_ones_and_all_others():
    classes = pd.DataFrame({
        "from_discount": [0.0, 0.1, 0.2, 0.4, np.nan], "lines": [50, 20, 10, 5, 3], "loss_lines": [1, 2, 3, 4, 0],
        "contribution": [900.0, 100.0, -5.0, -40.0, 7.0], "losses": [1.0, 2.0, 30.0, 40.0, 0.0],
    })  # fmt: skip
    found = split_depths(classes, 0.2)
    assert found.to_dict("list") == {
        "depth": ["deep", "other"], "lines": [15, 73], "loss_lines": [7, 3], "contribution": [-45.0, 1007.0], "losses": [70.0, 3.0],
    }  # fmt: skip
    assert split_depths(classes[:0], 0.2).empty


def test_losses_of_deep_discounts_are_net():
    assert deep_losses(depths((100, 80, -5_000.0, 9_000.0), (900, 9, 50_000.0, 90.0))) == 5_000.0


def test_customers_below_zero_stand_in_where_discounts_are_no_trouble():
    drawn = year_of("a", 2025, 100, 40) + "\n" + year_of("z", 2025, 100, -10)
    found = choose_actions(brief(drawn, as_of="2025-12-31", value_name="contribution"))
    assert said(found[0]).startswith("Look at 1 customer whose contribution is below zero. Together they cost ¥120 of contribution")


def test_without_cost_nobody_is_below_zero():
    found = choose_actions(brief(year_of("a", 2025, 100), as_of="2025-12-31"))
    assert found == []


def test_customers_that_buy_much_but_seldom_are_grown():
    action = actions.grow(group_of(pd.Series([30.0, 20.0, 10.0]), 0.5), 1.0)
    assert said(action).startswith(
        "Grow 3 customers that buy much but seldom. They bought lately and brought ¥60"
    )
    assert actions.grow(group_of(pd.Series([30.0]), 0.5), 31.0) is None


def test_at_most_three_things_are_asked():
    drawn = TWO_YEARS.replace(" -", " 10") + "\n" + year_of("z", 2025, 100, -10)
    briefing = brief(drawn, as_of="2025-12-31", states=STATES, value_name="contribution")
    briefing.rfm.loc[briefing.rfm["customer_id"] == "a", "segment"] = "important_develop"
    orders = [action.order.text(EN).split()[0] for action in choose_actions(briefing)]
    assert orders == ["Protect", "Look", "Win"]


def test_the_call_list_holds_silent_customers_of_value_with_most_at_risk_first():
    calls = brief(TWO_YEARS, as_of="2025-12-31", states=STATES | {"a": ("cooling", 0.2)}).calls
    CALL_LIST.check(calls)
    assert list(calls["customer_id"]) == ["c", "a", "e"]  # 480, 240, 216 at risk; b brought nothing in the year
    assert calls["stands_out"].unique().tolist() == ["silence"]
    assert calls["orders_by_month"].unique().tolist() == ["1 1 1 1 1 1 1 1 1 1 1 1"]


def test_quiet_customers_are_those_beyond_cooling():
    assert brief(TWO_YEARS, as_of="2025-12-31", states=STATES | {"a": ("cooling", 0.2)}).quiet.customers == 2


def test_a_red_warning_brings_an_active_customer_onto_the_call_list_with_its_rarest_signal():
    rows = pd.DataFrame(dict.fromkeys(WARNINGS.by_name, pd.NA), index=range(3)).assign(
        customer_id=["a", "a", "c"], signal=["order_gap", "complaints", "order_value"], is_red=[True, True, False],
        strength_months=[20.0, 90.0, 50.0],
    )  # fmt: skip
    calls = brief(TWO_YEARS, as_of="2025-12-31", states=STATES, warnings=rows).calls.set_index("customer_id")
    assert calls["stands_out"].to_dict() == {"c": "order_value", "e": "silence", "a": "complaints"}
    assert calls.index[calls["is_red"]].tolist() == ["a"]


def test_shares_are_raised_only_with_who_surely_buys_elsewhere():
    quadrants = pd.DataFrame({"quadrant": ["potential", "potential", "to_verify", "key"], "wallet_gap": [300.0, 500.0, 9e9, 100.0]})
    found = actions.raise_shares(quadrants, 0.5, 400.0)
    assert said(found).startswith("Ask 2 large accounts for more of their spend. They buy ¥800 a year elsewhere; closing 50%")
    assert said(found).endswith("would be worth ¥400 of sales.")
    assert actions.raise_shares(quadrants, 0.5, 401.0) is None
    assert actions.raise_shares(quadrants[2:], 0.5, 0.0) is None
