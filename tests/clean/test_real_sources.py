"""F1 on real exports: the check numbers of each set, from the files as they are."""

import dataclasses
import os
from pathlib import Path

import pandas as pd
import pytest
from bench import PARAMS

from analysis.clean.cleaning import open_cleaning
from analysis.core import params, tables
from analysis.core.contracts import clean as contracts
from analysis.core.errors import DataError

FOLDER = os.environ.get("ANALYSIS_DATASETS")
pytestmark = pytest.mark.skipif(not FOLDER, reason="ANALYSIS_DATASETS does not name the folder of real data sets")


@pytest.fixture(scope="module")
def cleaned_source(tmp_path_factory):
    """Clean a set once a module: name of the source, keywords for the section clean."""
    done = {}

    def run(source, as_of=None, **clean):
        key = (source, as_of, tuple(sorted(clean.items())))
        if key not in done:
            folder = tmp_path_factory.mktemp("project")
            (folder / "dvc.yaml").touch()
            (folder / "params.yaml").write_text(PARAMS.read_text("utf-8"), "utf-8")
            with pytest.MonkeyPatch.context() as patch:
                patch.chdir(folder)
                loaded = params.load(PARAMS)
                told = dataclasses.replace(
                    loaded,
                    source=dataclasses.replace(loaded.source, path=str(Path(FOLDER) / source)),
                    clean=dataclasses.replace(loaded.clean, **clean),
                )
                patch.setattr(params, "load", lambda _file: told)
                work = open_cleaning(as_of=as_of)
                with work.engine:
                    work.judge()
                    work.store()
                    stored = (contracts.ORDER_LINES, contracts.REJECTED_LINES, contracts.CUSTOMERS, contracts.CUSTOMER_DAYS)
                    done[key] = (work.steps.set_index("rule"), work.facts.iloc[0], work.profile.set_index("column"),
                                 *(tables.read(table) for table in stored))  # fmt: skip
        return done[key]

    return run


RETAIL = ("online_retail_II/online_retail_II.csv.gz", "2011-12-09")


def test_online_retail_loses_no_line(cleaned_source):
    steps, _, _, accepted, rejected, *_ = cleaned_source(*RETAIL)
    assert steps["lines_before"].iloc[0] == 1_067_371 == len(accepted) + len(rejected)
    assert round(steps["amount_before_e4"].iloc[0] / 10, 0) == 19_287_250_568


def test_the_two_exports_of_online_retail_overlap_by_nine_days(cleaned_source):
    overlap = cleaned_source(*RETAIL)[0].loc["export_overlap"]
    assert (overlap["lines_hit"], overlap["amount_hit_e4"] / 1e4) == (22_523, 377_488.45)
    assert (str(overlap["first_date"].date()), str(overlap["last_date"].date())) == ("2010-12-01", "2010-12-09")


def test_online_retail_holds_what_its_description_counts(cleaned_source):
    profile = cleaned_source(*RETAIL)[2]
    distinct = profile["distinct_values"][["order_id", "product_id", "product_name", "customer_id", "region"]].tolist()
    assert distinct == [53_628, 5_305, 5_698, 5_942, 43]
    assert profile["missing"][["customer_id", "product_name"]].tolist() == [243_007, 4_382]


def test_online_retail_gives_the_published_clean_figures(cleaned_source):
    """Lines with a customer, not cancelled, quantity and price above zero: 17,431,551.18 without the overlap, 17,374,804.27
    without any repeated line."""
    _, _, _, accepted, rejected, *_ = cleaned_source(*RETAIL)
    columns = ["customer_id", "order_id", "qty_e3", "raw_amount_e4"]
    lines = pd.concat([accepted[columns].assign(rule=""), rejected[[*columns, "rule"]]])
    plain = lines[lines["customer_id"].notna() & ~lines["order_id"].str.startswith("C") & (lines["qty_e3"] > 0) & (lines["raw_amount_e4"] > 0)]
    once = plain[~plain["rule"].isin(["export_overlap"])]
    single = once[once["rule"] != "exact_duplicate"]
    assert (len(plain), round(plain["raw_amount_e4"].sum() / 1e4, 2)) == (805_549, 17_743_429.18)
    assert (len(once), round(once["raw_amount_e4"].sum() / 1e4, 2), once["order_id"].nunique()) == (791_045, 17_431_551.18, 36_969)
    assert (len(single), round(single["raw_amount_e4"].sum() / 1e4, 2)) == (779_425, 17_374_804.27)
    assert single["customer_id"].nunique() == 5_878


def test_superstore_carries_its_own_profit_and_shares_its_order_ids(cleaned_source):
    steps, facts, _, accepted, _, customers, days = cleaned_source("tableau_superstore_cn")
    assert (len(accepted), len(customers), steps["lines_hit"].sum()) == (9_959, 771, 0)
    assert (accepted["amount_e4"].sum() / 1e4, accepted["contribution_e4"].sum() / 1e4) == (16_068_954.125, 2_147_538.925)
    assert facts[["order_ids", "shared_order_ids", "occasion_rule"]].tolist() == [2_770, 1_401, "customer_date"]
    assert (len(days), accepted["qty_e3"].sum() / 1e3) == (4_939, 37_534)
    assert round((accepted["contribution_e4"] < 0).mean(), 3) == 0.205


def test_cdnow_keeps_every_customer_where_free_lines_count(cleaned_source):
    _, facts, _, accepted, _, customers, days = cleaned_source("cdnow/CDNOW_master.txt", keep_free_lines=True, keep_duplicates=True)
    assert (len(accepted), len(customers), str(facts["as_of"].date())) == (69_659, 23_570, "1998-06-30")
    assert (round(accepted["amount_e4"].sum() / 1e4, 2), accepted["qty_e3"].sum()) == (2_500_315.63, 167_881_000)
    assert len(days) == 69_659 - 2_068


def test_northwind_is_joined_from_its_files(cleaned_source):
    _, _, profile, accepted, rejected, customers, _ = cleaned_source("northwind", as_of="1998-05-06")
    assert (len(accepted), len(rejected), len(customers)) == (2_155, 0, 89)
    assert round(accepted["amount_e4"].sum() / 1e4, 2) == 1_265_793.04
    gross = (accepted["qty_e3"] * accepted["unit_price_e4"]).sum() / 1e7
    assert (round(gross, 2), profile["distinct_values"]["order_id"], profile["missing"]["product_name"]) == (1_354_458.59, 830, 0)


def test_northwind_tells_late_deliveries_and_those_still_open(cleaned_source):
    """As in its file of orders: 37 of 830 were shipped after the day required, 21 were not shipped yet."""
    accepted = cleaned_source("northwind", as_of="1998-05-06")[3].drop_duplicates("order_id")
    promised, delivered = accepted["promised_date"], accepted["delivered_date"]
    assert (promised.notna().sum(), (delivered > promised).sum(), delivered.isna().sum()) == (830, 37, 21)


def test_orders_without_a_customer_stop_with_what_was_seen_and_the_line_to_write(cleaned_source):
    with pytest.raises(DataError, match=r"^tmall_order_report\.csv: no column for the customer; the headers are 订单编号, .*source\.columns"):
        cleaned_source("tmall_orders")


def test_a_labelled_snapshot_is_told_what_it_can_and_cannot_do(cleaned_source):
    with pytest.raises(DataError, match=r"Column Churn makes it a labelled snapshot, .* cannot tell value, risk or warnings, .*effects_of_label"):
        cleaned_source("ecommerce_churn")
