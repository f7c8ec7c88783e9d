"""G6 on the page: every branch of its title, what is drawn, and a page where nothing can be told."""

import pandas as pd
import pytest
from purchase_days import records_of
from test_growth import crowd, growths_of, monthly, noisy, steady

from analysis.core.contracts.segment_growth import SIGNALS, VERDICTS
from analysis.core.edition import LANGUAGES, Edition
from analysis.draw.page import Page
from analysis.segment import growth_page as parts

RECORDS = records_of("a 2024-06-03 100")  # its settings are all the page asks of it
LIMIT = RECORDS.settings.growth_test.listed_customers


def rows_of(faster=0, slower=0, alike=0, **signals):
    """Rows of the table ``growth_tests``, each with 1,000 of revenue; signals as ``early_warning=[growth, ...]``."""
    rows = (
        [("faster", 0.5, None)] * faster + [("slower", -0.5, None)] * slower + [("alike", 0.0, None)] * alike
    )
    rows += [
        ("slower" if name == "early_warning" else "faster", growth, name)
        for name, growths in signals.items()
        for growth in growths
    ]
    frame = pd.DataFrame(rows, columns=["verdict", "growth_yearly", "signal"]).astype(
        {"verdict": "str", "signal": "str"}
    )
    off = frame["growth_yearly"]
    return frame.assign(
        customer_id=[f"c{number:03d}" for number in range(len(frame))],
        customer_name=[f"Customer {number:03d}" for number in range(len(frame))], status="estimated",
        reason=pd.Series(None, frame.index, dtype="str"), revenue=1000.0, lo=off - 0.1, hi=off + 0.1, peer_growth=0.05,
        peer_group="steel", relative_growth=off, relative_lo=off - 0.1, relative_hi=off + 0.1,
    )  # fmt: skip


def english(phrase):
    return phrase.text(Edition("en", "CNY"))


@pytest.mark.parametrize(
    ("tests", "words"),
    [
        (rows_of(slower=5, faster=2, alike=3),
         "5 customers with ¥5K of revenue in 12 months surely grow more slowly than their peers; 2 grow faster"),
        (rows_of(slower=1, alike=3),
         "1 customer with ¥1K of revenue in 12 months surely grows more slowly than its peers; none grows faster"),
        (rows_of(faster=2, slower=1),
         "2 customers with ¥2K of revenue in 12 months surely grow faster than their peers; 1 grows more slowly"),
        (rows_of(faster=3),
         "3 customers with ¥3K of revenue in 12 months surely grow faster than their peers; none grows more slowly"),
        (rows_of(alike=40), "Of 40 customers none grows faster or more slowly than its peers beyond chance"),
        (rows_of(faster=9, early_warning=[0.2, -0.1]),
         "2 key customers grow more slowly than their peers; 1 still buys more than before"),
        (rows_of(early_warning=[-0.1]), "1 key customer grows more slowly than its peers; none buys more than before"),
        (rows_of(slower=9, growth_watch=[0.4]),
         "1 ordinary customer surely outgrows its peers by more than 10 pp a year: see whether it has potential"),
    ],
)  # fmt: skip
def test_the_title_takes_the_sentence_that_the_numbers_ask_for(tests, words):
    assert english(parts.growth_title(tests, RECORDS)) == words


def test_without_history_the_page_says_what_growth_needs():
    found = growths_of(monthly(a=steady(), b=steady()), as_of=pd.Timestamp("2023-06-30")).reset_index()
    section = parts.growth(Page("en", "CNY", False), RECORDS, found)
    assert (
        "Growth is not available yet: no customer has been buying steadily for 24 months"
        in section.html["en"]
    )
    assert "0 of 2 customers can be tested" in section.html["en"]
    assert parts.growth_list(Page("en", "CNY", False), RECORDS, found) is None


def test_without_peers_the_page_says_how_many_are_needed():
    found = growths_of(monthly(a=steady(), b=steady()), RECORDS.settings).reset_index()
    section = parts.growth(Page("en", "CNY", False), RECORDS, found)
    assert "only 2 customers have a growth, 20 are needed" in section.html["en"]


def test_the_figure_shows_who_stands_out_first_and_fills_only_them(monkeypatch):
    drawn, whole = {}, parts.plot_intervals

    def keep(frame, labels, *rest, **named):
        drawn.update(names=[english(label) for label in labels], sure=named["sure"])
        return whole(frame, labels, *rest, **named)

    monkeypatch.setattr(parts, "plot_intervals", keep)
    parts.growth(Page("en", "CNY", False), RECORDS, rows_of(alike=20, slower=1, faster=1))
    assert len(drawn["names"]) == LIMIT
    assert (drawn["names"][0], drawn["names"][-1]) == ("Customer 001", "Customer 000")
    assert drawn["sure"] == [True, *[False] * (LIMIT - 2), True]


def test_the_list_is_there_where_the_figure_cannot_hold_all():
    page = Page("en", "CNY", False)
    assert parts.growth_list(page, RECORDS, rows_of(faster=LIMIT, alike=9)) is None
    section = parts.growth_list(page, RECORDS, rows_of(faster=LIMIT + 1, alike=9))
    assert f"All {LIMIT + 1} customers that stand out" in section.html["en"]
    assert "Signal" not in section.html["en"]
    assert (
        "Growth watch"
        in parts.growth_list(page, RECORDS, rows_of(faster=LIMIT, growth_watch=[0.5])).html["en"]
    )


def test_the_note_tells_what_chance_alone_would_find():
    found = growths_of(crowd(up=noisy(90, 0.6), down=noisy(91, -0.4))).reset_index()
    html = parts.growth(Page("en", "CNY", False), RECORDS, found).html["en"]
    outside = int(((found["relative_lo"] > 0) | (found["relative_hi"] < 0)).sum())
    assert (
        f"{outside} of the 90% intervals leave out the growth of the peers, 3 would by chance alone" in html
    )


def test_names_are_masked_in_figure_and_list():
    page = Page("en", "CNY", True)
    for section in (
        parts.growth(page, RECORDS, rows_of(faster=2)),
        parts.growth_list(page, RECORDS, rows_of(faster=LIMIT + 1)),
    ):
        assert "C***" in section.html["zh"]
        assert "Customer 00" not in section.html["zh"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_verdict_and_signal_has_words(language):
    edition = Edition(language, "CNY")
    for column, codes in (("verdict", VERDICTS), ("signal", SIGNALS)):
        words = [parts.WORDS[column][code].text(edition) for code in codes]
        assert len(set(words)) == len(codes)
