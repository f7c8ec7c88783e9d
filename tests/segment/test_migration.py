"""Sizes, money and moves add up to the whole; intervals are those of the Dirichlet posterior."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as limits
from purchase_days import SETTINGS, settings
from test_rfm import STORY, histories, measures, scored, written

from analysis.core.contracts.segment import MIGRATION, SEGMENTS
from analysis.segment.migration import count_matrix, migrate, segment_names, size_segments, top_movers

NAMES = [rule.name for rule in SETTINGS.rules]
NAMES_SHOWN = segment_names(SETTINGS.rules)


def table(**counts):
    """A rfm table with so many customers for each way ``from__to``; each is worth 10 before and 15 now."""
    ways = [way.split("__") for way, count in counts.items() for _ in range(count)]
    frame = pd.DataFrame(ways, columns=["segment_before", "segment"])
    return frame.assign(
        customer_id=[f"c{n:03}" for n in range(len(ways))],
        money_before=np.where(frame["segment_before"] == "new", 0.0, 10.0),
        money=np.where(frame["segment"].isin(["silent", "gone"]), 0.0, 15.0),
        recency_days=pd.array([5] * len(ways), dtype="Int64"),
        purchase_days=1,
    ).assign(money_change=lambda some: some["money"] - some["money_before"], move="up")


RFM = table(
    general_value__general_value=6, general_value__important_value=3, general_value__silent=1,
    new__general_develop=4, silent__silent=5, important_value__gone=1,
)  # fmt: skip


def test_ways_out_of_a_segment_are_shares_of_its_customers():
    ways = migrate(RFM, settings()).set_index(["segment_before", "segment"])
    assert ways.loc[("general_value", "general_value"), ["customers", "share"]].tolist() == [6, 0.6]
    assert ways.loc[("general_value", "important_value"), "share"] == 0.3
    assert ways.loc[("new", "general_develop"), "share"] == 1.0
    assert ways["share"].groupby("segment_before").sum().tolist() == pytest.approx([1.0] * 4)
    assert "important_keep" not in ways.index.get_level_values(0), "nobody was there"


def test_the_interval_of_a_share_is_that_of_its_beta():
    """3 of 10 with prior 1/2 on each of 10 ways: Beta(3.5, 11.5); R: qbeta(c(.05, .95), 3.5, 11.5)."""
    way = (
        migrate(RFM, settings())
        .set_index(["segment_before", "segment"])
        .loc[("general_value", "important_value")]
    )
    rng = np.random.default_rng(1)
    drawn = rng.dirichlet([3.5, 6.5, 1.5, *[0.5] * 7], 200_000)[:, 0]
    assert [way["lo"], way["hi"]] == pytest.approx(np.quantile(drawn, [0.05, 0.95]).tolist(), abs=0.003)


def test_more_customers_narrow_the_interval():
    few = migrate(RFM, settings())
    many = migrate(pd.concat([RFM] * 50, ignore_index=True), settings())
    assert ((many["hi"] - many["lo"]) < (few["hi"] - few["lo"])).all()


def test_moved_money_and_customers_add_up_to_all():
    ways = migrate(RFM, settings())
    assert ways["customers"].sum() == len(RFM)
    assert (
        ways["money_change"].sum() == RFM["money_change"].sum() == 6 * 5 + 3 * 5 - 10 + 4 * 15 + 5 * -10 - 10
    )


def test_sizes_add_up_and_leave_nobody_out():
    sizes = size_segments(RFM, pd.Series(0.1, index=RFM["customer_id"]), SETTINGS)
    SEGMENTS.check(sizes[list(SEGMENTS.by_name)])
    assert sizes["segment"].tolist() == segment_names(SETTINGS.rules) == [*NAMES, "silent"]
    assert sizes["customers"].sum() == len(RFM) - 1, "all but the one that returned everything"
    assert sizes["customers_before"].sum() == len(RFM) - 4, "all but the new"
    assert sizes["customer_share"].sum() == pytest.approx(1)
    assert sizes.set_index("segment").loc["general_value", ["customers", "customers_before"]].tolist() == [
        6,
        10,
    ]


def test_shares_of_money_that_is_not_positive_are_missing():
    sizes = size_segments(RFM.assign(money=-1.0), pd.Series(dtype=float), SETTINGS)
    assert sizes["money_share"].isna().all()


@limits(deadline=None, max_examples=15)
@given(histories)
def test_sizes_and_money_of_any_history_add_up_to_the_whole(rows):
    days, back = written(rows)
    rfm = scored(days, back).reset_index()
    now, before = measures(days, back)
    sizes = size_segments(rfm, pd.Series(0.0, index=now.index), SETTINGS)
    ways = migrate(rfm, settings())
    MIGRATION.check(ways[list(MIGRATION.by_name)])
    assert sizes["customers"].sum() == len(now)
    assert sizes["customers_before"].sum() == len(before)
    assert sizes["money"].sum() == pytest.approx(now["money_e4"].sum() / 10_000)
    assert ways["money"].sum() == pytest.approx(now["money_e4"].sum() / 10_000)
    assert ways["money_before"].sum() == pytest.approx(before["money_e4"].sum() / 10_000)


def test_the_matrix_shows_new_customers_last_and_leaves_out_an_empty_way():
    matrix = count_matrix(migrate(RFM, settings()), NAMES_SHOWN, "customers")
    assert matrix.index.tolist() == [*NAMES, "silent", "new"]
    assert matrix.columns.tolist() == [*NAMES, "silent", "gone"]
    stayed = count_matrix(migrate(RFM[RFM["segment"] != "gone"], settings()), NAMES_SHOWN, "customers")
    assert stayed.columns.tolist() == [*NAMES, "silent"]


def test_top_movers_are_those_whose_money_moved_most():
    movers = top_movers(scored(f"{STORY}\n big 2023-06-20 9000").reset_index(), 3)
    assert movers["customer_id"].tolist() == ["big", "steady", "returns"]
    assert movers["money_change"].tolist() == [-9000.0, 100.0, -80.0]
