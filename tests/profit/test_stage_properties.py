"""All tables of the stage from one served world: parts add up, and neither the order of rows nor what comes later changes one."""

import contextlib
import shutil

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from analysis.core import tables
from analysis.core.contracts.clean import CUSTOMER_MONTHS, ORDER_LINES
from analysis.core.contracts.optional import CONTACTS, TICKETS
from analysis.core.contracts.schema import E4
from analysis.core.stage import open_stage
from analysis.profit.assumed import assume_contributions
from analysis.profit.books import open_books
from analysis.profit.bridge import closes
from analysis.profit.load import find_loads
from analysis.profit.losses import find_losses
from tests.recovery.worlds import Scene

WORLD = Scene("building_materials", customers=60, known_months=26, served=True)
DAYS = {ORDER_LINES: "order_date", CUSTOMER_MONTHS: "month", CONTACTS: "date", TICKETS: "opened_at"}


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    """The world, cleaned, in a project folder."""
    found = WORLD.play(3, tmp_path_factory.mktemp("properties"))
    with found.inside():
        return found


def stage_tables(folder):
    """Every table that the stage writes, from the tables in ``folder``."""
    with contextlib.chdir(folder):
        stage = open_stage("profit")
        books = open_books(stage)
        found = dict(zip(("points", "tiers", "facts"), books.measure_concentration(), strict=True))
        found |= {"bridge": books.build_bridge(), "ranked": books.rank_customers()}
        found |= {"costs": books.serving_costs, "pools": books.serving_pools, "minima": books.try_minimum_orders()}
        found |= {"problems": books.find_problems(found["ranked"]), "months": books.month_ends(found["bridge"])}
        found |= dict(zip(("depths", "sources"), find_losses(stage, books), strict=True))
        found |= {"loads": find_loads(books), "assumed": assume_contributions(books)}
    return books, {name: ordered(frame) for name, frame in found.items()}


def ordered(frame):
    """The rows as a stored table has them: their order is that of the key."""
    return frame.sort_values([name for name in frame if frame[name].notna().all()], kind="stable", ignore_index=True)


@pytest.fixture(scope="module")
def told(ground):
    return stage_tables(ground.folder)


@pytest.fixture
def changed(ground, tmp_path):
    """A copy of the project with every stored table put through ``change``."""

    def copied(change):
        shutil.copytree(ground.folder, tmp_path / "copy")
        for file in sorted((tmp_path / "copy" / "data").glob("*/*.parquet")):
            if file.parent.name in ("tables", "optional"):
                pq.write_table(change(file.stem, pq.read_table(file)), file)
        return stage_tables(tmp_path / "copy")[1]

    return copied


def test_the_order_of_the_rows_of_all_inputs_changes_no_table(told, changed):
    rng = np.random.default_rng(1)
    other = changed(lambda _, table: table.take(rng.permutation(len(table))))
    for name, frame in told[1].items():
        pd.testing.assert_frame_equal(frame, other[name], obj=name)


def test_rows_after_as_of_change_no_table(told, changed):
    """Each table gets some of its own rows again, ten years later."""
    days = {table.name: column for table, column in DAYS.items()}

    def later(name, table):
        if name not in days:
            return table
        frame = table.to_pandas(date_as_object=False)
        ahead = frame.tail(200).assign(**{days[name]: frame[days[name]].tail(200) + pd.DateOffset(years=10)})
        return table.from_pandas(pd.concat([frame, ahead]), schema=table.schema, preserve_index=False)

    other = changed(later)
    for name in set(told[1]) - {"months"}:
        pd.testing.assert_frame_equal(told[1][name], other[name], obj=name)


def test_a_served_world_fills_the_tables(told):
    empty = sorted(name for name, frame in told[1].items() if frame.empty)
    assert empty == ["assumed", "loads"], "those stand in where costs are not known"


def test_what_customers_bring_adds_up_to_the_bridge_the_curve_and_the_months(told):
    books, found = told
    ranked, facts = found["ranked"], found["facts"].set_index(["measure", "period"])
    for measure in ("revenue", "contribution", "profit"):
        total = ranked[measure].sum()
        assert total == pytest.approx(books.total(measure))
        curve = facts.loc[(measure, "now")]
        assert curve["value"] + curve["pseudo_value"] == pytest.approx(total)
        assert curve["gains"] - curve["losses"] == pytest.approx(curve["value"])
    assert closes(found["bridge"])
    year = found["bridge"][(found["bridge"]["comparison"] == "year") & (found["bridge"]["measure"] == "contribution")]
    last = year[(year["last_month"] == books.now.last) & (year["part"] == "total")]
    assert last["value_e4"].item() / E4 == pytest.approx(ranked["contribution"].sum())


def test_profit_is_contribution_less_what_serving_cost_customer_by_customer(told):
    _, found = told
    ranked = found["ranked"][found["ranked"]["profit_status"] == "measured"]
    expected = ranked["contribution"] - ranked["serving_cost"].fillna(0)
    np.testing.assert_allclose(ranked["profit"], expected, atol=1 / E4)
    costs = found["costs"][found["costs"]["period"] == "now"]
    assert costs["cost_e4"].sum() == found["pools"]["customers_e4"].sum()


def test_a_higher_minimum_order_touches_no_fewer_orders_and_pays_from_a_dearer_order_on(told):
    minima = told[1]["minima"].sort_values("minimum")
    for name in ("orders", "customers", "top_customers", "sales", "order_cost", "break_even_cost"):
        assert minima[name].is_monotonic_increasing, name
    assert ((minima["gain_lo"] <= minima["gain"]) & (minima["gain"] <= minima["gain_hi"])).all()
    assert ((minima["break_even_cost_lo"] <= minima["break_even_cost"]) & (minima["break_even_cost"] <= minima["break_even_cost_hi"])).all()


def test_sales_below_cost_are_those_of_the_customers_with_loss_lines(told):
    _, found = told
    lines = tables_sum(found["ranked"])
    assert found["depths"]["loss_lines"].sum() == lines
    by_kind = found["sources"].groupby("kind")["losses"].sum().reindex(["category", "product"]).fillna(0.0)
    assert by_kind.tolist() == pytest.approx([found["depths"]["losses"].sum()] * 2)


def tables_sum(ranked):
    """Loss-making lines that the months of the customers count."""
    return int(ranked["loss_lines"].sum())


def test_whoever_surely_loses_money_is_below_zero_and_saves_at_most_what_serving_costs(told):
    _, found = told
    problems = found["problems"]
    assert (problems["profit"] < 0).all()
    assert (problems["profit"] <= problems["profit_hi"]).all()
    assert (problems[["minimum_order", "self_service", "fewer_visits"]].max(axis=1) <= problems["serving_cost"]).all()
    assert tables.ROUNDING < 1
