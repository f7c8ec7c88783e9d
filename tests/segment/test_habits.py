"""G3: habits by hand, habits that come back, and groups only where there are some."""

import numpy as np
import pandas as pd
import pytest
from habit_bases import EARLY, LATE, ONE, base
from order_lines import drawn, habits_on

from analysis.core import tables
from analysis.core.contracts import segment_habits as contracts
from analysis.core.contracts.capabilities import CAPABILITIES

# 2024-06-03 is a Monday. Two lines of a day are one order.
STORY = """
a 2024-06-03  9 tools web 1 100 0
a 2024-06-03 11 paper web 1 300 0.5
a 2024-06-08 19 tools web 1 200 0.2
a 2024-06-18  8 tools web 1 600 -
a 2024-07-02  - glue  web 1 100 0
b 2024-06-05  - tools -   1 900 0
b 2024-06-20  - tools -   1 -50 0 return
many 2024-06-05 9 tools web 1 5000 0
old 2022-06-05 9 tools web 1 5000 0
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def habits_of(records, customer):
    return records.table.set_index("customer_id").loc[customer]


def test_a_customers_habits_are_those_of_its_orders(here):
    found = habits_of(habits_on(here, drawn(STORY), habits={"min_orders": 4}), "a")
    assert found["orders"] == 4
    assert found["median_order"] == 300, "of 400, 200, 600, 100"
    assert found["gap_days"] == pytest.approx((5 + 10 + 14) / 3)
    assert found["gap_variation"] == pytest.approx(np.std([5, 10, 14]) / np.mean([5, 10, 14]))
    assert found["weekend_share"] == 1 / 4, "the eighth of June is a Saturday"
    assert (found["morning_share"], found["evening_share"]) == (pytest.approx(2 / 3), pytest.approx(1 / 3)), "of three with an hour"
    assert (found["main_category"], found["main_category_share"]) == ("tools", 3 / 5)
    assert found["mean_discount"] == pytest.approx((0 + 0.5 + 0.2 + 0 + 0) / 5), "a blank is none where the file writes discounts"


def test_a_customer_with_few_orders_has_no_habits_but_its_order_size(here):
    found = habits_of(habits_on(here, drawn(STORY), habits={"min_orders": 4}), "b")
    assert (found["orders"], found["median_order"], found["value"]) == (1, 900, 850)
    assert found[["gap_days", "weekend_share", "main_category", "mean_discount", "habit_group"]].isna().all()


def test_many_people_and_orders_before_the_window_do_not_count(here):
    assert habits_on(here, drawn(STORY)).table["customer_id"].tolist() == ["a", "b"]


def test_sales_are_parted_by_place_goods_and_size(here):
    shares = habits_on(here, drawn(STORY), regions={"a": "North"}).shares
    by = shares.set_index(["dimension", "level"])
    assert by.loc[("region", "North"), ["customers", "orders", "sales_e4"]].tolist() == [1, 4, 13_000_000]
    assert by.loc[("category", "tools"), ["customers", "orders", "sales_e4"]].tolist() == [2, 4, 18_000_000]
    assert shares[shares["dimension"] == "region"]["level"].isna().tolist() == [False, True], "what is not known stands last"
    assert shares.groupby("dimension")["sales_e4"].sum().unique().tolist() == [22_000_000]
    # Orders of 100, 200, 400, 600 and 900: the quarter bounds are 200, 400 and 600.
    sizes = shares[shares["dimension"] == "order_size"].sort_values("position")
    assert sizes[["level", "orders"]].to_numpy().tolist() == [["1", 2], ["2", 1], ["3", 1], ["4", 1]]


def test_without_hours_the_months_stand_in_their_place(here):
    times = habits_on(here, drawn(STORY), habits={"known_from": 0.7}).times
    assert set(times["slot_kind"]) == {"month"}
    assert times.set_index(["weekday", "slot"])["orders"].to_dict() == {("mon", 6): 1, ("sat", 6): 1, ("tue", 6): 1, ("tue", 7): 1, ("wed", 6): 1}


def test_hours_are_shown_where_most_orders_tell_them(here):
    times = habits_on(here, drawn(STORY), habits={"known_from": 0.6}).times
    assert times.set_index(["weekday", "slot"])["orders"].to_dict() == {("mon", 9): 1, ("sat", 19): 1, ("tue", 8): 1}


def test_what_the_data_does_not_tell_is_named_with_its_column(here):
    lines = base([ONE]).assign(order_hour=None, category=None, channel=None, discount=None)
    proofs = habits_on(here, lines).proofs.set_index("habit")
    assert proofs["needs"].dropna().to_dict() == {
        "hour": "orders.order_date", "category": "orders.category", "channel": "orders.channel", "discount": "orders.discount",
    }  # fmt: skip
    assert proofs.loc[["order_size", "pace", "regularity", "weekend"], "reliability"].notna().all()


def test_the_capability_asks_for_no_column():
    assert {one.id: one.needs for one in CAPABILITIES}["G3"] == ()


def test_a_habit_comes_back_and_chance_does_not(here):
    two = habits_on(here, base([EARLY, LATE])).proofs.set_index("habit")["reliability"]
    assert two[["order_size", "weekend", "hour", "category", "discount"]].min() > 0.9
    assert two["regularity"] < 0.3, "all gaps are equally even"


def test_customers_that_are_one_kind_have_no_habits_and_no_groups(here):
    found = habits_on(here, base([ONE])).groups
    assert found.outcome == "no_habit"
    assert found.table.empty
    assert found.published.isna().all()


def test_customers_that_differ_by_degrees_are_no_groups(here):
    rng = np.random.default_rng(3)
    kinds = [ONE | {"customers": 1, "amount": 500 * rng.lognormal(0, 1), "gap": 40 * rng.lognormal(0, 0.3)} for _ in range(200)]
    found = habits_on(here, base(kinds)).groups
    assert found.outcome == "no_groups"
    assert found.chance > 0.05


def test_known_groups_are_published_with_their_rule(here):
    records = habits_on(here, base([EARLY, LATE]))
    found, table = records.groups, records.groups.table.set_index("habit_group")
    assert found.outcome == "all_stable"
    assert table["customers"].tolist() == [120, 80]
    assert table["stability"].min() > 0.98
    assert (table["precision"].min(), table["recall"].min()) == (1.0, 1.0)
    kind = records.sums["customer_id"].str[:2]
    assert found.published.groupby(kind).unique().map(list).to_dict() == {"k0": [1], "k1": [2]}
    early = table.loc[1]
    assert (early["main_category"], early["weekend_share"]) == ("tools", 0)
    assert early["main_category_share"] == pytest.approx(0.9, abs=0.02)
    assert early["morning_share"] == pytest.approx(0.95, abs=0.02)
    assert table.loc[2, "mean_discount"] == pytest.approx(0.2)
    assert table["value"].sum() == pytest.approx(records.value.sum())


def test_customers_that_were_not_drawn_join_the_nearest_group(here):
    records = habits_on(here, base([EARLY, LATE]), habits={"sampled_customers": 60})
    assert records.groups.table["customers"].tolist() == [120, 80]


def test_too_few_customers_with_habits_make_no_groups(here):
    found = habits_on(here, base([EARLY, LATE]), habits={"min_customers": 201}).groups
    assert (found.outcome, found.judged) == ("few_customers", 200)


@pytest.mark.parametrize(("stability", "outcome", "published"), [((0.9, 0.74), "some_stable", [1]), ((0.7, 0.5), "none_stable", [])])
def test_groups_that_do_not_come_again_are_counted_and_not_published(here, monkeypatch, stability, outcome, published):
    monkeypatch.setattr("analysis.segment.habit_groups.bootstrap_jaccard", lambda *_, **__: np.array(stability))
    found = habits_on(here, base([EARLY, LATE])).groups
    assert (found.outcome, len(found.table)) == (outcome, 2)
    assert found.table.loc[found.table["is_published"], "habit_group"].tolist() == published
    assert found.published.dropna().unique().tolist() == published


def test_the_order_of_the_rows_changes_no_table(here):
    lines = base([EARLY, LATE])
    found = kept(habits_on(here, lines))
    again = kept(habits_on(here, lines.sample(frac=1, random_state=2)))
    for name, frame in found.items():
        pd.testing.assert_frame_equal(frame, again[name])


def kept(records):
    """All tables as they are stored."""
    records.store()
    return {table.name: tables.read(table) for table in vars(contracts).values() if isinstance(table, contracts.Table)}
