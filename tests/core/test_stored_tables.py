"""Stored tables come back whole, however their writer stored the texts."""

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.core import tables
from analysis.core.contracts.clean import CUSTOMER_MONTHS


@pytest.mark.parametrize("encoding", ["PLAIN", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY", None], ids=str)
def test_texts_are_read_as_categories_from_every_encoding(tmp_path, monkeypatch, encoding):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dvc.yaml").touch()
    ids = ["b", "a", "c", "a"]
    columns = {column.name: pa.nulls(4, table_field.type) for column, table_field in zip(CUSTOMER_MONTHS.columns, CUSTOMER_MONTHS.arrow, strict=True)}
    columns["customer_id"] = pa.array(ids)
    file = tables.path(CUSTOMER_MONTHS)
    file.parent.mkdir(parents=True)
    written = {"use_dictionary": True} if encoding is None else {"use_dictionary": False, "column_encoding": {"customer_id": encoding}}
    pq.write_table(pa.table(columns), file, **written)
    known = pd.CategoricalDtype(["a", "b", "c", "d"])
    found = tables.read(CUSTOMER_MONTHS, {"customer_id": known}, columns=["customer_id"])
    assert found["customer_id"].dtype == known
    assert found["customer_id"].tolist() == ids
