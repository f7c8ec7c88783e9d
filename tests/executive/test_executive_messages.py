"""X4: every branch of the titles, in words that a director would read."""

import pandas as pd
import pytest
from briefings import EN, ZH

from analysis.core.contracts.profit import PARTS
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


def segments(shares):
    frame = pd.DataFrame(shares, columns=["segment", "customers", "value", "value_share"])
    return frame.assign(position=range(1, len(frame) + 1))


def test_the_segments_speak_of_valuable_customers_that_wait():
    found = segments([("important_value", 8, 70.0, 0.7), ("important_keep", 3, 30.0, 0.3)])
    said = messages.segments_title("revenue", found, ["important_keep"])
    assert said.text(EN) == "3 valuable customers have not ordered lately; they brought 30% of revenue"
    assert (
        messages.segments_title("revenue", found, []).text(EN)
        == "Important value: 8 customers, 70% of revenue"
    )


def test_segments_without_a_total_are_only_counted():
    found = segments([("important_value", 1, -5.0, None)])
    assert messages.segments_title("contribution", found, []).text(EN) == "1 customer has bought so far"


@pytest.mark.parametrize(
    ("moves", "said"),
    [
        ({"up": 60, "back": 5, "down": 20}, "65 customers moved up in a month, 20 moved down or fell silent"),
        ({"up": 20, "down": 60, "silent": 5}, "65 customers moved down or fell silent in a month, 20 moved up"),
        ({"up": 21, "down": 23, "new": 99},
         "About as many customers moved up in a month (21) as moved down or fell silent (23)"),
        ({"new": 4}, "No customer changed its segment in a month"),
    ],
)  # fmt: skip
def test_a_direction_is_claimed_only_beyond_chance(moves, said):
    assert messages.moves_title(pd.Series(moves), level=0.9, prior=0.5).text(EN) == said


def test_nobody_quiet_is_said():
    assert messages.states_title(NOBODY).text(EN) == "No customer of value is quieter than its own rhythm"
    assert "48 customers worth ¥86.4M a year" in messages.states_title(QUIET).text(EN)
