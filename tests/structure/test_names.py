"""Names say what a thing is, modules stay readable, and tests are able to fail."""

import ast
import importlib
import re

import pytest
from reach import ANALYSIS, ROOT, tree_of

from analysis.core.contracts.schema import Table

SAYING_NOTHING = {"utils", "util", "helpers", "helper", "misc", "common", "base", "tools", "stuff"}
LONGEST_MODULE = 300
LOOSEST_TOLERANCE = 0.1
CODE = sorted([*ANALYSIS.rglob("*.py"), *ROOT.glob("pipeline/**/*.py"), *ROOT.glob("benchmarks/**/*.py")])
CONTRACTS = sorted((ANALYSIS / "core" / "contracts").glob("[a-z]*.py"))
TESTS = sorted(ROOT.glob("tests/**/*.py"))
UNITS = re.compile(r"_e[34]$|^(\w+_)?sha256$")  # ten-thousandths, thousandths, and the name of a fingerprint


def named(file):
    return file.relative_to(ROOT).as_posix()


def contracts():
    """Tables that stages write; users' own tables are known by the same words (inputs.py)."""
    for file in CONTRACTS:
        found = vars(importlib.import_module(f"analysis.core.contracts.{file.stem}")).values()
        if not file.stem.endswith("inputs"):
            yield from (one for one in found if isinstance(one, Table))


@pytest.mark.parametrize("file", [*CODE, *TESTS], ids=named)
def test_a_module_has_a_name_that_says_something(file):
    assert not {file.stem, *file.stem.split("_")} & SAYING_NOTHING


@pytest.mark.parametrize("file", sorted({*CODE} - {*CONTRACTS}), ids=named)  # contracts are lists, not code
def test_a_module_fits_a_few_screens(file):
    assert len(file.read_text("utf-8").splitlines()) <= LONGEST_MODULE


def test_no_column_carries_the_value_of_a_parameter_in_its_name():
    names = {column.name for table in contracts() for column in table.columns}
    assert names
    assert [name for name in sorted(names) if re.search(r"\d", UNITS.sub("", name))] == []


def test_table_names_are_unique():
    names = [table.name for table in {id(table): table for table in contracts()}.values()]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("file", TESTS, ids=named)
def test_a_test_is_able_to_fail(file):
    faults = []
    for node in ast.walk(tree_of(file)):
        at = f"line {getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.ExceptHandler) and "AssertionError" in ast.dump(node):
            faults.append(f"{at}: catches its own AssertionError")
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            if called == "print":
                faults.append(f"{at}: prints instead of asserting")
            if called == "pytest.raises" and "match" not in given:
                faults.append(f"{at}: raises without match")
            if called == "len" and any(isinstance(argument, ast.Compare) for argument in node.args):
                faults.append(f"{at}: a comparison inside len() is never false")
    assert faults == []


@pytest.mark.parametrize("file", TESTS, ids=named)
def test_a_loose_tolerance_gives_its_reason_on_the_line(file):
    lines = file.read_text("utf-8").splitlines()
    loose = re.compile(r"\b(?:rtol|rel)\s*=\s*([0-9.]+(?:e[-+]?\d+)?)")
    found = [(line, float(match[1])) for line in lines for match in loose.finditer(line)]
    assert [line.strip() for line, bound in found if bound > LOOSEST_TOLERANCE and "#" not in line] == []
