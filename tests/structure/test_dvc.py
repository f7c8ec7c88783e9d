"""dvc.yaml says what the code does: DVC sees no imports, so a missing line is a stale page."""

import ast
import importlib

import pytest
from reach import (
    ANALYSIS,
    CONTRACTS,
    NOTEBOOKS,
    ROOT,
    STAGES,
    closure,
    data_beside,
    sections_named,
    tables_named,
    texts,
    tree_of,
    tree_of_notebook,
)  # fmt: skip

from analysis.core.contracts.schema import Table
from pipeline.run import LANGUAGES

RUNNER = ROOT / "pipeline"

CONTRACT_FILES = ANALYSIS / "core" / "contracts"
each_stage = pytest.mark.parametrize("stage", [stage for stage in STAGES if stage in NOTEBOOKS])


def listed(stage, *parts):
    entries = [entry for part in parts for entry in STAGES[stage].get(part, [])]
    return {next(iter(entry)) if isinstance(entry, dict) else entry for entry in entries}


def tables_in(paths):
    return {path.split("/")[-1].removesuffix(".parquet") for path in paths if path.startswith("data/tables/")}


def is_covered(path, dependencies):
    return any(path == one or path.startswith(f"{one}/") for one in dependencies)


def own_trees(stage):
    """The notebook and its subject's modules: shared code gets its tables and parameters from them."""
    notebook = tree_of_notebook(stage)
    subject = [file for file in closure([notebook]) if file.parent == ANALYSIS / stage]
    return [notebook, *map(tree_of, subject)]


def runner():
    """What executes and renders every stage."""
    starts = [RUNNER / "run.py", RUNNER / "render.py"]
    return {*starts, *closure(map(tree_of, starts), RUNNER)} - {RUNNER / "__init__.py"}


def reached(stage):
    notebook = tree_of_notebook(stage)
    modules = closure([notebook, *map(tree_of, runner())])
    files = {*modules, *data_beside(modules), *texts([notebook, *map(tree_of, modules)])}
    return {file.relative_to(ROOT).as_posix() for file in files - {ANALYSIS / "__init__.py"}}


@each_stage
def test_a_stage_depends_on_all_code_and_words_its_notebook_reaches(stage):
    assert [file for file in sorted(reached(stage)) if not is_covered(file, listed(stage, "deps"))] == []


@each_stage
def test_a_stage_depends_on_no_other_code_of_the_analysis(stage):
    source = [path for path in listed(stage, "deps") if path.startswith("src/")]
    assert [
        path for path in sorted(source) if not any(is_covered(file, [path]) for file in reached(stage))
    ] == []


@each_stage
def test_a_stage_lists_the_tables_that_its_code_names(stage):
    given_by_the_frame = {"run_facts", f"{stage}_figures"}
    declared = tables_in(listed(stage, "deps", "outs"))
    assert declared == tables_named(own_trees(stage)) | given_by_the_frame


@each_stage
def test_a_stage_writes_the_tables_of_its_own_contracts(stage):
    own = [*CONTRACT_FILES.glob(f"{stage}.py"), *CONTRACT_FILES.glob(f"{stage}_*.py")]
    tables = [one for file in own for one in vars(importlib.import_module(f"{CONTRACTS}.{file.stem}")).values()]
    names = {one.name for one in tables if isinstance(one, Table)} | {f"{stage}_figures"}
    assert tables_in(listed(stage, "outs")) == names
    assert {path.replace(".csv", ".parquet").split("/")[-1] for path in listed(stage, "plots")} <= {
        f"{name}.parquet" for name in names
    }


@each_stage
def test_a_stage_lists_the_parameters_that_its_code_reads(stage):
    read_by_the_frame = {"as_of", "report"}
    assert listed(stage, "params") == sections_named(own_trees(stage), stage) | read_by_the_frame


@each_stage
def test_a_stage_depends_on_what_executes_and_renders_it(stage):
    needed = {file.relative_to(ROOT).as_posix() for file in runner()}
    needed |= {"requirements.lock", "build/stages.json", f"build/notebooks/{stage}.ipynb"}
    assert sorted(needed - listed(stage, "deps")) == []


@pytest.mark.parametrize("stage", [stage for stage in STAGES if "pipeline.run" not in STAGES[stage]["cmd"]])
def test_a_stage_without_a_notebook_depends_on_the_code_of_its_command(stage):
    modules = STAGES[stage]["cmd"].removeprefix("python -m ").split()
    start = ast.parse(f"import {', '.join(modules)}, {modules[-1]}.__main__")
    code = closure([start], RUNNER) | {
        file for tree in (start, *map(tree_of, closure([start], RUNNER))) for file in closure([tree])
    }
    needed = {file.relative_to(ROOT).as_posix() for file in code if file.name != "__init__.py"}
    assert [file for file in sorted(needed) if not is_covered(file, listed(stage, "deps"))] == []


@each_stage
def test_a_stage_makes_its_pages_tables_and_metrics(stage):
    pages = {f"reports/{stage}.{language}.html" for language in LANGUAGES}
    files = pages | {f"reports/executed/{stage}.ipynb", f"reports/summary/{stage}.json"}
    outputs = listed(stage, "outs")
    assert {path for path in outputs if path.startswith("reports/")} == files
    assert f"data/tables/{stage}_figures.parquet" in outputs
    assert listed(stage, "metrics") == {f"reports/metrics/{stage}.json"}


def test_every_notebook_has_its_view_and_its_summary_in_the_list_of_months():
    assert listed("sources", "outs") == {f"build/notebooks/{stage}.ipynb" for stage in NOTEBOOKS} | {
        "build/stages.json"
    }
    summaries = {path for path in listed("month", "deps") if path.startswith("reports/summary/")}
    assert summaries == {f"reports/summary/{stage}.json" for stage in NOTEBOOKS}


def test_every_stage_says_what_it_is_for():
    assert [name for name, stage in STAGES.items() if not stage.get("desc")] == []


def test_every_dependency_is_there_or_made_by_a_stage():
    made = {path for stage in STAGES for path in listed(stage, "outs", "metrics", "plots")}
    needed = {path for stage in STAGES for path in listed(stage, "deps")} - {"${source.path}"}
    assert [path for path in sorted(needed - made) if not (ROOT / path).exists()] == []


def test_only_the_source_of_the_data_is_filled_in_from_the_parameters():
    text = (ROOT / "dvc.yaml").read_text("utf-8")
    assert text.count("${") == text.count("      - ${source.path}\n") == 1
    assert "${source.path}" in listed("clean", "deps")
