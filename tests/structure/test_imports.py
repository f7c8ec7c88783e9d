"""Modules build on one another in one direction: HOUSE, section 2 in one picture."""

import ast

import pytest
from reach import ANALYSIS, imported, tree_of

SUBJECTS = sorted(
    folder.name
    for folder in ANALYSIS.iterdir()
    if (folder / "__init__.py").is_file() and folder.name not in ("core", "models", "draw")
)
LAYERS = [
    ["core.cells", "core.credentials", "core.errors", "core.frames", "core.processes", "core.project",
     "core.takeaways", "core.words"],
    ["core.checked", "core.contracts", "core.params", "core.params_segment", "core.params_lifetime_value",
     "core.params_churn_drivers", "core.params_churn_failures", "core.params_churn_warnings",
     "core.dialect", "core.edition", "core.text", "core.windows"],
    ["core.tables", "core.estimate", "core.engine", "core.stage", "models", "draw"],
    SUBJECTS,
    ["customer"],  # the way in to one customer's story
]
MODULES = {
    ".".join(file.relative_to(ANALYSIS).with_suffix("").parts): file
    for file in sorted(ANALYSIS.rglob("*.py"))
    if file.name != "__init__.py"
}


def layer(module: str) -> int:
    return next(n for n, names in enumerate(LAYERS) for name in names if f"{module}.".startswith(f"{name}."))


def uses(module: str) -> set[str]:
    names = {
        name.removeprefix("analysis.") for name in imported(tree_of(MODULES[module])) if "analysis" in name
    }
    return {name if name in MODULES else name.rpartition(".")[0] for name in names} & set(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_nothing_above_itself(module):
    assert [other for other in uses(module) if layer(other) > layer(module)] == []


@pytest.mark.parametrize("module", [module for module in MODULES if module.split(".")[0] in SUBJECTS])
def test_a_subject_imports_no_other_subject(module):
    own = module.split(".")[0]
    assert [other for other in uses(module) if other.split(".")[0] in {*SUBJECTS} - {own}] == []


@pytest.mark.parametrize("module", MODULES)
def test_the_analysis_knows_nothing_of_the_pipeline(module):
    known = {name.split(".")[0] for name in imported(tree_of(MODULES[module]))}
    assert known & {"pipeline", "papermill", "nbconvert", "nbclient", "nbformat", "dvc", "tests"} == set()


def test_models_and_drawings_do_not_know_one_another():
    crossing = [
        (module, other)
        for module in MODULES
        for other in uses(module)
        if {module.split(".")[0], other.split(".")[0]} == {"models", "draw"}
    ]
    assert crossing == []


@pytest.mark.parametrize("file", sorted(ANALYSIS.rglob("__init__.py")), ids=lambda file: file.parent.name)
def test_a_package_file_holds_a_docstring_and_nothing_else(file):
    tree = tree_of(file)
    assert ast.get_docstring(tree)
    assert [type(node).__name__ for node in tree.body] == ["Expr"]
