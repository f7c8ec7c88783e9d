"""G6: growth by hand, who has none and why, who the peers are, and what stands out."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from purchase_days import SETTINGS, drawn_days, drawn_returns

from analysis.core import tables
from analysis.core.contracts.clean import CUSTOMER_DAYS, CUSTOMERS
from analysis.core.contracts.segment_growth import GROWTH_TESTS
from analysis.core.engine import DuckEngine
from analysis.models.trend import Trends
from analysis.segment.growth import find_peers, judge_growth, read_months

AS_OF = pd.Timestamp("2024-12-31")
MONTHS = pd.date_range("2022-01-01", "2024-12-01", freq="MS")


@pytest.fixture(autouse=True)
def _project(tmp_path, monkeypatch):
    (tmp_path / "dvc.yaml").touch()
    monkeypatch.chdir(tmp_path)


def monthly(**amounts):
    """Purchase days: one on the tenth of each month, of so much from January 2022 on; nothing where it is zero."""
    rows = [
        (customer, month + pd.Timedelta(days=9), round(amount * 10_000))
        for customer, bought in amounts.items()
        for month, amount in zip(MONTHS, bought, strict=True)
        if amount
    ]
    frame = pd.DataFrame(rows, columns=["customer_id", "order_date", "bought_e4"])
    return frame.assign(orders=1, lines=1, returned_e4=0, contribution_e4=None, customer_id=frame["customer_id"].astype("str"))


def people(days, **columns):
    ids = sorted(set(days["customer_id"]))
    return pd.DataFrame({"customer_id": ids, "customer_name": [f"Name of {one}" for one in ids]}).assign(
        **({"industry": "steel", "region": "north"} | columns)
    )


def asked(**changes):
    return dataclasses.replace(SETTINGS, growth_test=dataclasses.replace(SETTINGS.growth_test, **changes))


def growths_of(days, settings=None, as_of=AS_OF, quadrants=None, **columns):
    settings, customers = settings or asked(min_peers=2), people(days, **columns)
    tables.write(CUSTOMER_DAYS, days)
    others = {name: None for name in CUSTOMERS.by_name if name not in customers}
    tables.write(CUSTOMERS, customers.assign(**others | {"is_pseudo_customer": False, "first_order_date": as_of, "last_order_date": as_of}))
    with DuckEngine(memory_limit_gb=1, threads=1) as engine:
        months = read_months(engine, customers["customer_id"], as_of, settings.growth_test.window_months)
    found = judge_growth(months, customers, settings, quadrants)
    GROWTH_TESTS.check(found)
    return found.set_index("customer_id")


def steady(growth=0.0, level=100.0):
    return level * (1 + growth) ** (np.arange(36) / 12)


def noisy(seed, growth=0.0):
    return steady(growth) * np.random.default_rng(seed).lognormal(0, 0.2, 36)


def crowd(count=30, **others):
    """Many customers without growth, and some of others."""
    return monthly(**{f"c{number:02d}": noisy(number) for number in range(count)}, **others)


# --- growth of a customer ---------------------------------------------------------------------


def test_purchases_that_double_every_year_grow_by_a_hundred_percent():
    found = growths_of(monthly(a=steady(1.0), b=steady(1.0, 7), c=steady(1.0, 40)))
    assert found["growth_yearly"].tolist() == pytest.approx([1.0] * 3, rel=1e-5)
    assert found["peer_growth"].tolist() == pytest.approx([1.0] * 3, rel=1e-5)
    assert found["relative_growth"].tolist() == pytest.approx([0.0] * 3, abs=1e-6)


def test_purchases_with_a_season_and_no_trend_have_no_growth():
    season = np.tile([1.0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 5], 3)
    found = growths_of(monthly(a=10 * season, b=200 * season))
    assert found["growth_yearly"].tolist() == pytest.approx([0.0] * 2, abs=1e-4)


def test_a_customer_that_grows_by_a_half_beside_peers_that_grow_by_a_fifth_grows_by_a_quarter_more():
    found = growths_of(monthly(a=steady(0.5), b=steady(0.2), c=steady(0.2), d=steady(0.2)))
    assert found.loc["a", "relative_growth"] == pytest.approx(1.5 / 1.2 - 1)


def test_the_months_of_the_first_and_of_the_last_order_do_not_count():
    amounts = np.where(np.arange(36) >= 4, 100.0, 0.0)
    amounts[[4, 33]] = 1e6
    amounts[34:] = 0
    found = growths_of(monthly(a=amounts, b=steady(), c=steady()))
    assert found.loc["a", "months"] == 28
    assert found.loc["a", "growth_yearly"] == pytest.approx(0, abs=1e-4)


def test_only_the_latest_months_count():
    amounts = np.r_[[1.0] * 12, steady(1.0)[:24]]
    found = growths_of(monthly(a=amounts, b=steady(), c=steady()), asked(window_months=24, min_peers=2))
    assert found.loc["a", "months"] == 23
    assert found.loc["a", "growth_yearly"] == pytest.approx(
        1.0, rel=0.01
    )  # b and c have their part in the season


def test_what_came_back_is_no_purchase():
    back = drawn_returns("b 2022-03-10 2022-04-01 90")
    days = drawn_days("\n".join(f"b {month:%Y-%m}-10 100" for month in MONTHS), back)
    days.loc[5, "returned_e4"] = days.loc[5, "bought_e4"]
    found = growths_of(pd.concat([days, monthly(a=steady(), c=steady())], ignore_index=True))
    assert found.loc["b", "active_months"] == 33  # of 34 between the first and the last month
    assert found.loc["b", "revenue"] == 1200.0


def test_the_money_of_the_segments_window_is_told():
    assert growths_of(monthly(a=np.arange(1.0, 37.0)))["revenue"].tolist() == [sum(range(25, 37))]


# --- who has none, and why --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("months_bought", "reason"),
    [
        (range(12, 36), None),
        (range(13, 36), "too_young"),
        (range(31), None),
        (range(30), "silent"),
        ([0, 5, 10, 15, 20, 25, 30, 35], None),
        ([0, 5, 10, 15, 20, 25, 35], "few_months"),
    ],
)
def test_a_customer_without_enough_history_has_no_growth_and_says_why(months_bought, reason):
    amounts = np.zeros(36)
    amounts[list(months_bought)] = 100
    found = growths_of(monthly(a=amounts, b=steady())).loc["a"]
    assert found["status"] == ("not_available" if reason else "estimated")
    assert (found["reason"] if reason else None) == reason
    assert pd.isna(found["growth_yearly"]) == bool(reason)


def test_data_of_less_than_a_month_gives_nobody_a_growth():
    days = monthly(a=steady(), b=steady())
    found = growths_of(days[days["order_date"] == "2022-01-10"], as_of=pd.Timestamp("2022-01-20"))
    assert found["reason"].tolist() == ["too_young"] * 2
    assert found["verdict"].isna().all()


# --- peers ------------------------------------------------------------------------------------


def slopes(count):
    return Trends(np.arange(count) / 10, np.ones(count), np.full(count, 30))


def test_peers_are_of_the_industry_else_of_the_region_else_all():
    base = pd.DataFrame(
        {
            "industry": ["steel", "steel", "steel", "paper", "paper", None],
            "region": ["north", "north", "south", "north", "south", "south"],
        }
    )
    found = find_peers(base, slopes(6), 3)
    assert found["peer_kind"].tolist() == ["industry"] * 3 + ["region"] * 3
    assert found["peer_group"].tolist() == ["steel"] * 3 + ["north", "south", "south"]
    assert found["peers"].tolist() == [3] * 6
    assert found["slope"].tolist() == pytest.approx([0.1, 0.1, 0.1, 0.1, 0.4, 0.4])
    alone = find_peers(base, slopes(6), 4)
    assert alone["peer_kind"].tolist() == ["all"] * 6
    assert alone["peer_group"].isna().all()
    assert find_peers(base, slopes(6), 7)["peer_kind"].isna().all()


def test_without_enough_peers_there_is_a_growth_and_no_comparison():
    found = growths_of(monthly(a=steady(1.0), b=steady()), asked(min_peers=3))
    assert found["growth_yearly"].notna().all()
    assert found[["peer_growth", "relative_growth", "verdict"]].isna().all(axis=None)


# --- what stands out --------------------------------------------------------------------------


def test_who_surely_grows_otherwise_is_named_and_nobody_else():
    found = growths_of(crowd(up=noisy(90, 0.6), down=noisy(91, -0.4)))
    assert found["verdict"].value_counts().to_dict() == {"alike": 30, "faster": 1, "slower": 1}
    assert found.loc[["up", "down"], "verdict"].tolist() == ["faster", "slower"]


def test_a_named_customer_has_an_interval_beside_its_peers():
    found = growths_of(crowd(40, **{f"g{number}": noisy(100 + number, 0.4) for number in range(9)}))
    named = found[found["verdict"] == "faster"]
    assert len(named)
    assert (named["relative_lo"] > 0).all()


def test_the_signals_need_a_quadrant_and_ask_more_of_the_ordinary():
    days = crowd(up=noisy(90, 0.6), some=steady(0.09), down=noisy(91, -0.4), key=noisy(93, -0.4))
    quadrants = pd.DataFrame(
        {"customer_id": ["up", "some", "key"], "quadrant": ["ordinary", "ordinary", "key"]}
    )
    assert growths_of(days)["signal"].isna().all()
    found = growths_of(days, quadrants=quadrants)
    assert found["signal"].dropna().to_dict() == {"up": "growth_watch", "key": "early_warning"}
    assert found.loc["some", "relative_lo"] > 0  # faster than its peers, and not by ten points


def test_a_key_customer_that_grows_less_than_its_peers_is_a_warning_even_if_it_grows():
    peers = {f"p{number:02d}": noisy(number, 1.0) for number in range(25)}
    found = growths_of(
        monthly(**peers, key=noisy(93, 0.2)),
        quadrants=pd.DataFrame({"customer_id": ["key"], "quadrant": ["key"]}),
    )
    assert found.loc["key", "growth_yearly"] > 0
    assert found.loc["key", "signal"] == "early_warning"


# --- properties -------------------------------------------------------------------------------


def test_the_order_of_the_rows_does_not_matter():
    days = crowd(up=noisy(90, 0.6))
    shuffled = days.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(growths_of(days), growths_of(shuffled), rtol=1e-12)


def test_later_rows_change_nothing():
    days = crowd(up=noisy(90, 0.6))
    early = days[days["order_date"] <= "2024-06-30"]
    day = pd.Timestamp("2024-06-30")
    pd.testing.assert_frame_equal(growths_of(days, as_of=day), growths_of(early, as_of=day))


def test_the_month_that_as_of_cuts_is_left_out():
    days = crowd(up=noisy(90, 0.6))
    whole, cut = (growths_of(days, as_of=pd.Timestamp(day)) for day in ("2024-05-31", "2024-06-20"))
    pd.testing.assert_frame_equal(whole, cut)


def test_the_unit_of_money_scales_the_money_and_nothing_else():
    days = crowd(up=noisy(90, 0.6))
    small, large = growths_of(days), growths_of(days.assign(bought_e4=days["bought_e4"] * 100))
    assert large["revenue"].tolist() == pytest.approx((small["revenue"] * 100).tolist())
    pd.testing.assert_frame_equal(small.drop(columns="revenue"), large.drop(columns="revenue"))


def test_the_input_is_left_as_it_was():
    days = crowd()
    before = days.copy()
    growths_of(days)
    pd.testing.assert_frame_equal(days, before)
