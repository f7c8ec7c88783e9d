"""The page says what the numbers say: every branch of its titles, both languages, and data at the edge."""

import numpy as np
import pandas as pd
import pytest
from paid_years import paid_by, tiers_of
from purchase_days import SETTINGS, records_of
from test_rfm import RETURNS, STORY

from analysis.core.contracts import segment as contracts
from analysis.core.contracts import segment_tiers as tier_contracts
from analysis.core.contracts.figures import figures as figures_table
from analysis.core.contracts.segment import REASONS
from analysis.core.edition import LANGUAGES, Edition
from analysis.core.estimate import figures_frame
from analysis.core.params import SegmentRule
from analysis.core.text import say
from analysis.draw.page import Page
from analysis.segment import messages
from analysis.segment import page as parts
from analysis.segment.figures import segment_figures
from analysis.segment.scores import fit_cuts
from analysis.segment.tier_sizes import migrate_tiers, size_tiers

JUNE = pd.Timestamp("2024-06-30")


def english(phrase):
    return phrase.text(Edition("en", "CNY"))


def moves(**counts):
    names = [move for move, count in counts.items() for _ in range(count)]
    before = ["new" if move == "new" else "general_value" for move in names]
    return pd.DataFrame({"move": names, "segment_before": before, "money_change": 0.0})


@pytest.mark.parametrize(
    ("rfm", "words"),
    [
        (moves(down=60, silent=20, up=40, stayed=5),
         "80 customers moved down or fell silent in Jun, 40 moved up"),
        (moves(up=70, back=5, down=30, gone=10), "75 customers moved up in Jun, 40 moved down or fell silent"),
        (moves(up=10, down=12), "About as many customers moved up in Jun (10) as moved down or fell silent (12)"),
        (moves(up=1), "About as many customers moved up in Jun (1) as moved down or fell silent (0)"),
        (moves(stayed=5, mixed=1), "No customer changed its segment in Jun"),
        (moves(new=3), "3 customers bought, and none had before this month"),
    ],
)  # fmt: skip
def test_the_headline_names_a_direction_only_beyond_chance(rfm, words):
    assert english(messages.headline(rfm, JUNE, SETTINGS)) == words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (2e5, "Movers added ¥200K of revenue: 2 up, 1 down or silent"),
        (-2e5, "Movers took ¥200K of revenue with them: 1 down or silent, 2 up"),
        (0.001, "Movers left revenue as it was: 2 up, 1 down or silent"),
    ],
)
def test_the_moves_are_told_in_money(change, words):
    rfm = moves(up=2, silent=1, stayed=4).assign(money_change=[change, 0, 0, 5, 5, 5, 5])
    assert english(messages.moves_title(rfm, "revenue")) == words


def test_a_month_without_moves_is_told_as_one():
    assert english(messages.moves_title(moves(stayed=3), "revenue")) == "Nobody moved"


def sized(**money):
    names = [*(rule.name for rule in SETTINGS.rules), "silent"]
    values = pd.Series([money.get(name, 0.0) for name in names])
    return pd.DataFrame(
        {
            "segment": names, "position": range(1, len(names) + 1), "customers": 2, "money": values,
            "money_share": values / values.sum() if values.sum() > 0 else np.nan,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("segments", "words"),
    [
        (sized(important_value=60.0, important_keep=25.0, general_retain=15.0),
         "4 valuable customers have not ordered lately; they hold 25% of revenue"),
        (sized(important_value=90.0, general_retain=10.0),
         "Important value: 12% of the customers that bought bring 90% of revenue"),
        (sized(), "No revenue in the window"),
    ],
)  # fmt: skip
def test_the_sizes_take_the_sentence_that_the_numbers_ask_for(segments, words):
    assert english(messages.sizes_title(segments, SETTINGS.rules, "revenue")) == words


def test_the_rules_are_told_from_the_data_that_names_the_customers():
    lines = [english(line) for line in messages.rule_lines(SETTINGS.rules)]
    assert lines[0] == "Important value: recency high, frequency high, money high."
    assert lines[-2:] == ["General retain: all others.", "Silent: bought before the window, not in it."]
    changed = [SegmentRule("important_value", "any", "any", "high"), SETTINGS.rules[-1]]
    assert english(messages.rule_lines(changed)[0]) == "Important value: money high."


def test_the_cut_points_are_told_with_their_units():
    rows = pd.DataFrame(
        [(day, 1, 10_000 * day) for day in range(1, 11)],
        columns=["recency_days", "purchase_days", "money_e4"],
    )
    lines = [english(line) for line in messages.cut_lines(fit_cuts(rows, 5), SETTINGS, "revenue")]
    assert lines[0] == "Recency is high if the last order is at most 4 days old."
    assert lines[1] == "Nobody is high in frequency: the customers are too much alike."
    assert lines[2] == "Money is high from ¥7 of revenue in 12 months on."


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_and_reason_has_words(language):
    edition = Edition(language, "CNY")
    names = [*(rule.name for rule in SETTINGS.rules), "silent", "new", "gone"]
    for words in (
        [say(f"segment.name.{name}").text(edition) for name in names],
        [parts.REASONS[reason].text(edition) for reason in REASONS],
    ):
        assert all(words)
        assert len(set(words)) == len(words)


def page_of(days, returns="", *, mask_names=False, **options):
    """All sections of the page, in both languages."""
    records = records_of(days, returns, **options)
    page = Page("zh", "CNY", mask_names)
    cuts = records.fit_cuts()
    rfm = records.score(cuts)
    segments, tiering = records.size(rfm), tiers_of(paid_by(days, records.as_of))
    ways = parts.all_ways(records.migrate(rfm), migrate_tiers(tiering, records.settings))
    tiers = size_tiers(tiering, migrate_tiers(tiering, records.settings), records.settings)
    figures = segment_figures(records, rfm, segments, tiers)
    for table, frame in (
        (contracts.RFM, rfm), (contracts.RFM_CUTS, cuts), (contracts.SEGMENTS, segments), (contracts.MIGRATION, ways),
        (tier_contracts.TIERS, tiers),
        (figures_table("segment"), figures_frame(figures, stage="segment", as_of=records.as_of)),
    ):  # fmt: skip
        table.check(frame[list(table.by_name)])
    sections = [
        parts.headline(page, records, rfm, figures), parts.kpis(page, records, figures),
        parts.sizes(page, records, segments, figures), parts.rules(page, records, cuts),
        parts.tiers(page, tiering, tiers, records.settings), parts.entitlements(page, tiering),
        parts.tier_moves(page, tiering, tiers, ways, records.settings), parts.tier_movers(page, tiering, records.settings),
        parts.moves(page, records, rfm, ways), parts.movers(page, records, rfm), parts.missing(page, records),
        parts.checks(page, records, segments, ways, parts.tier_checks(tiering, tiers)),
    ]  # fmt: skip
    return {section.name: section for section in sections if section is not None}, figures


def test_the_story_fills_every_part_of_the_page_in_both_languages():
    sections, figures = page_of(STORY, RETURNS)
    tier_sections = ["tiers", "entitlements", "tier_moves", "tier_movers"]
    assert list(sections) == ["summary", "kpis", "sizes", "rules", *tier_sections, "moves", "movers", "missing", "checks"]
    assert all(set(section.html) == set(LANGUAGES) for section in sections.values())
    assert sections["checks"].checks == (4, 4)
    assert "重要价值" in sections["rules"].html["zh"]
    by_name = {figure.name: figure.value for figure in figures}
    assert (by_name["silent"], by_name["customers_active"]) == (2, 4)
    assert (by_name["arrived"], by_name["came_back"], by_name["fell_silent"], by_name["returned_all"]) == (
        1,
        1,
        1,
        1,
    )


def test_sizes_and_silent_customers_are_all_customers():
    _, figures = page_of(STORY, RETURNS)
    by_name = {figure.name: figure.value for figure in figures}
    boxes = sum(by_name[rule.name] for rule in SETTINGS.rules)
    assert boxes == by_name["customers_active"]
    assert boxes + by_name["silent"] == 6, "all but the one that returned everything"


def test_the_reason_of_a_move_stands_beside_it():
    html = page_of(STORY, RETURNS)[0]["movers"].html
    assert "Last purchase passed out of the window" in html["en"]
    assert "全部退货" in html["zh"]


def test_the_first_month_ever_has_a_page():
    sections, figures = page_of("a 2024-06-03 100\n b 2024-06-09 50")
    assert "2 customers bought, and none had before this month" in sections["summary"].html["en"]
    assert sections["checks"].checks == (4, 4)
    assert {f.name: f.status for f in figures}["stayed_share"] == "not_available"


def test_one_customer_has_a_page():
    sections, _ = page_of("a 2024-03-03 100")
    assert sections["checks"].checks == (4, 4)
    assert "No customer changed its segment" in sections["summary"].html["en"]


def test_a_window_in_which_nobody_bought_has_a_page():
    sections, figures = page_of("a 2022-03-03 100\n b 2022-05-03 70")
    assert sections["checks"].checks == (4, 4)
    assert {f.name: f.value for f in figures}["silent"] == 2
    assert "No revenue in the window" in sections["sizes"].html["en"]


COSTED = "a 2024-03-03 100 -30\n b 2024-04-03 70 20\n c 2024-06-20 80 -40\n d 2024-05-20 80 10"


def test_money_below_zero_has_no_shares():
    sections, figures = page_of(COSTED, value_name="contribution")
    assert {f.name: f.status for f in figures}["important_money_share"] == "not_available"
    assert sections["checks"].checks == (4, 4)
    assert "No contribution in the window" in sections["sizes"].html["en"]


def test_revenue_stands_in_for_contribution_where_a_day_has_no_cost():
    sections, _ = page_of(COSTED.replace("80 10", "80 -"), value_name="contribution")
    assert "Money is revenue, because not every line has a cost." in sections["sizes"].html["en"]
    assert "orders.unit_cost" in sections["missing"].html["en"]


def test_names_are_masked_where_the_report_asks_for_it():
    html = [
        page_of(STORY, RETURNS, mask_names=mask)[0]["movers"].html["zh"] for mask in (False, True)
    ]
    assert "Name of falling" in html[0]
    assert "Name of falling" not in html[1]
