"""What would stand in a stage's tables if a parameter were another: computed aside, ``data/`` stays as it is.

>>> from analysis.explore.what_if import what_if                                                # doctest: +SKIP
>>> asked = what_if("segment", {"segment.window_months": 6})                                    # doctest: +SKIP
>>> asked.figures()             # the stage's figures now, what if, and the difference           # doctest: +SKIP
>>> asked.compare("rfm")        # the rows of a table that differ, now beside what if            # doctest: +SKIP
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import shutil
import tempfile
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from ruamel.yaml import YAML

from analysis.core import params, project
from analysis.core.checked import checked_section
from analysis.core.errors import DataError, ParamsError
from analysis.explore.stored import stored


class WhatIf:
    """What some stages would store under other parameters; made by ``what_if``.

    Attributes
    ----------
    stages : the stages that were computed, in this order. All others stand as they are.
    changes : the parameters that differ from ``params.yaml``, as ``{"segment.window_months": (12, 6)}``.
    """

    def __init__(self, folder: Path, stages: tuple[str, ...], changes: dict[str, tuple[Any, Any]]) -> None:
        self.stages, self.changes = stages, changes
        self._folder = folder
        self._removed = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    def table(self, name: str) -> pd.DataFrame:
        """Table ``name`` as it would be."""
        with contextlib.chdir(self._folder):
            return stored[name]

    def compare(self, name: str) -> pd.DataFrame:
        """Cells of table ``name`` that differ, by its key: columns ``now`` and ``what_if`` side by side.

        A row that only one of the two has is missing on the other side.
        """
        key = list(stored.contract(name).key)
        now, other = stored[name].set_index(key), self.table(name).set_index(key)
        rows = now.index.union(other.index)
        return now.reindex(rows).compare(other.reindex(rows), result_names=("now", "what_if"))

    def figures(self) -> pd.DataFrame:
        """The figures of the stages, with what they are now, what they would be, and the difference."""
        parts = []
        for stage in self.stages:
            now, other = stored[f"{stage}_figures"], self.table(f"{stage}_figures")
            both = now.merge(other, on=["stage", "name", "unit"], how="outer", suffixes=("", "_what_if"))
            parts.append(both.assign(difference=both["value_what_if"] - both["value"]))
        found = pd.concat(parts, ignore_index=True).rename(columns={"value": "now", "value_what_if": "what_if"})
        return found[["stage", "name", "unit", "now", "what_if", "difference", "lo_what_if", "hi_what_if", "status_what_if"]]

    def __repr__(self) -> str:
        told = ", ".join(f"{name}: {now} -> {then}" for name, (now, then) in self.changes.items())
        return f"WhatIf({', '.join(self.stages)}; {told or 'no parameter differs'})"

    def _repr_html_(self) -> str:
        found = self.figures()
        told = pd.DataFrame([(name, *both) for name, both in self.changes.items()], columns=["parameter", "now", "what_if"])
        differing = found[found["difference"].fillna(0) != 0]
        return told.to_html(index=False, notebook=True) + differing.to_html(index=False, notebook=True)


def what_if(*stages: str, changes: Mapping[str, Any] | None = None, params_file: str = "params.yaml") -> WhatIf:
    """Compute ``stages`` with other parameters, aside.

    Only these stages are computed, in the order given, on the tables that the others have stored. Name those that
    build on one another together: ``what_if("segment", "lifetime_value", changes=...)``.

    Parameters
    ----------
    stages : as the notebooks are named: profit, segment, lifetime_value, churn, executive.
    changes : parameters by section and name, as ``{"churn.horizon_days": 60}``.
    params_file : another file than ``params.yaml``, for a what-if with many changes.

    Raises
    ------
    ParamsError : a parameter is not known or out of its range.
    DataError : there is no such stage.

    Examples
    --------
    >>> asked = what_if("segment", changes={"segment.window_months": 6})                        # doctest: +SKIP
    >>> asked.compare("rfm")[["segment"]].value_counts()                                        # doctest: +SKIP
    """
    notebooks = {stage: _notebook(stage) for stage in stages}
    now, then = _content("params.yaml"), _content(params_file)
    for name, value in (changes or {}).items():
        _set(then, name, value)
    checked_section(params.Params, then, params_file)
    aside = project.root() / ".dvc" / "tmp"  # on the same disk, so that tables can be linked in place of copied
    aside.mkdir(parents=True, exist_ok=True)
    found = WhatIf(_project(Path(tempfile.mkdtemp(prefix="what_if_", dir=aside)), then), stages, _differences(now, then))
    with contextlib.chdir(found._folder):
        for notebook in notebooks.values():
            _run(notebook)
    return found


def _notebook(stage: str) -> Path:
    run = project.inside("dvc.yaml").read_text("utf-8").split()  # a stage is what dvc.yaml runs
    found = {name: file for file in project.inside("notebooks").glob("*_*.ipynb") if (name := file.stem.partition("_")[2]) in run}
    if stage not in found:
        raise DataError("what_if", "there is no such stage", stage, f"Stages are {', '.join(sorted(found))}")
    return found[stage]


def _content(file: str) -> dict[str, Any]:
    params.load(project.inside(file))  # says what is wrong with it
    content: dict[str, Any] = YAML(typ="safe").load(project.inside(file).read_text("utf-8"))
    return content


def _set(content: dict[str, Any], name: str, value: Any) -> None:
    *sections, last = name.split(".")
    place = content
    for section in sections:
        place = place.get(section) if isinstance(place, dict) else None  # type: ignore[assignment]
    if not isinstance(place, dict) or last not in place:
        raise ParamsError("what_if", "there is no such parameter", name, "Name it by its sections, as segment.window_months")
    place[last] = value


def _project(folder: Path, content: dict[str, Any]) -> Path:
    """A project in ``folder`` with these parameters and the stored tables; a stage replaces a table, and no link leads back."""
    root = project.root()
    content = content | {"source": content["source"] | {"path": str(project.inside(content["source"]["path"]))}}
    shutil.copyfile(root / "dvc.yaml", folder / "dvc.yaml")
    with (folder / "params.yaml").open("w", encoding="utf-8") as file:
        YAML(typ="safe").dump(content, file)
    for part in ("tables", "optional"):
        (folder / "data" / part).mkdir(parents=True)
        for table in (root / "data" / part).glob("*.parquet"):
            os.link(table, folder / "data" / part / table.name)
    return folder


def _run(notebook: Path) -> None:
    """Run the code of ``notebook`` here, with nothing shown."""
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    names: dict[str, Any] = {"__name__": "__what_if__", "display": lambda *_: None}
    for cell in cells:
        if cell["cell_type"] == "code":
            exec(compile(ast.parse("".join(cell["source"])), f"{notebook.name}, {cell['id']}", "exec"), names)


def _differences(now: dict[str, Any], then: dict[str, Any], above: str = "") -> dict[str, tuple[Any, Any]]:
    found: dict[str, tuple[Any, Any]] = {}
    for name, value in now.items():
        other = then.get(name)
        if isinstance(value, dict) and isinstance(other, dict):
            found |= _differences(value, other, f"{above}{name}.")
        elif value != other:
            found[f"{above}{name}"] = (value, other)
    return found
