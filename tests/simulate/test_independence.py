"""The simulator shares nothing with what is measured against it."""

import ast
from pathlib import Path

import pytest

ALLOWED = {"analysis.core", "analysis.core.errors", "analysis.core.params", "analysis.core.project"}
MODULES = sorted(Path(__file__).parents[2].glob("src/analysis/simulate/**/*.py"))


@pytest.mark.parametrize("file", MODULES, ids=lambda file: file.stem)
def test_the_simulator_imports_no_estimator_and_no_contract(file):
    used = {
        node.module
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
    }
    own = {name for name in used if name.startswith("analysis") and not name.startswith("analysis.simulate")}
    assert own <= ALLOWED
