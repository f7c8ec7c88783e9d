"""Notebooks are thin: prose, then one call into the analysis."""

import ast
import itertools
import re

import pytest
from reach import EVERY_NOTEBOOK, NOTEBOOKS, STAGES, cells

from pipeline.sources import view

MOST_CODE_CELLS, MOST_STATEMENTS = 12, 6
LOGIC = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Try, ast.With)
PARAMETERS = 'params_file = "params.yaml"\nas_of = None'

each_notebook = pytest.mark.parametrize("stage", EVERY_NOTEBOOK)


def source(cell):
    return "".join(cell["source"])


def nodes(stage):
    return [node for cell in cells(stage, "code") for node in ast.walk(ast.parse(source(cell)))]


def test_every_stage_that_runs_a_notebook_has_one():
    assert {name for name, stage in STAGES.items() if "pipeline.run" in stage["cmd"]} == set(NOTEBOOKS)


@each_notebook
def test_a_notebook_is_stored_without_outputs_in_the_one_form(stage):
    text = EVERY_NOTEBOOK[stage].read_text("utf-8")
    assert text == view(text), "python -m pipeline.sources --tidy gives notebooks this form"


@each_notebook
def test_a_notebook_starts_with_its_title(stage):
    assert re.match(r"# \w", source(cells(stage, "markdown")[0]))


@each_notebook
def test_a_sentence_stands_before_every_code_cell(stage):
    kinds = [cell["cell_type"] for cell in cells(stage)]
    assert kinds[0] == "markdown"
    assert ("code", "code") not in [*itertools.pairwise(kinds)]


@each_notebook
def test_a_notebook_is_short(stage):
    code = cells(stage, "code")
    assert len(code) <= MOST_CODE_CELLS
    assert max(len(ast.parse(source(cell)).body) for cell in code) <= MOST_STATEMENTS


@each_notebook
def test_a_notebook_holds_no_logic(stage):
    assert [type(node).__name__ for node in nodes(stage) if isinstance(node, LOGIC)] == []


@pytest.mark.parametrize("stage", NOTEBOOKS)  # a question of one's own has numbers of its own
def test_a_notebook_holds_no_number_and_no_path(stage):
    constants = [node.value for node in nodes(stage) if isinstance(node, ast.Constant)]
    numbers = [one for one in constants if type(one) in (int, float, complex) and one not in (0, 1)]
    paths = [
        one for one in constants if isinstance(one, str) and re.search(r"[/\\]|\.(?!yaml$)\w{2,7}$", one)
    ]
    keys = [one for one in paths if re.fullmatch(r"[a-z_]+(\.[a-z_0-9]+)+", one)]  # of the text catalogue
    assert (numbers, sorted(set(paths) - set(keys))) == ([], [])


@each_notebook
def test_a_notebook_imports_the_analysis_and_nothing_else(stage):
    named = [alias.name for node in nodes(stage) if isinstance(node, ast.Import) for alias in node.names]
    named += [str(node.module) for node in nodes(stage) if isinstance(node, ast.ImportFrom)]
    assert {name.split(".")[0] for name in named} <= {"analysis", "functools"}


@each_notebook
def test_cells_have_words_for_ids(stage):
    ids = [cell["id"] for cell in cells(stage)]
    assert [one for one in ids if not re.fullmatch(r"[a-z]{2,}(-[a-z]+)*", one)] == []
    assert len(ids) == len(set(ids))


@each_notebook
def test_the_first_code_cell_is_the_two_parameters(stage):
    tagged = [cell for cell in cells(stage, "code") if "parameters" in cell["metadata"].get("tags", [])]
    assert tagged == cells(stage, "code")[:1]
    assert source(tagged[0]) == PARAMETERS
