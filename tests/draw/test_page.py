"""Tables, tiles and sections say what the figures say, in both languages, and escape the data."""

import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from analysis.core import estimate
from analysis.core.contracts.schema import Column, Table, Words
from analysis.core.edition import Edition
from analysis.core.text import quoted, say
from analysis.draw import grid, html
from analysis.draw.page import MIME, Change, Kpi, Look, Page
from tests.sample_page import HOSTILE, ROWS, rows, sections

EN, ZH = Edition("en", "CNY"), Edition("zh", "CNY")
PAGE = Page("zh", "CNY", mask_names=False)


def soup(markup) -> BeautifulSoup:
    return BeautifulSoup(str(markup), "html.parser")


def tile(kpi: Kpi, edition=EN) -> list[str]:
    return [part.get_text(" ", strip=True) for part in soup(html.tile(kpi, edition)).find_all(["dt", "dd"])]


def table(frame: pd.DataFrame, *columns: Column, edition=EN, **look) -> BeautifulSoup:
    contract = Table("rows", "a row", (columns[0].name,), columns)
    return soup(grid.table(frame, contract, Look(**look), "Caption", edition))


def column(name: str, kind: str) -> Column:
    return Column(name, kind, Words(name.title(), f"列{name}"), "")


def cells(found: BeautifulSoup) -> list[list[str]]:
    return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in found.tbody.find_all("tr")]


# --- tiles -------------------------------------------------------------------------------------------------


def test_a_measured_figure_is_shown_plain():
    figure = estimate.measured("revenue", 12.3e6, "money", n=9, inputs="order_lines")
    assert tile(Kpi(quoted("Revenue"), figure)) == ["Revenue", "¥12.3M"]
    assert tile(Kpi(quoted("Revenue"), figure), ZH) == ["Revenue", "¥1230万"]


def test_an_estimate_is_shown_with_its_interval_and_level():
    figure = estimate.estimated("equity", 1.28e9, 1.19e9, 1.38e9, "money", method="BG/NBD", n=9, inputs="x")
    assert tile(Kpi(quoted("Equity"), figure, level=0.9))[2] == "90%: ¥1.19B–¥1.38B"
    assert tile(Kpi(quoted("Equity"), figure))[2] == "interval ¥1.19B–¥1.38B"


def test_a_stand_in_is_slanted_and_named():
    figure = estimate.proxy("risk", 0.158, "ratio", method="recency", n=9, inputs="x")
    shown = soup(html.tile(Kpi(quoted("Risk"), figure), EN))
    assert shown.em.get_text() == "15.8%"
    assert shown.find(class_="small").get_text() == "stand-in: recency"
    named = soup(html.tile(Kpi(quoted("Risk"), figure, note=say("page.value.yes")), ZH))
    assert named.find(class_="small").get_text() == "替代指标：是"


def test_a_missing_figure_says_what_it_needs_and_never_a_number():
    figure = estimate.not_available("wallet", "ratio", needs="customers.wallet")
    assert tile(Kpi(quoted("Wallet"), figure)) == ["Wallet", "not available", "needs customers.wallet"]
    assert tile(Kpi(quoted("Wallet"), figure), ZH)[1:] == ["不可用", "需要： customers.wallet"]


@pytest.mark.parametrize(
    ("amount", "good", "shown", "verdict"),
    [
        (0.006, "up", "▲ +0.6% vs Aug better", "better"),
        (-0.041, "up", "▼ −4.1% vs Aug worse", "worse"),
        (0.006, "down", "▲ +0.6% vs Aug worse", "worse"),
        (-0.041, "down", "▼ −4.1% vs Aug better", "better"),
        (-0.041, None, "▼ −4.1% vs Aug", None),
        (0.0, "up", "0.0% vs Aug", None),
        (None, "up", "no comparison vs Aug", None),
        (float("nan"), "up", "no comparison vs Aug", None),
    ],
)
def test_a_change_shows_sign_direction_and_verdict(amount, good, shown, verdict):
    line = soup(html.change_line(Change(amount, "ratio", quoted("vs Aug")), good, EN)).dd
    assert line.get_text(" ", strip=True) == shown
    assert [one for one in line["class"] if one in ("better", "worse")] == ([verdict] if verdict else [])


def test_a_small_line_survives_equal_and_missing_values():
    assert soup(html.sparkline((3.0, 3.0, 3.0), "flat")).path["d"].startswith("M4.0 24.0L")
    assert soup(html.sparkline((float("nan"), 2.0), "late")).circle["cx"] == "106.0"
    assert html.sparkline((float("nan"),), "none") == ""


# --- tables ------------------------------------------------------------------------------------------------


def test_money_has_one_unit_in_the_header_and_plain_numbers_below():
    frame = pd.DataFrame({"name": ["a", "b"], "amount_e4": [77_900_000_000, -5_900_000_000]})
    found = table(frame, column("name", "text"), column("amount_e4", "money_e4"))
    assert [head.get_text() for head in found.thead.find_all("th")] == ["Name", "Amount_E4, ¥M"]
    assert cells(found) == [["a", "7.79"], ["b", "−0.59"]]
    chinese = table(frame, column("name", "text"), column("amount_e4", "money_e4"), edition=ZH)
    assert [head.get_text() for head in chinese.thead.find_all("th")] == ["列name", "列amount_e4，万元"]
    assert cells(chinese) == [["a", "779.0"], ["b", "−59.0"]]


def test_a_value_and_the_ends_of_its_interval_have_one_unit():
    names = ("worth", "worth_lo", "worth_hi", "gain", "lo", "hi")
    frame = pd.DataFrame({"name": ["a", "b"], "worth": [298_700.0, 184_000.0], "worth_lo": [39_924.0, 900.0], "worth_hi": [465_900.0, 300_000.0],
                          "gain": [40.0, 90.0], "lo": [1.0, 2.0], "hi": [50.0, 100.0]})  # fmt: skip
    found = table(frame, column("name", "text"), *(column(name, "money") for name in names))
    assert [head.get_text() for head in found.thead.find_all("th")[1:]] == ["Worth, ¥K", "Interval, ¥K", "Gain, ¥", "Interval, ¥"]
    assert cells(found)[0] == ["a", "298.7", "39.9 to 465.9", "40", "1 to 50"]


def test_an_interval_is_one_column_that_keeps_its_two_raw_ends():
    frame = pd.DataFrame({"name": ["a", "b"], "risk": [0.5, None], "lo": [0.25, None], "hi": [0.75, None], "lo_season": [1.0, 2.0]})
    kinds = ("text", "ratio", "ratio", "ratio", "float")
    columns = [column(name, kind) for name, kind in zip(frame, kinds, strict=True)]
    found = table(frame, *columns, edition=ZH, forms={"lo": "percent", "hi": "percent"})
    assert cells(found) == [["a", "50.0%", "25% 至 75%", "1.00"], ["b", "–", "–", "2.00"]]
    head = found.thead.find_all("th")[2]
    assert (head.get_text(), head["class"], head["data-v"], head["data-hi"]) == ("区间", ["num"], "列lo", "列hi")
    ends = [(row.find_all("td")[1]["data-v"], row.find_all("td")[1]["data-hi"]) for row in found.tbody.find_all("tr")]
    assert ends == [("0.25", "0.75"), ("", "")]


def test_an_interval_that_is_missing_can_say_why():
    frame = pd.DataFrame({"name": ["a", "b", "c"], "lo": [1.0, None, None], "hi": [2.0, None, None], "why": [None, "yes", None]})
    columns = [column(name, kind) for name, kind in zip(frame, ("text", "float", "float", "text"), strict=True)]
    found = table(frame, *columns, columns=("name", "lo", "hi"), words={"why": {"yes": say("page.value.yes")}}, gaps={"lo": "why"},
                  intervals={"lo": say("page.frame.needs")})  # fmt: skip
    assert cells(found) == [["a", "1.00 to 2.00"], ["b", "yes"], ["c", "–"]]
    assert found.thead.find_all("th")[1].get_text() == "Needs"


def test_short_texts_stay_on_one_line_and_long_ones_get_room():
    frame = pd.DataFrame({"name": ["a"], "state": ["可能已离开"], "why": ["最近一次购买已超出期间，此前每月都有订单"], "some": ["between both, so"]})
    found = table(frame, *(column(name, "text") for name in frame))
    assert [cell.get("class") for cell in found.find_all("td")] == [["short"], ["long"], None]


def test_a_raw_value_stands_beside_the_shown_one_only_where_they_differ():
    frame = pd.DataFrame({"name": ["a <b>"], "orders": [12], "many": [1234], "share": [0.5]})
    kinds = ("text", "int", "int", "ratio")
    found = table(frame, *(column(name, kind) for name, kind in zip(frame, kinds, strict=True)))
    assert [cell.get("data-v") for cell in found.tbody.find_all(["th", "td"])] == [None, None, "1234", "0.5"]


def test_the_table_behind_a_chart_has_as_many_rows_as_a_chart_needs():
    from analysis.draw.page import CHART_CELLS
    from tests.sample_page import CURVE, whale

    def rows_of(frame):
        figure = PAGE.figure("x", title=quoted("x"), draw=lambda *_: blank(), data=frame, contract=CURVE)
        return len(soup(figure.html["en"]).tbody.find_all("tr"))

    assert rows_of(whale(6, 0.5)) == len(whale(6, 0.5))
    assert rows_of(pd.concat([whale(6, 0.5)] * 5)) == CHART_CELLS // 2


def blank():
    from analysis.draw import style

    with style.ink():
        return style.sheet(100, 100, left=1, right=1, top=1, bottom=1)[0]


def test_every_kind_of_value_is_shown_and_kept_raw():
    frame = pd.DataFrame(
        {
            "name": ["a"], "qty_e3": [2_600_000], "share": [0.1234], "orders": [1234], "score": [1.5],
            "first_date": [pd.Timestamp("2026-01-31")], "active": [True],
        }
    )  # fmt: skip
    kinds = ("text", "qty_e3", "ratio", "int", "float", "date", "bool")
    found = table(frame, *(column(name, kind) for name, kind in zip(frame, kinds, strict=True)))
    assert cells(found) == [["a", "2,600", "12.3%", "1,234", "1.50", "2026-01-31", "yes"]]
    raw = [cell.get("data-v", cell.get_text()) for cell in found.tbody.find_all(["th", "td"])]
    assert raw == ["a", "2600", "0.1234", "1234", "1.5", "2026-01-31", "True"]


def test_a_missing_value_is_a_dash_and_raw_it_is_empty():
    frame = pd.DataFrame({"name": ["a", "b"], "share": [float("nan"), 0.5], "first_date": [pd.NaT, pd.Timestamp("2026-01-31")]})
    found = table(frame, column("name", "text"), column("share", "ratio"), column("first_date", "date"))
    assert cells(found)[0] == ["a", "–", "–"]
    assert [cell["data-v"] for cell in found.tbody.tr.find_all("td")] == ["", ""]


def test_a_column_without_a_single_value_is_left_out_but_never_the_first():
    frame = pd.DataFrame({"name": [None, None], "sales_rep": [None, None], "share": [0.5, 0.25]})
    found = table(frame, column("name", "text"), column("sales_rep", "text"), column("share", "ratio"))
    assert cells(found) == [["–", "50.0%"], ["–", "25.0%"]]
    assert len(table(frame.head(0), column("name", "text"), column("share", "ratio")).thead.find_all("th")) == 2


def test_a_column_of_codes_speaks_the_language():
    frame = pd.DataFrame({"name": ["a"], "state": ["yes"]})
    words = {"state": {"yes": say("page.value.yes")}}
    assert cells(table(frame, column("name", "text"), column("state", "text"), edition=ZH, words=words)) == [
        ["a", "是"]
    ]


def test_rows_over_the_limit_are_counted_and_their_file_is_named():
    frame = pd.DataFrame({"name": [str(number) for number in range(2500)]})
    found = table(frame, column("name", "text"))
    assert len(found.tbody.find_all("tr")) == 2000
    assert found.find(class_="note").get_text() == (
        "The first 2,000 of 2,500 rows; all of them are in data/tables/rows.parquet."
    )


def test_an_empty_table_says_so():
    assert (
        table(pd.DataFrame({"name": []}), column("name", "text")).find(class_="note").get_text() == "No rows."
    )


def test_hostile_names_are_inert_text_in_a_table():
    found = soup(grid.table(rows(), ROWS, Look(bars=("risk",)), HOSTILE[1], EN))
    assert {tag.name for tag in found.find_all(True)} == {
        "div", "table", "caption", "thead", "tbody", "tr", "th", "td", "span",
    }  # fmt: skip
    shown = [row.th.get_text() for row in found.tbody.find_all("tr")]
    assert shown[:6] == list(HOSTILE[:6])
    assert shown[6] == "gnp.exe"
    assert shown[8] == "line one line two"
    assert shown[9] == "x" * 79 + "…"
    assert found.caption.get_text() == HOSTILE[1]


def test_every_header_has_a_scope():
    found = soup(grid.table(rows(), ROWS, Look(), "x", EN))
    assert {head.get("scope") for head in found.find_all("th")} == {"col", "row"}


def test_names_are_masked_where_the_report_asks_for_it():
    masked = Page("zh", "CNY", mask_names=True)
    section = masked.table("who", rows().head(1), ROWS, title=quoted("x"), names=("customer",))
    assert soup(section.html["en"]).tbody.th.get_text() == "<***"
    assert "alert" not in section.html["en"]


# --- sections ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("section", sections(), ids=lambda section: section.name)
def test_a_section_holds_both_languages_and_nothing_that_runs(section):
    for language in ("zh", "en"):
        found = soup(section.html[language])
        assert found.find_all(["script", "iframe", "object", "link", "img"]) == []
        for tag in found.find_all(True):
            assert [name for name in tag.attrs if name.startswith("on")] == []
            assert not str(tag.get("href", "#")).startswith("javascript:")


def test_a_mark_of_punctuation_in_a_heading_stays_with_the_letter_before_it():
    shown = html.message(quoted("143个客户沉默，“甲<b>”（95个）上移"), ZH)
    assert [one.get_text() for one in soup(shown).find_all("span")] == ["默，", "个）"]
    assert soup(shown).get_text() == "143个客户沉默，“甲<b>”（95个）上移"
    assert soup(html.message(quoted("Up, and down; A & B: 5%"), EN)).find_all("span") == []


def test_a_chart_is_drawn_in_each_language_and_again_for_a_phone():
    drawn = []

    def draw(edition, width):
        from analysis.draw import style

        drawn.append((edition.language, width))
        with style.ink():
            return style.sheet(width, 100, left=1, right=1, top=1, bottom=1)[0]

    PAGE.figure("f", title=quoted("t"), draw=draw, data=rows(), contract=ROWS)
    PAGE.figure("h", title=quoted("t"), draw=draw, data=rows(), contract=ROWS, half=True)
    assert drawn == [("zh", 860), ("zh", 358), ("en", 860), ("en", 358), ("zh", 416), ("en", 416)]


def test_a_notebook_shows_the_reports_language_with_its_own_style():
    bundle = PAGE.headline(
        kicker=quoted("k"), title=say("page.frame.checks"), standfirst=quoted("s")
    )._repr_mimebundle_()
    shown = soup(bundle["text/html"])
    assert shown.h1.get_text() == "自检"
    assert "--blue:#1d5f9f" in shown.style.get_text()
    assert soup(bundle[MIME]["en"]).h1.get_text() == "Self-check"


def test_a_notebook_shows_what_is_folded_without_the_script_of_pages():
    section = next(one for one in sections() if one.name == "folded")
    assert len(soup(section.html["en"]).select("details noscript table tbody tr")) == len(HOSTILE)
    shown = soup(section._repr_mimebundle_()["text/html"])
    assert len(shown.select("details > .table tbody tr")) == len(HOSTILE)


def test_the_index_gets_the_message_and_three_figures():
    kpis = [Kpi(quoted(str(number)), say("page.value.count", value=number)) for number in range(5)]
    assert PAGE.kpis(kpis).summary["en"] == {"kpis": [["0", "0"], ["1", "1"], ["2", "2"]]}


def test_the_style_has_both_themes_and_asks_for_nothing():
    from analysis.draw import style

    sheet = style.stylesheet()
    assert sheet.count("--paper:") == 2
    assert re.findall(r"url\(|@import|https?:", sheet) == []
