"""The case of the first article, told by the profit page from the exports of a made-up building firm (SPEC 1.4, no. 5 and 6).

Of 500 customers 100 buy for more than a million a year; a fifth of them brings 85 % of profit; most others buy for less than
100,000, and some of them lose money through visits and small returns.
"""

import pytest

from analysis.draw.page import Page
from analysis.profit import ladder_page, serving_page
from analysis.profit import page as parts
from analysis.profit.concentration import facts_of
from tests.recovery.scenes import SERVED_TRADE
from tests.recovery.serving_rows import true_profits

TOP = 0.2


@pytest.fixture(scope="module")
def told(play):
    """The books of the firm, its customers, its curve and its true profits."""
    trial = play(SERVED_TRADE, 1)
    ranked = trial.books.rank_customers()
    return trial, ranked[~ranked["is_pseudo_customer"]], trial.concentration, true_profits(trial).sort_values(ascending=False)


def test_about_a_hundred_customers_buy_for_more_than_a_million_and_the_others_for_less_than_a_tenth_of_it(told):
    _, people, *_ = told
    large = people["revenue"] >= 1_000_000
    assert large.sum() == pytest.approx(100, abs=8)
    active = people[people["rank"].notna()]
    assert len(active) > 460
    assert active.loc[~large, "revenue"].mean() < 100_000


def test_a_fifth_of_the_customers_brings_the_share_of_profit_that_the_worlds_truth_says(told):
    _, _, found, truth = told
    true_share = truth.head(int(len(truth) * TOP)).sum() / truth.sum()
    tier = found.tiers[(found.tiers["measure"] == "profit") & (found.tiers["period"] == "now") & (found.tiers["top_share"] == TOP)].iloc[0]
    assert true_share > 0.85
    assert tier["value_share"] == pytest.approx(true_share, abs=0.01)
    assert tier["lo"] < 0.85 < tier["hi"], "the article's figure lies inside the interval"


def test_the_curve_bends_down_as_far_as_the_true_losses_do(told):
    _, _, found, truth = told
    facts = facts_of(found.facts, "profit")
    assert facts["shape"] == "humped"
    assert facts["losing_customers"] == pytest.approx((truth < 0).sum(), abs=3)
    assert facts["losses"] == pytest.approx(-truth[truth < 0].sum(), rel=0.1)


def test_the_titles_of_the_page_tell_the_case_in_both_languages(told):
    trial, people, found, truth = told
    page, books = Page("zh", "CNY", False), trial.books
    whale = parts.whale(page, books, found)
    losers = round(100 * (truth < 0).sum() / len(truth))
    assert "The top 20% of customers earn 88% of profit; the last" in whale.html["en"]
    assert f"the last {losers}% give" in whale.html["en"] or f"the last {losers - 1}% give" in whale.html["en"]
    assert "前20%的客户创造88%的利润；最后" in whale.html["zh"]
    assert "吃掉" in whale.html["zh"]
    assert "it goes into visits" in serving_page.serving(page, books).html["en"]
    listed = parts.customers(page, books, books.rank_customers())
    assert "customers is below zero" in listed.html["en"]
    assert "个客户利润为负" in listed.html["zh"]
    assert "visits" in listed.html["en"]
    losing = people[people["profit"] < 0]
    assert set(losing["main_work"]) <= {"visit", "return", "delivery"}
    assert (losing["main_work"] == "visit").mean() > 0.8


def test_the_loss_makers_are_named_with_visits_and_returns_as_the_causes(told):
    trial, *_ = told
    with trial.inside():
        found = trial.books.find_problems(trial.books.rank_customers())
    assert len(found) > 40
    causes = found[["work", "next_work"]].stack()
    assert causes.isin(["visit", "return"]).mean() > 0.8
    true = true_profits(trial)[found["customer_id"]]
    assert (true < 0).all(), "nobody is listed who truly earns"
    section = ladder_page.problems(Page("zh", "CNY", False), trial.books, found)
    assert "surely lose money through serving" in section.html["en"]
    assert "most of it through visits" in section.html["en"]
    assert "returns" in section.html["en"]
    assert "确定因服务成本而亏损" in section.html["zh"]
    assert "退货" in section.html["zh"]
    assert "上门拜访" in section.html["zh"]
