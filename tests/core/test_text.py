"""The catalogue holds its promises in both languages, and values read as REPORTS' table of numbers says."""

import ast
import datetime
import json
import pickle
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis.core import text
from analysis.core.contracts.schema import Words
from analysis.core.edition import Edition, MoneyUnit, is_form, tidy
from analysis.core.text import Place, entry, quoted, say

ROOT = Path(__file__).parents[2]
EN, ZH = Edition("en", "CNY"), Edition("zh", "CNY")
KEYS = [f"{subject}.{key}" for subject in text.subjects() for key in text.catalogue(subject)]
EXTREMES = (0, 1, -1, 1e-9, -1e15, 1e15, float("nan"), None)


@pytest.fixture
def words(tmp_path, monkeypatch):
    """A catalogue of one's own: ``words('[whale]\\n...')`` is the subject sample."""

    def write(content: str) -> None:
        (tmp_path / "sample.toml").write_text(content, encoding="utf-8")

    text.catalogue.cache_clear()
    monkeypatch.setattr(text, "FOLDER", tmp_path)
    yield write
    text.catalogue.cache_clear()


# --- the catalogue of the workbook -------------------------------------------------------------------------


def spoken(key: str, language: str) -> list[str]:
    """All texts of an entry in one language, without placeholders."""
    wording = entry(key).wording[language]
    return ["".join(part for part in parts if isinstance(part, str)) for parts in wording.values()]


def some_values(key: str, number) -> dict:
    places = {
        part.name: part.form
        for wording in entry(key).wording.values()
        for parts in wording.values()
        for part in parts
        if isinstance(part, Place)
    }
    day = datetime.date(2026, 9, 30)
    dates = ("date", "month", "month_short", "month_name")
    return {
        name: "<b>x</b>" if not form else day if form in dates else number for name, form in places.items()
    }


def test_there_is_a_catalogue():
    assert len(KEYS) > 50


def keys_of(subject: str) -> list[str]:
    return [f"{subject}.{key}" for key in text.catalogue(subject)]


@pytest.mark.parametrize("subject", text.subjects())
def test_no_text_is_empty(subject):
    wordings = {(key, language): entry(key).wording[language] for key in keys_of(subject) for language in ("en", "zh")}
    texts = [(key, "".join(part if isinstance(part, str) else part.name for part in parts)) for key, wording in wordings.items() for parts in wording.values()]
    assert texts
    assert [key for key, said in texts if not said.strip()] == []


@pytest.mark.parametrize("subject", text.subjects())
def test_a_chinese_text_with_latin_letters_has_chinese_ones_too(subject):
    without = [(key, re.sub(r"[A-Z][A-Z/.&]*\b", "", said), said) for key in keys_of(subject) for said in spoken(key, "zh")]  # abbreviations, as CLV and BG/NBD
    assert [key for key, latin, said in without if re.search(r"[A-Za-z]", latin) and not re.search(r"[\u4e00-\u9fff]", said)] == []


@pytest.mark.parametrize("subject", text.subjects())
def test_a_chinese_text_leaves_the_gap_beside_latin_letters_and_digits_to_the_browser(subject):
    texts = [(key, "".join(part if isinstance(part, str) else "0" for part in parts)) for key in keys_of(subject) for parts in entry(key).wording["zh"].values()]
    assert [key for key, said in texts if re.search(r"[\u4e00-\u9fff] \w|[A-Za-z0-9%] [\u4e00-\u9fff]", said)] == []


@pytest.mark.parametrize("subject", text.subjects())
def test_an_english_text_has_no_chinese(subject):
    own = [key for key in keys_of(subject) if key != "page.frame.language"]  # it names the other language
    assert [key for key in own if any(re.search(r"[\u4e00-\u9fff]", said) for said in spoken(key, "en"))] == []


@pytest.mark.parametrize("number", EXTREMES)
@pytest.mark.parametrize("subject", text.subjects())
def test_every_entry_renders_at_the_extremes_in_both_languages(subject, number):
    faults = []
    for key in keys_of(subject):
        values = some_values(key, number)
        counted = {name: 2 if value is None or value != value else value for name, value in values.items()}
        said = say(key, **counted)
        faults += [(key, edition) for edition in (EN, ZH) if "{" in said.text(edition) or "<b>" in said.html(edition)]
    assert faults == []


def strings_of_the_code() -> tuple[set[str], list[str]]:
    """Constant strings of all code, and the patterns that its f-strings match."""
    sources = [
        file.read_text("utf-8") for folder in ("src", "pipeline") for file in (ROOT / folder).rglob("*.py")
    ]
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        cells = json.loads(notebook.read_text("utf-8"))["cells"]
        sources += ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    constants, patterns = set(), []
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                constants.add(node.value)
            if isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(part.value) if isinstance(part, ast.Constant) else r"[a-z0-9_.]+"
                    for part in node.values
                ]
                if isinstance(node.values[0], ast.Constant) or r"page\.name" in "".join(parts):
                    patterns.append("".join(parts))
    return constants, [pattern for pattern in patterns if re.match(r"[a-z0-9_\\.\[\]+-]+$", pattern)]


def test_every_entry_is_used_somewhere():
    constants, patterns = strings_of_the_code()
    used = [re.compile(pattern) for pattern in patterns if r"\." in pattern]
    unused = [key for key in KEYS if key not in constants and not any(one.fullmatch(key) for one in used)]
    assert unused == []


def test_no_unknown_entry_is_asked_for():
    subjects = "|".join(text.subjects())
    constants, _ = strings_of_the_code()
    asked = {one for one in constants if re.fullmatch(rf"(?:{subjects})(?:\.[a-z0-9_]+){{2,}}", one)}
    files = {one for one in asked if one.endswith((".py", ".toml", ".json", ".yaml"))}
    assert sorted(asked - files - set(KEYS)) == []


# --- sentences ---------------------------------------------------------------------------------------------


def test_a_sentence_reads_in_both_languages(words):
    words("""
[whale]
title.en = "The top {top:percent} earn {share:percent1}"
title.zh = "前{top:percent}的客户创造{share:percent1}"
""")
    said = say("sample.whale.title", top=0.2, share=0.7654)
    assert said.text(EN) == "The top 20% earn 76.5%"
    assert said.text(ZH) == "前20%的客户创造76.5%"


def test_the_plural_follows_the_first_count(words):
    words("""
[rows]
en = {one = "{n:count} customer of {all:count}", other = "{n:count} customers of {all:count}"}
zh = "{all:count} 位客户中的 {n:count} 位"
""")
    assert say("sample.rows", n=1, all=5).text(EN) == "1 customer of 5"
    assert say("sample.rows", n=np.int64(2), all=5).text(EN) == "2 customers of 5"
    assert say("sample.rows", n=0.8, all=5).text(EN) == "1 customer of 5"
    assert say("sample.rows", n=1.6, all=5).text(EN) == "2 customers of 5"
    assert say("sample.rows", n=1, all=5).text(ZH) == "5 位客户中的 1 位"


def test_a_text_from_the_data_is_escaped_in_html_and_plain_in_text():
    said = quoted("<script>alert('1')</script>\n&")
    assert said.text(EN) == "<script>alert('1')</script> &"
    assert said.html(EN) == "<bdi>&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp;</bdi>"


def test_a_phrase_inside_a_phrase_is_escaped_once():
    assert say("page.status.proxy", method=quoted("<b>")).html(EN) == "stand-in: <bdi>&lt;b&gt;</bdi>"


def test_words_speak_the_language_of_the_edition():
    said = say("page.status.needs", needs=Words("costs", "成本"))
    assert (said.text(EN), said.text(ZH)) == ("needs costs", "需要：成本")


def test_a_phrase_survives_pickling():
    said = say("page.from.held", held=4, all=16)
    assert pickle.loads(pickle.dumps(said)) == said


def test_an_unknown_key_is_refused():
    with pytest.raises(LookupError, match=r"src/analysis/text/page.toml has no entry page.nothing"):
        say("page.nothing")


def test_a_missing_or_needless_value_is_refused():
    with pytest.raises(
        LookupError, match=r"page.from.held needs the values \['all', 'held'\], got \['held'\]"
    ):
        say("page.from.held", held=1)
    with pytest.raises(LookupError, match=r"got \['all', 'held', 'more'\]"):
        say("page.from.held", held=1, all=2, more=3)


def test_a_number_without_a_form_is_refused():
    with pytest.raises(TypeError, match=r"page\.quoted: text is float; give the placeholder a form"):
        say("page.quoted", text=1.5)


def test_a_text_with_a_form_is_refused():
    with pytest.raises(TypeError, match=r"page\.from\.held: held is shown as count, got str"):
        say("page.from.held", held="1", all=2)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[a]\nen = "{n:count}"\nzh = "无"', "the two languages of a have different placeholders"),
        ('[a]\nen = "x"', r"a has \['en'\]; an entry has exactly en and zh"),
        ('[a]\nen = "{n:kilo}"\nzh = "{n:kilo}"', "a shows n as 'kilo', which is no form"),
        ('[a]\nen = "{n"\nzh = "{n"', "a has a bracket that is no placeholder"),
        ('a = "x"', "a stands outside an entry"),
    ],
)
def test_a_faulty_catalogue_is_refused(words, content, message):
    words(content)
    with pytest.raises(ValueError, match=message):
        say("sample.a")


# --- values ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        (12_300_000, "¥12.3M", "¥1230万"),
        (12_340_000, "¥12.3M", "¥1234万"),
        (1_280_000_000, "¥1.28B", "¥12.8亿"),
        (325_000, "¥325K", "¥32.5万"),
        (999_950, "¥1M", "¥100万"),
        (99_999_999, "¥100M", "¥1亿"),
        (412, "¥412", "¥412"),
        (4.126, "¥4.13", "¥4.13"),
        (0, "¥0", "¥0"),
        (-5_000_000, "−¥5M", "−¥500万"),
        (float("inf"), "∞", "∞"),
        (None, "–", "–"),
        (float("nan"), "–", "–"),
        (pd.NA, "–", "–"),
    ],
)
def test_money_is_compact_in_the_units_of_the_language(value, en, zh):
    assert (EN.show(value, "money"), ZH.show(value, "money")) == (en, zh)


@pytest.mark.parametrize(("language", "shown"), [("en", "12.3M"), ("zh", "1234万")])
def test_money_of_no_named_currency_is_a_plain_number(language, shown):
    assert Edition(language, "").show(12_340_000, "money") == shown
    assert "¤" not in Edition(language, "").show(1234.5, "amount2") + Edition(language, "").money_unit([5e6]).name


def test_the_currency_comes_from_the_edition_and_not_from_the_language():
    assert Edition("zh", "GBP").show(325_000, "money") == "£32.5万"
    assert Edition("en", "USD").show(-1.5e6, "+money") == "−$1.5M"
    assert EN.show(377_488.45, "amount2") == "¥377,488.45"


@pytest.mark.parametrize(
    ("form", "value", "en", "zh"),
    [
        ("+points", 0.0041, "+0.4 pp", "+0.4个百分点"),
        ("points", -0.013, "−1.3 pp", "−1.3个百分点"),
        ("+percent", 0.0, "0%", "0%"),
        ("+percent1", -0.0004, "0.0%", "0.0%"),
        ("percent1", 1.325, "132.5%", "132.5%"),
        ("count", 1_067_371, "1,067,371", "1,067,371"),
        ("number2", -1234.567, "−1,234.57", "−1,234.57"),
        ("parameter4", 0.5, "0.5000", "0.5000"),
        ("parameter4", 98_211.2394, "98,211", "98,211"),
        ("parameter4", 386.547, "386.5", "386.5"),
        ("parameter3", 0.0454545, "0.0455", "0.0455"),
        ("parameter4", 168_154_025.0, "1.7 × 10⁸", "1.7 × 10⁸"),
        ("parameter4", -0.0000312, "−3.1 × 10⁻⁵", "−3.1 × 10⁻⁵"),
        ("parameter4", 0.0, "0", "0"),
        ("days", 1, "1 day", "1天"),
        ("days", 45, "45 days", "45天"),
        ("days1", 45.26, "45.3 days", "45.3天"),
    ],
)
def test_numbers_read_as_their_form_says(form, value, en, zh):
    assert (EN.show(value, form), ZH.show(value, form)) == (en, zh)


@pytest.mark.parametrize(
    ("form", "en", "zh"),
    [
        ("date", "September 30, 2026", "2026年9月30日"),
        ("month", "September 2026", "2026年9月"),
        ("month_short", "Sep 2026", "2026年9月"),
        ("month_name", "Sep", "9月"),
    ],
)
def test_dates_read_as_their_form_says(form, en, zh):
    for day in (datetime.date(2026, 9, 30), pd.Timestamp("2026-09-30 23:59")):
        assert (EN.show(day, form), ZH.show(day, form)) == (en, zh)
    assert EN.show(pd.NaT, form) == "–"


def test_a_column_of_money_shares_one_unit():
    values = [7.79e6, 0.59e6, 3e6, None]
    assert EN.money_unit(values) == MoneyUnit(1e6, "¥M", 2)
    assert ZH.money_unit(values).name == "万元"
    assert Edition("zh", "GBP").money_unit(values).name == "万英镑"
    assert ZH.money_unit([1.77e8, 1.2e8]) == MoneyUnit(1e4, "万元", 1)
    assert EN.money_unit([]).name == "¥"


def test_a_unit_of_money_does_not_hide_the_small_values():
    assert EN.money_unit([5e6, 900.0, 800.0, 700.0]).name == "¥K"
    assert EN.money_unit([5e6, 9.0, 8.0, 7.0]).name == "¥"
    assert EN.money_unit([5e6, 90_000.0, 80_000.0, 70_000.0]).name == "¥M"


@pytest.mark.parametrize("form", ["", "percentage", "+date", "date2", "money-", "percent11"])
def test_an_unknown_form_is_none(form):
    assert not is_form(form)


def test_a_text_from_the_data_becomes_one_short_line():
    assert tidy("\u202egnp.exe\u200f") == "gnp.exe"
    assert tidy(" a\n\tb\x00c ") == "a bc"
    assert tidy("x" * 10_000) == "x" * 79 + "…"
    assert tidy("北京" * 20, 22) == "北京" * 10 + "北…"
    assert tidy("\n\u202e") == ""
