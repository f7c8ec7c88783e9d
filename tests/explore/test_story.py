"""One customer's story holds the numbers of the tables, says what is missing, and shows no name as anything but text."""

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from analysis import customer
from analysis.core import tables
from analysis.core.contracts.clean import CUSTOMER_DAYS
from analysis.core.errors import DataError
from tests.explore.tables_of import HOSTILE, make_project


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make_project(tmp_path)
    return tmp_path


def page(story):
    return BeautifulSoup(story._repr_html_(), "html.parser")


def text(story):
    return page(story).get_text(" ", strip=True)


@pytest.mark.usefixtures("place")
def test_orders_are_those_of_the_table_with_gaps_and_what_came_back():
    one, days = customer.story("Q"), tables.read(CUSTOMER_DAYS).query("customer_id == 'Q'")
    assert one.orders["gap_days"].tolist() == [pd.NA, 10, 20]
    assert one.orders["value"].tolist() == [750.0] * 3
    assert one.orders["value"].sum() * 10_000 == days["bought_e4"].sum() - days["returned_e4"].sum()
    assert one.orders["contribution"].tolist() == [100.0] * 3


@pytest.mark.usefixtures("place")
def test_parts_are_the_rows_of_their_tables():
    one = customer.story("Q")
    assert one.risk[["horizon_days", "risk"]].values.tolist() == [[30, 0.9], [90, 0.8], [180, 0.7]]
    assert one.lifetime[["horizon_months", "clv", "lo", "hi"]].values.tolist() == [[12, 120, 0, 400], [36, 200, 0, 700]]
    assert (one.value["contribution"].item(), one.value["rank"].item(), one.ranked) == (300, 2, 2)
    assert one.grades["tier"].tolist() == ["whale"]
    assert one.warnings["signal"].tolist() == ["usage"]
    assert one.action["action_id"].tolist() == ["20260930-call-Q"]


@pytest.mark.usefixtures("place")
def test_the_page_tells_each_figure_with_how_it_was_come_by():
    shown, said = page(customer.story("Q")), text(customer.story("Q"))
    assert shown.h1.get_text() == "Quiet Ltd is at risk: silent for 233 days, where 15 days between orders are usual"
    tiles = {tile.dt.get_text(): [one.get_text(" ", strip=True) for one in tile.find_all("dd")] for tile in shown.select(".kpi")}
    assert tiles["Contribution, last 12 months"] == ["¥300", "▼ −50.0% vs the year before worse", "measured"]
    assert tiles["Rank among 2 customers"] == ["2", "measured"]
    assert tiles["Days since the last order"] == ["233 days", "measured; usual gap 15 days"]
    assert tiles["Value to come, 12 months"] == ["¥120", "estimated", "90%: ¥0–¥400"]
    assert tiles["Risk of no order in 90 days"] == ["80.0%", "estimated", "90%: 75.0%–82.0%"]
    assert "longer than 99% of its own gaps" in said
    assert "Next action: Call, ¥240 at stake" in said
    assert len(shown.select("svg")) == 2


@pytest.mark.usefixtures("place")
def test_tables_that_are_not_there_are_named_and_parts_without_rows_are_told():
    one = customer.story("Q")
    assert one.lacking == ("driver_effects", "rfm", "exit_reasons", "win_back_customers")
    assert "Not there yet, because their stage has not run: driver_effects , rfm , exit_reasons , win_back_customers ." in text(one)
    assert "The tables hold nothing of this customer on: a noted reason for leaving." in text(one)


@pytest.mark.usefixtures("place")
def test_a_customer_without_purchases_is_told_as_such():
    one = customer.story("L")
    assert (one.name, len(one.orders), len(one.risk), len(one.value)) == ("Listed Only", 0, 0, 0)
    assert page(one).h1.get_text() == "Listed Only has bought nothing so far"
    assert page(one).select(".kpi, svg") == []
    assert "nothing can be said of its value, its rhythm or its risk" in text(one)


@pytest.mark.usefixtures("place")
def test_a_hostile_name_is_text_and_what_cannot_be_told_says_so():
    shown = page(customer.story("H"))
    assert shown.h1.get_text() == "<img src=x onerror=alert(1)> $x_{$ gnp.exe: no rhythm is known"
    assert shown.select("img, script, [onerror]") == []
    assert [tile.dd.get_text() for tile in shown.select(".kpi")][3:] == ["cannot be told"] * 2
    assert customer.story("H").name == HOSTILE


def test_the_page_speaks_the_language_of_the_report_and_masks_names_where_it_asks_for_it(place):
    make_project(place, "zh")
    file = place / "params.yaml"
    file.write_text(file.read_text("utf-8").replace("mask_names: false", "mask_names: true"), encoding="utf-8")
    shown = page(customer.story("Q"))
    assert shown.h1.get_text() == "Q***有流失风险：已沉默233天，平常间隔为15天"
    assert "Quiet" not in shown.get_text()
    assert shown.select_one(".sheet")["lang"] == "zh-Hans"


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("asked", "remedy"),
    [
        ("q", r"Nearest are Q \(Quiet Ltd\)\.$"),
        ("Listed", r"Nearest are L \(Listed Only\)\.$"),
        ("quiet lt", r"Nearest are Q \(Quiet Ltd\)\.$"),
        ("zzzz", r"`stored.customers` lists all of them\.$"),
        ("", r"`stored.customers` lists all of them\.$"),
    ],
)
def test_an_unknown_number_is_answered_with_the_nearest_customers(asked, remedy):
    with pytest.raises(DataError, match=rf"^customer\.story: no customer has this number, got '{asked}'\. {remedy}"):
        customer.story(asked)
