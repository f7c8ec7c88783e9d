"""The part of the page about wallets: every sentence it can choose, both languages, and names that try to break it."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from test_wallet import NO_MONEY, ORDERS, TOLD, wallets

from analysis.core.contracts import segment_potential as contracts
from analysis.core.edition import LANGUAGES, Edition
from analysis.core.text import say
from analysis.draw.page import Page
from analysis.segment import wallet_messages as messages
from analysis.segment.potential_figures import potential_figures
from analysis.segment.wallet import Published
from analysis.segment.wallet_page import DRAWN, bubbles_of, potential_sections

pytestmark = pytest.mark.usefixtures("inside")


def english(phrase):
    return phrase.text(Edition("en", "CNY"))


def placed(**counts):
    names = [name for name, count in counts.items() for _ in range(count)]
    return pd.DataFrame({"quadrant": names, "wallet_gap": 1e5, "wallet": 3e5, "sales": 2e5, "sow": 0.5})


@pytest.mark.parametrize(
    ("quadrants", "words"),
    [
        (placed(potential=2, key=1), "2 customers with large wallets buy most of it elsewhere: ¥200K a year"),
        (placed(potential=1), "1 customer with a large wallet buys most of it elsewhere: ¥100K a year"),
        (
            placed(key=3, to_verify=1),
            "3 customers buy most of a large wallet from us; no large wallet surely goes elsewhere",
        ),
        (placed(marginal=3, to_verify=2), "No customer surely has a large wallet; 2 are to be verified"),
    ],
)
def test_the_title_speaks_of_the_large_wallets_that_go_elsewhere_first(quadrants, words):
    assert english(messages.quadrant_title(quadrants)) == words


def test_every_quadrant_that_is_there_has_its_line_of_action():
    lines = [
        english(line)
        for line in messages.action_lines(placed(key=1, potential=2, ordinary=1, marginal=1, to_verify=1))
    ]
    assert lines[0] == "Key customers (1): protect. They buy ¥200K of ¥300K from us."
    assert lines[1] == "Potential (share) (2): grow our share. They buy ¥200K a year elsewhere."
    assert [line.split(":")[1].split(".")[0].split(",")[0] for line in lines[2:]] == [
        " keep at little effort", " serve at low cost", " ask for their yearly purchases",
    ]  # fmt: skip
    assert len(messages.action_lines(placed(key=1))) == 1


def page_of(told=TOLD, orders=ORDERS, mask_names=False, **changes):
    potential, found = wallets(told, orders, **changes)
    found = found.reset_index()
    quadrants = potential.quadrants(NO_MONEY)
    contracts.QUADRANTS.check(quadrants)
    sections = potential_sections(Page("zh", "CNY", mask_names), potential, found, quadrants, potential.moves(), "revenue")
    return {section.name: section for section in sections}, {
        one.name: one for one in potential_figures(potential, found, quadrants)
    }


def test_told_wallets_are_drawn_with_their_errors_and_their_actions():
    sections, figures = page_of()
    assert list(sections) == ["potential", "quadrant_moves", "quadrant_actions", "wallet_errors", "category_gap"]
    assert all(set(section.html) == set(LANGUAGES) for section in sections.values())
    assert (
        "1 customer buys more from us than it is said to buy from everybody"
        in sections["wallet_errors"].html["en"]
    )
    assert "2 wallets were told" in sections["quadrant_actions"].html["en"]
    assert (
        "Other wallets are not estimated: 1 told wallets can be used, 30 are needed."
        in sections["quadrant_actions"].html["en"]
    )
    assert figures["wallets_measured"].value == 2
    assert figures["told_elsewhere"].value == pytest.approx(900 - 20)


def test_without_wallets_nothing_called_relationship_is_drawn_and_the_stand_in_says_what_it_is():
    gaps = "a 2026-01-01 paper 100\n b 2026-01-01 paper 300\n c 2026-02-01 paper 500\n c 2026-02-01 pens 70\n b 2026-02-02 pens 10"
    sections, figures = page_of(told=None, orders=gaps)
    assert list(sections) == ["potential", "category_gap"]
    assert "<svg" not in sections["potential"].html["en"]
    assert "Sales alone cannot tell a small wallet from a small share" in sections["potential"].html["en"]
    assert "This is no wallet" in sections["category_gap"].html["en"]
    assert figures["bought_elsewhere"].status == "not_available"


def test_wallets_for_a_part_of_the_sales_are_called_a_list():
    few = page_of(orders=ORDERS + "c 2026-05-01 paper 99999")[0]["potential"].html
    whole = page_of(told="a 2025 paper 1000 declared\n b 2025 pens 200 declared\n c 2025 paper 5 tender")[0][
        "potential"
    ].html
    assert "this is a list of these customers, not a picture of the base" in few["en"]
    assert "for 100% of the sales of the last 12 months" in whole["en"]


def test_too_many_key_customers_are_warned_of():
    html = page_of(told="a 2025 paper 300 declared", potential_from=100.0)[0]["potential"].html
    assert "100% of these customers are key customers" in html["en"]
    assert "segment.quadrant.potential_from" in html["zh"]


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("no_gain", "say no more than their average does"),
        ("no_peers", "sales alone cannot tell a small wallet from a small share"),
        ("short", "do not reach back a year"),
        ("published", "errors on wallets left out"),
    ],
)
def test_the_page_says_why_others_are_estimated_or_not(reason, words):
    potential, found = wallets()
    told = dataclasses.replace(potential)
    told.__dict__["published"] = Published(reason, 40)
    told.__dict__["peers"] = potential.peers
    [line] = [
        english(one) for one in messages.wallet_lines(told, found.reset_index()) if words in english(one)
    ]
    assert line


def test_names_are_masked_and_hostile_names_stay_text():
    shown, masked = (page_of(mask_names=mask)[0] for mask in (False, True))
    for name in ("potential", "wallet_errors"):
        assert "Name of" in shown[name].html["en"]
        assert "Name of" not in masked[name].html["en"]
    tip = messages.tip(pd.Series({
        "name": "<script>alert(1)</script>", "wallet": 1.0, "wallet_status": "measured", "sow": 0.1, "quadrant": "key", "probability": 1.0,
    }))  # fmt: skip
    assert "<script>" not in str(tip.html(Edition("en", "CNY")))


def test_only_so_many_bubbles_are_drawn_and_those_to_grow_come_first():
    count = 1_000
    rows = pd.DataFrame({
        "sow": np.linspace(0.0, 1.2, count), "wallet": np.linspace(1e6, 1e3, count), "money": 1.0, "customer_name": "n",
        "quadrant": np.where(np.arange(count) % 2, "potential", "key"), "wallet_status": "measured",
    })  # fmt: skip
    drawn = bubbles_of(rows)
    assert len(drawn) == DRAWN
    assert drawn["x"].max() <= 1
    assert drawn["y"].max() == 1e6
    assert drawn["strong"].is_monotonic_decreasing


@pytest.mark.parametrize("language", LANGUAGES)
def test_quadrants_and_statuses_have_words_of_their_own(language):
    edition = Edition(language, "CNY")
    for words in (messages.QUADRANTS, messages.STATUSES):
        shown = [phrase.text(edition) for phrase in words.values()]
        assert len(set(shown)) == len(shown)
    assert say("segment.quadrant.potential").text(Edition("zh", "CNY")) == "潜力（份额）"


def test_a_source_that_the_workbook_does_not_know_is_shown_as_it_was_written():
    html = page_of(told="b 2025 pens 60 grapevine")[0]["wallet_errors"].html
    assert "grapevine" in html["en"]
