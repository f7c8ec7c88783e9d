"""The cleaning finds in the demo's other tables what was put into them, no more and no less."""

import csv
import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from analysis.clean.cleaning import open_cleaning
from analysis.core import params, tables
from analysis.core.contracts import optional
from analysis.core.contracts.clean import OPTIONAL_REMARKS, OPTIONAL_TABLES
from analysis.simulate.__main__ import simulate

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory):
    """A small demo, cleaned: its folder, and the cleaning."""
    home = tmp_path_factory.mktemp("demo")
    simulate(params.Demo(random_seed=7, customers=120, months=36), home / "data" / "demo", home / "truth")
    (home / "dvc.yaml").touch()
    shutil.copyfile(PROJECT / "params.yaml", home / "params.yaml")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        work = open_cleaning()
        work.judge()
        work.store()
        yield home, work


def test_every_table_is_recognised_by_its_headers(cleaned):
    home, _ = cleaned
    told = json.loads((home / "truth" / "true_tables.json").read_text("utf-8"))["tables"]
    found = set(tables.read(OPTIONAL_TABLES)["table_name"])
    assert found == {*told, "customers", "products"}


def test_rows_duplicates_later_rows_and_bad_cells_are_those_of_the_truth(cleaned):
    home, _ = cleaned
    told = json.loads((home / "truth" / "true_tables.json").read_text("utf-8"))["tables"]
    found = tables.read(OPTIONAL_TABLES).set_index("table_name")
    names = {"rows": "rows_read", "accepted": "accepted", "duplicates": "duplicates", "after_as_of": "after_as_of",
             "unreadable_cells": "bad_cells"}  # fmt: skip
    for table, counts in told.items():
        assert {name: found.loc[table, column] for name, column in names.items()} == {name: counts[name] for name in names}, table


def test_unknown_customers_and_bad_cells_are_listed_with_their_value(cleaned):
    home, _ = cleaned
    with (home / "truth" / "table_faults.csv").open(encoding="utf-8", newline="") as file:
        faults = list(csv.DictReader(file))
    told = json.loads((home / "truth" / "true_tables.json").read_text("utf-8"))["tables"]
    remarks = tables.read(OPTIONAL_REMARKS)
    listed = set(zip(remarks["table_name"], remarks["issue"], remarks["column_name"], remarks["seen"], strict=True))
    broken = {(row["table"], row["kind"], row["column"], row["value"]) for row in faults if row["kind"] == "unreadable_cell"}
    assert {one for one in listed if one[1] == "unreadable_cell"} == broken
    strangers = {(row["table"], row["kind"], row["column"], row["customer_id"]) for row in faults if row["kind"] == "unknown_customer"}
    assert len(strangers & listed) == sum(count["unknown_customers"] for count in told.values()) > 15  # not those after as_of


@pytest.mark.usefixtures("cleaned")
def test_the_wallet_covers_a_part_of_the_revenue_and_contacts_nearly_all():
    found = tables.read(OPTIONAL_TABLES).set_index("table_name")["coverage"]
    assert 0.05 < found["wallet"] < 0.9
    assert found["contacts"] > 0.8
    assert found[["spend", "capacity", "activity_costs"]].isna().all()


def test_money_of_the_wallet_is_what_was_told_to_the_last_cent(cleaned):
    home, _ = cleaned
    true = pq.read_table(home / "truth" / "true_wallet_record.parquet").to_pandas()
    stored = tables.read(optional.WALLET).dropna(subset="annual_spend_e4")
    both = stored.merge(true, on=["customer_id", "category", "period"], how="inner")
    assert len(both) > 0.9 * len(stored)
    assert (both["annual_spend_e4"] == both["told_e4"]).all()


def test_with_all_tables_no_capability_lacks_one(cleaned):
    _, work = cleaned
    assert work.gate.loc[work.gate["status"] == "not_available", "capability"].tolist() == []
