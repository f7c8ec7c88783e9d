"""What the code of a stage reaches without running it: modules, words, tables and parameters."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from analysis.core.contracts.schema import Table
from analysis.core.params import Params
from pipeline.sources import is_free, stage_of

ROOT = Path(__file__).parents[2]
ANALYSIS = ROOT / "src" / "analysis"
EVERY_NOTEBOOK = {stage_of(file): file for file in sorted(ROOT.glob("notebooks/*.ipynb"))}
NOTEBOOKS = {stage: file for stage, file in EVERY_NOTEBOOK.items() if not is_free(file)}
STAGES: dict[str, dict[str, Any]] = YAML(typ="safe").load((ROOT / "dvc.yaml").read_text("utf-8"))["stages"]
CONTRACTS = "analysis.core.contracts"
SECTIONS = {one.name for one in dataclasses.fields(Params)}


def cells(stage: str, *kinds: str) -> list[dict[str, Any]]:
    notebook = json.loads(EVERY_NOTEBOOK[stage].read_text("utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] in (kinds or ("code", "markdown"))]


def tree_of_notebook(stage: str) -> ast.Module:
    return ast.parse("\n".join("".join(cell["source"]) for cell in cells(stage, "code")))


def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def imported(tree: ast.AST) -> Iterator[str]:
    """Dotted names that ``tree`` imports, at its top or inside a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def files_of(dotted: str, top: Path = ANALYSIS) -> list[Path]:
    """Files that importing ``dotted`` runs: the module and the packages it lies in."""
    parts, found = dotted.split("."), []
    if parts[0] != top.name:
        return []
    for length in range(1, len(parts) + 1):
        place = top.joinpath(*parts[1:length])
        found += [file for file in (place / "__init__.py", place.with_suffix(".py")) if file.is_file()]
    return found


def closure(trees: Iterable[ast.AST], top: Path = ANALYSIS) -> set[Path]:
    """Every file of the package ``top`` that ``trees`` import, directly or not."""
    waiting = [file for tree in trees for name in imported(tree) for file in files_of(name, top)]
    found: set[Path] = set()
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting += [other for name in imported(tree_of(file)) for other in files_of(name, top)]
    return found


def texts(trees: Iterable[ast.AST]) -> set[Path]:
    """Catalogues of the words that ``trees`` name, as in ``say("profit.whale.title")``."""
    said = (node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    subjects = (re.match(r"([a-z_]+)\.[a-z]", text) for text in said if isinstance(text, str))
    files = (ANALYSIS / "text" / f"{match[1]}.toml" for match in subjects if match)
    return {file for file in files if file.is_file()}


def data_beside(modules: Iterable[Path]) -> set[Path]:
    """Files that are no Python and lie in the folders of ``modules``: SQL, styles, fonts."""
    folders = {file.parent for file in modules if file.parent != ANALYSIS}
    return {
        file for folder in folders for file in folder.iterdir() if file.is_file() and file.suffix != ".py"
    }


def tables_named(trees: Iterable[ast.AST]) -> set[str]:
    """Names of the contracted tables that ``trees`` mention."""
    return {name for tree in trees for name in _tables(tree)}


def _tables(tree: ast.AST) -> Iterator[str]:
    """``RISK`` imported from a contract's module, ``churn.RISK`` of such a module, ``figures("churn")``."""
    modules = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith(CONTRACTS):
            continue
        for alias in node.names:
            if node.module == CONTRACTS:
                modules[alias.asname or alias.name] = importlib.import_module(f"{CONTRACTS}.{alias.name}")
            elif not node.module.endswith("inputs"):  # users' files, not stored tables
                found = getattr(importlib.import_module(node.module), alias.name)
                yield from [found.name] if _is_declared(found) else []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") in modules:
            found = getattr(modules[node.value.id], node.attr)
            yield from [found.name] if _is_declared(found) else []
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "figures" and node.args:
            yield from [f"{node.args[0].value}_figures"] if isinstance(node.args[0], ast.Constant) else []


def _is_declared(found: object) -> bool:
    """Optional tables are one folder to DVC, which knows no output that may be missing."""
    return isinstance(found, Table) and found.folder == "tables"


def sections_named(trees: Iterable[ast.AST], stage: str) -> set[str]:
    """Sections of ``params.yaml`` that ``trees`` read from a stage or from all parameters."""
    attributes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    own = {stage for node in attributes if node.attr == "settings"}
    read = {
        node.attr for node in attributes if ast.unparse(node.value).split(".")[-1] in ("params", "loaded")
    }
    return own | (read & SECTIONS)
