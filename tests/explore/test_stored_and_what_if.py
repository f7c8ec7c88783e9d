"""Any table by name, and a stage computed with other parameters while data/ stays as it is."""

import hashlib
import json

import pytest

from analysis.core.errors import DataError, ParamsError
from analysis.explore.stored import Stored, stored
from analysis.explore.what_if import what_if
from tests.explore.tables_of import make_project

CODE = """
from analysis.core import tables
from analysis.core.contracts.clean import CUSTOMERS
from analysis.core.contracts.explore import ORDERS_OF_CUSTOMER
from analysis.core.estimate import measured
from analysis.core.stage import open_stage
stage = open_stage("segment", params_file, as_of)
stage.publish([measured("window", stage.settings.window_months, "count", n=1, inputs="params"), measured("same", 1, "count", n=1, inputs="")])
people = tables.read(CUSTOMERS)
tables.write(CUSTOMERS, people.assign(region=people["region"].where(people["customer_id"] != "Q", str(stage.settings.window_months))))
display(people)
"""


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make_project(tmp_path)
    (tmp_path / "dvc.yaml").write_text("stages:\n  segment:\n    cmd: python -m pipeline.run segment\n")
    (tmp_path / "notebooks").mkdir()
    parameters = {"cell_type": "code", "id": "parameters", "source": ['params_file = "params.yaml"\n', "as_of = None"]}
    cells = [{"cell_type": "markdown", "id": "title", "source": "# x"}, parameters, {"cell_type": "code", "id": "do", "source": CODE}]
    (tmp_path / "notebooks" / "3_segment.ipynb").write_text(json.dumps({"cells": cells}))
    what_if("segment")  # leaves nothing behind
    exec(CODE, {"params_file": "params.yaml", "as_of": None, "display": print})
    return tmp_path


def content(folder):
    return {file.relative_to(folder): hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.rglob("*") if file.is_file()}


# --- tables ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("place")
def test_a_table_is_read_by_its_name_and_names_complete():
    assert stored.risk.equals(stored["risk"])
    assert {"risk", "clv", "customer_list", "segment_figures"} <= {*dir(stored)} & {*stored} & {*stored._ipython_key_completions_()}
    assert "rfm" not in stored  # not stored yet
    assert stored.listing().set_index("table").loc["risk", ["rows", "columns"]].tolist() == [3, 15]
    assert "one customer&#x27;s risk" in stored._repr_html_() or "one customer's risk" in stored._repr_html_()


@pytest.mark.usefixtures("place")
def test_columns_say_what_they_mean():
    told = stored.columns("risk").set_index("column")
    assert told.loc["silence_days", ["unit", "meaning", "标签"]].tolist() == ["days", "Days since the last order.", "沉默天数"]
    assert told.loc["customer_id", "in the key"]


@pytest.mark.usefixtures("place")
def test_an_unknown_table_is_answered_with_the_nearest_names():
    with pytest.raises(DataError, match=r"^stored: there is no such table, got 'risks'\. Nearest are risk, .*; `stored` lists all\.$"):
        _ = stored.risks
    with pytest.raises(DataError, match=r"^data/tables/rfm\.parquet: the table is not there\. Run `python3 workbook\.py`"):
        _ = stored.rfm


def test_a_table_that_is_changed_in_a_notebook_is_read_afresh(place):
    before = content(place)
    frame = stored.risk
    frame["risk"] = 0.0
    assert stored.risk["risk"].tolist() == [0.9, 0.8, 0.7]
    assert content(place) == before


def test_what_is_no_table_is_no_attribute():
    assert not hasattr(Stored(), "_repr_svg_")


# --- what if -----------------------------------------------------------------------------------------------


def test_a_what_if_tells_figures_and_cells_that_differ_and_touches_nothing(place):
    before = content(place)
    asked = what_if("segment", changes={"segment.window_months": 6})
    assert asked.changes == {"segment.window_months": (12, 6)}
    figures = asked.figures().set_index("name")
    assert figures.loc["window", ["now", "what_if", "difference"]].tolist() == [12, 6, -6]
    assert figures.loc["same", "difference"] == 0
    found = asked.compare("customers")
    assert found.index.tolist() == ["Q"]
    assert found.loc["Q", "region"].tolist() == ["12", "6"]
    assert asked.table("customers").set_index("customer_id").loc["H", "region"] == "North"
    assert "window" in asked._repr_html_()
    assert "same" not in asked._repr_html_()
    aside = asked._folder
    assert aside.is_dir()
    del asked
    assert not aside.exists()
    assert content(place) == before


def test_a_file_of_parameters_is_a_what_if_too(place):
    text = (place / "params.yaml").read_text("utf-8")
    (place / "half.yaml").write_text(text.replace("segment:\n  window_months: 12", "segment:\n  window_months: 9"), encoding="utf-8")
    asked = what_if("segment", params_file="half.yaml")
    assert asked.changes == {"segment.window_months": (12, 9)}
    assert asked.figures().set_index("name").loc["window", "what_if"] == 9


def test_what_is_not_known_is_refused_and_nothing_is_left_aside(place):
    with pytest.raises(ParamsError, match=r"^what_if: there is no such parameter, got 'segment\.nothing'\. Name it by its sections"):
        what_if("segment", changes={"segment.nothing": 1})
    with pytest.raises(ParamsError, match=r"params\.yaml, section segment: window_months must be at least 1, got 0"):
        what_if("segment", changes={"segment.window_months": 0})
    with pytest.raises(DataError, match=r"^what_if: there is no such stage, got 'growth'\. Stages are segment\.$"):
        what_if("growth")
    with pytest.raises(ParamsError, match=r"^other\.yaml: the file is not there"):
        what_if("segment", params_file="other.yaml")
    assert [*(place / ".dvc" / "tmp").glob("what_if_*")] == []
