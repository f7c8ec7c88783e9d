"""X4: every branch of the titles, in words that a director would read."""

import pandas as pd
import pytest
from briefings import EN, ZH

from analysis.core.contracts.profit import PARTS
from analysis.core.text import say
from analysis.draw.driver_words import words_of
from analysis.executive import messages
from analysis.executive.customers import Group

NOBODY = Group(0, 0.0, 0, 0.0)
QUIET = Group(48, 86.4e6, 10, 0.61)


def steps(**parts):
    """A bridge by part in the currency."""
    return pd.DataFrame({"value_e4": {part: parts.get(part, 0) * 10_000 for part in PARTS}})


def headline(total=413e6, change=0.041, quiet=NOBODY, bridge=None, threats=None, measure="contribution"):
    bridge = steps() if bridge is None else bridge
    said = messages.headline(measure, total, change, 12, quiet, bridge, threats=threats or {}, deep=0.2)
    return said.text(EN), said.text(ZH)


def test_a_rise_is_followed_by_customers_that_went_quiet():
    assert headline(quiet=QUIET, threats={"quiet": 86.4e6}) == (
        "Contribution is up 4.1%, but 48 customers worth ¥86.4M a year have gone quiet",
        "毛利同比增长4.1%，但48个客户沉默异常，年价值共¥8640万",
    )


def test_one_quiet_customer_is_told_in_the_singular():
    one = Group(1, 5e6, 1, 1.0)
    assert "but 1 customer worth ¥5M a year has gone quiet" in headline(quiet=one, threats={"quiet": 5e6})[0]


def test_the_larger_threat_is_the_message():
    threats = {"quiet": 3e6, "discount": 5e6}
    assert (
        headline(quiet=QUIET, threats=threats)[0]
        == "Contribution is up 4.1%, but sales at 20% off or more lost ¥5M"
    )


def test_a_rise_without_a_threat_is_told_by_what_brought_it():
    said = headline(bridge=steps(grown=9e6, lost=-2e6), measure="revenue")
    assert said == (
        "Revenue is up 4.1%: growing customers brought ¥9M",
        "收入同比增长4.1%：增长客户带来¥900万",
    )


def test_a_fall_is_told_by_what_took_most_even_if_customers_went_quiet():
    said = headline(change=-0.03, quiet=QUIET, threats={"quiet": 86.4e6}, bridge=steps(lost=-9e6))
    assert said == (
        "Contribution is down 3.0%: lost customers took ¥9M",
        "毛利同比下降3.0%：流失客户减少¥900万",
    )


def test_a_fall_says_when_something_was_gained_too():
    said = headline(change=-0.03, bridge=steps(shrunk=-9e6, new=4e6))[0]
    assert said == "Contribution is down 3.0%: shrinking customers took ¥9M, more than new customers brought"


@pytest.mark.parametrize("change", [0.0004, -0.0004, 0.0])
def test_a_change_that_does_not_show_is_level(change):
    bridge = steps(grown=9e6, lost=-9e6)
    assert headline(change=change, bridge=bridge)[0] == "Contribution is level with the year before"


def test_without_a_year_before_nothing_is_compared():
    said = headline(change=None, bridge=pd.DataFrame())
    assert said == ("Customers brought ¥413M of contribution in 12 months", "客户在12个月内带来¥4.13亿毛利")


def test_a_total_at_or_below_zero_is_the_message():
    assert headline(total=-2e6)[0] == "Customers brought no contribution in 12 months: −¥2M"


def curve(**told):
    facts = pd.Series({"shape": None, "losing_customers": 0, "losses": 0.0} | told)
    return messages.curve_title("contribution", facts, 0.2, 0.78).text(EN)


def test_the_curve_names_losers_only_where_they_bend_it():
    bent = curve(shape="humped", losing_customers=47, losses=239e3)
    assert (
        bent == "The top 20% of customers earn 78% of contribution; 47 customers below zero give ¥239K back"
    )
    assert (
        curve(shape="flat", losing_customers=3, losses=10.0)
        == "The top 20% of customers bring 78% of contribution"
    )


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (0.80, "The year before it was 80%: no clear change."),
        (0.70, "The year before it was 70%: the top weighs more now."),
        (0.90, "The year before it was 90%: the top weighs less now."),
        (None, "by redrawing customers."),
    ],
)
def test_a_share_changed_only_if_last_years_lies_outside_its_interval(before, said):
    note = messages.curve_note(0.2, 0.9, pd.Series({"lo": 0.75, "hi": 0.81}), before)
    assert note.text(EN).endswith(said)


def test_a_share_without_an_interval_has_no_note():
    assert messages.curve_note(0.2, 0.9, pd.Series({"lo": None, "hi": None}), 0.8) is None


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (
            {"grown": 5e6, "lost": -2e6},
            "Revenue grew by ¥3M: growing customers brought ¥5M, lost customers took ¥2M",
        ),
        ({"new": 5e6}, "Revenue grew by ¥5M: most of it came with new customers, ¥5M"),
        ({"lost": -5e6}, "Revenue fell by ¥5M: most of it went with lost customers, ¥5M"),
        ({}, "Revenue did not change"),
    ],
)
def test_the_bridge_names_what_brought_and_what_took_most(parts, said):
    assert messages.bridge_title("revenue", steps(**parts)).text(EN) == said


WORDS = {name: say(f"segment.tier.{name}") for name in ("whale", "base")}


@pytest.mark.parametrize(
    ("quadrants", "said"),
    [
        ([("potential", 4e5), ("potential", 1e5), ("key", 9e5)], "2 large accounts buy mostly elsewhere: ¥500K a year does not come to us"),
        ([("key", 9e5), ("ordinary", 1e5)], "1 large account buys mostly from us, and no other large one surely buys elsewhere"),
        ([("to_verify", 9e5), ("marginal", 1e5)], "No large account is sure to buy elsewhere; 1 is to be verified"),
    ],
)  # fmt: skip
def test_growth_speaks_of_what_is_sure(quadrants, said):
    assert messages.growth_title(pd.DataFrame(quadrants, columns=["quadrant", "wallet_gap"])).text(EN) == said


def test_the_top_tier_is_told_beside_the_lowest_one():
    spread = pd.DataFrame({"tier": ["whale", "base"], "median": [150_000.0, 5_000.0]})
    assert messages.worth_title(spread, WORDS).text(EN) == "A typical Whale will bring ¥150K, 30 times a typical Base"
    alike = spread.assign(median=[5_500.0, 5_000.0])  # no multiple to speak of
    assert messages.worth_title(alike, WORDS).text(EN) == "Tiers tell little of the future: a typical Whale will bring ¥5.5K, a typical Base ¥5K"
    assert messages.worth_title(spread.head(1), WORDS).text(EN) == "A typical customer (Whale) will bring ¥150K"


@pytest.mark.parametrize(
    ("moves", "said"),
    [
        ({"up": 65, "down": 20}, "65 customers rose or came in a year, 20 fell or went silent"),
        ({"up": 20, "down": 65}, "65 customers fell or went silent in a year, 20 rose or came"),
        ({"up": 21, "down": 23, "stayed": 99}, "21 customers rose or came in a year, 23 fell or went silent: no clear difference"),
        ({"stayed": 4}, "No customer changed its tier in a year"),
    ],
)  # fmt: skip
def test_a_direction_is_claimed_only_beyond_chance(moves, said):
    flows = pd.DataFrame({"side": list(moves), "count": list(moves.values())})
    assert messages.moves_title(flows, level=0.9, prior=0.5).text(EN) == said


@pytest.mark.parametrize(
    ("named", "clv", "said"),
    [
        ([True, True], [2e4, 9e4], "New sales rep: the next order comes 10% more slowly, ¥90K of lifetime value with it"),
        ([True, False], [None, None], "Complaints on 10% more of the orders: the next order comes 20% more slowly"),
        ([False, False], [2e4, 9e4], "Not one of 2 drivers shows anything beyond chance"),
    ],
)  # fmt: skip
def test_the_driver_with_most_money_is_named_and_only_beyond_chance(named, clv, said):
    drivers = pd.DataFrame({
        "driver": ["complaints", "rep_change"], "unit": [0.1, 1.0], "is_named": named, "hazard_ratio": [0.8, 0.9], "clv": clv, "customers": [5.0, 4.0],
    })  # fmt: skip
    assert messages.leaving_title(drivers, words_of(drivers)).text(EN) == said


def test_one_point_of_retention_is_told_from_the_smallest_change():
    rows = pd.DataFrame({"change": [1.0, 3.0], "gain": [40_000.0, 130_000.0]})
    assert messages.keeping_title(rows).text(EN) == "Each point of retention adds about ¥40K of customer value"
    assert messages.keeping_title(rows.assign(gain=-1.0)).text(EN).startswith("Better retention adds no value")
