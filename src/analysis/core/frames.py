"""Arrow tables as frames: how texts and dates stand in them, and the order of their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Coded = Mapping[str, pd.CategoricalDtype]


def to_frame(rows: pa.Table, coded: Coded | None = None) -> pd.DataFrame:
    """``rows``, which are used up: dates as ``datetime64``, and texts of the columns ``coded`` as one of the categories."""
    coded = coded or {}
    for name, one in coded.items():  # by number here: pandas would compare millions of texts
        places = pc.index_in(rows[name], value_set=pa.array(one.categories, type=rows[name].type))
        rows = rows.set_column(rows.schema.get_field_index(name), name, pc.fill_null(places, -1))
    found = rows.to_pandas(date_as_object=False, split_blocks=True, self_destruct=True)  # never twice in memory
    return found.assign(**{name: pd.Categorical.from_codes(found[name], dtype=one) for name, one in coded.items()})


def places_of(texts: pd.Series, among: pd.Series) -> npt.NDArray[np.int64]:
    """The place of each of ``texts`` in ``among``, which differ; -1 where it is not there."""
    known = pa.array(among)
    places = pc.index_in(pa.array(texts).cast(known.type), value_set=known)
    return np.asarray(pc.fill_null(places, -1).to_numpy(zero_copy_only=False), dtype=np.int64)


def sums_by(values: pd.DataFrame, texts: pd.Series) -> pd.DataFrame:
    """Sums of ``values`` by text, none missing, in its order; by number, since millions of texts are slow to compare."""
    code, different = pd.factorize(texts, sort=True)
    return values.groupby(code).sum().set_axis(pd.Index(different, name=texts.name))


def rises(frame: pd.DataFrame, columns: Sequence[str]) -> bool:
    """Whether each row surely comes after the one before it by ``columns``: then they are sorted, and none repeats."""
    if len(frame) < 2:  # 2: the fewest that have an order
        return True
    is_after: pa.Array | bool = False
    for name in reversed(columns):
        own = frame[name]
        values = pa.array(own.cat.codes if isinstance(own.dtype, pd.CategoricalDtype) else own, from_pandas=True)
        values = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
        if pa.types.is_null(values.type):
            return False
        before, after = values[:-1], values[1:]
        is_after = pc.or_(pc.less(before, after), pc.and_(pc.equal(before, after), is_after))
    return bool(pc.all(is_after, skip_nulls=False).as_py())
