"""Frames from Arrow: when rows count as sorted, sums by text, and what the engine sorts and codes."""

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.core.engine import DuckEngine
from analysis.core.frames import places_of, rises, sums_by, to_frame

pairs = st.lists(st.tuples(st.sampled_from(["a", "b", "Ä", "客"]), st.integers(0, 3)), max_size=6)


@given(pairs)
def test_rows_rise_exactly_where_they_are_sorted_and_none_repeats(rows):
    frame = pd.DataFrame(rows, columns=["name", "number"])
    assert rises(frame, ["name", "number"]) == (rows == sorted(set(rows)))


@pytest.mark.parametrize(
    ("values", "found"), [(["a", None], False), ([None, None], False), ([None], True), (["b", "a"], False), ([], True)]
)
def test_rows_with_something_missing_do_not_surely_rise(values, found):
    assert rises(pd.DataFrame({"name": values}), ["name"]) is found


def test_categories_rise_in_their_own_order():
    kind = pd.CategoricalDtype(["small", "large"])
    assert rises(pd.DataFrame({"size": pd.Categorical(["small", "large"], dtype=kind)}), ["size"])
    assert not rises(pd.DataFrame({"size": pd.Categorical(["large", "small"], dtype=kind)}), ["size"])


@pytest.mark.parametrize("kind", ["str", "category"])
def test_sums_by_text_stand_in_its_order(kind):
    found = sums_by(pd.DataFrame({"x": [1, 2, 4]}), pd.Series(["b", "a", "b"], dtype=kind))
    assert found["x"].to_dict() == {"a": 2, "b": 5}
    assert found.index.tolist() == ["a", "b"]


def test_a_coded_text_is_one_of_the_categories():
    found = to_frame(pa.table({"name": ["b", None, "a"]}), {"name": pd.CategoricalDtype(["a", "b", "c"])})
    assert found["name"].cat.codes.tolist() == [1, -1, 0]


def test_the_engine_gives_rows_in_the_order_asked_for(tmp_path, monkeypatch):
    (tmp_path / "dvc.yaml").touch()
    monkeypatch.chdir(tmp_path)
    with DuckEngine(memory_limit_gb=1, threads=2) as engine:
        found = engine.frame("SELECT * FROM (VALUES ('b', 1), ('a', 2), ('a', 1)) AS v(name, number)", by=["name", "number"])
    assert found.to_numpy().tolist() == [["a", 1], ["a", 2], ["b", 1]]


def test_a_text_is_found_where_it_stands_and_elsewhere_nowhere():
    among, texts = pd.Series(["b", "a", "c"]), pd.Series(["a", "x", "c", "a"])
    assert places_of(texts, among).tolist() == [1, -1, 2, 1]
    assert places_of(texts, among[:0]).tolist() == [-1, -1, -1, -1]
