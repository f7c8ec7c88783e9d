"""The optional tables are read alike by DuckDB and by Spark."""

import datetime
import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "clean"))

from reading import read, write

from analysis.clean.cleaning import Cleaning
from analysis.core import params, tables
from analysis.core.contracts import optional
from analysis.core.contracts.clean import OPTIONAL_REMARKS, OPTIONAL_TABLES
from analysis.core.engine import DuckEngine, SparkEngine

PARAMS = Path(__file__).parents[2] / "params.yaml"
ORDERS = "客户编号,订单号,订单日期,产品编码,含税金额\nA,1,2024-01-05,p,60.00\nB,2,2024-02-06,p,30.00\nA,3,2024-03-31,p,5.00\n"
DAYS = ("2024-03-05", "2024/3/5", "20240305", "2024年3月5日", "45356", "45356.75", "5 Mar 2024", "25/3/2024", "25/3/24 11:05 PM",
        "2024-02-30", "2024-03", "202403", "today", "", "-", "2024-03-05T10:20:30", "99/99/2024", "2024-04-05 00:00")  # fmt: skip
NUMBERS = ("12.5", "1,234.50", "(7.25)", "8-", "１２３．５", "¥1,234.5", "1e3", "", "-", "25%", "0x10", "3", "5.0", "NaN", "99999999999999999999")
YEARS = ("2023", "2023年", "2023.0", "2024-02", "2024Q1", "2024年3月", "2025", "soon", "20240105", "45356")
YES = ("是", "no", "1", "unknown", "maybe", "")
PAIRS = [(DAYS[n % len(DAYS)], NUMBERS[n % len(NUMBERS)]) for n in range(len(DAYS) * len(NUMBERS))]


def files():
    tickets = "".join(f"T{n % 200},{'ABZ'[n % 3]},{day},{day},\"{number}\",\"{number}\"\n" for n, (day, number) in enumerate(PAIRS))
    wallet = "".join(f"{'ABZ'[n % 3]},纸,{year},\"{NUMBERS[n % len(NUMBERS)]}\",{n % 120}\n" for n, year in enumerate(YEARS * 5))
    referrals = "".join(f"{'ABZ'[n % 3]},B{n},2024-01-{1 + n % 28:02d},{yes}\n" for n, yes in enumerate(YES * 6))
    usage = "".join(f"{'AB'[n % 2]},{day},logins,\"{number}\"\n" for n, (day, number) in enumerate(PAIRS))
    return {
        "customers__csv": "客户编号,唯一客户编号,客户名称\nA,P1,甲\nB,P2,乙\n",
        "tickets__csv": f"工单号,客户编号,报修时间,解决时间,严重程度,用时\n{tickets}",
        "wallet__csv": f"客户编号,品类,年度,年采购总额(万元),我司占比\n{wallet}",
        "referrals__csv": f"推荐人,被推荐人,推荐日期,原本会来\n{referrals}",
        "usage__csv": f"客户编号,日期,指标,登录次数\n{usage}",
    }


def tables_on(engine, folder, monkeypatch):
    folder.mkdir()
    (folder / "dvc.yaml").touch()
    monkeypatch.chdir(folder)
    write(folder / "raw", orders__csv=ORDERS, **files())
    work = Cleaning(params.load(PARAMS), datetime.date(2024, 3, 31), engine, read(folder / "raw", folder / "read"))
    work.judge()
    work.store()
    names = (OPTIONAL_TABLES, OPTIONAL_REMARKS, optional.TICKETS, optional.WALLET, optional.REFERRALS, optional.USAGE)
    placed = {table.name: [name for name in (*table.key, "file_no", "row_no") if name in table.by_name] for table in names}
    return {table.name: tables.read(table).sort_values(placed[table.name], ignore_index=True) for table in names}


@pytest.mark.filterwarnings("ignore::FutureWarning")  # the client says that it does not know pandas 3; files carry the rows
def test_both_engines_read_the_same_optional_tables(session, tmp_path, monkeypatch):
    (tmp_path / "dvc.yaml").touch()
    monkeypatch.chdir(tmp_path)
    duck = tables_on(DuckEngine(memory_limit_gb=1, threads=2), tmp_path / "duck", monkeypatch)
    spark = tables_on(SparkEngine(session), tmp_path / "spark", monkeypatch)
    for name, frame in duck.items():
        pd.testing.assert_frame_equal(frame, spark[name], obj=name)
        assert len(frame) > 0
