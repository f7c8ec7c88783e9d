"""params.yaml: every fault is one sentence that names file, section, key, value and remedy."""

import ast
import dataclasses
import re
import typing

import pytest
from reach import ANALYSIS, NOTEBOOKS, ROOT, SECTIONS, tree_of, tree_of_notebook

from analysis.core import params
from analysis.core.errors import ParamsError

TEXT = (ROOT / "params.yaml").read_text("utf-8")


def known(kind):
    return f"Known keys are {', '.join(one.name for one in dataclasses.fields(kind))}."


FAULTS = {
    "an unknown key": (
        "profit", "bootstrap_draws", "bootstrap_drews: 500",
        f"section profit: this key is unknown, got 'bootstrap_drews'. {known(params.Profit)}",
    ),
    "a missing key": (
        "clean", "keep_duplicates", "# gone",
        "section clean: key keep_duplicates is missing. Restore it from the file in Git.",
    ),
    "a number below its limit": (
        "churn", "horizon_days", "horizon_days: 0",
        "section churn: horizon_days must be at least 1, got 0. Raise horizon_days.",
    ),
    "a number above its limit": (
        "lifetime_value", "discount_rate_yearly", "discount_rate_yearly: 10",
        "section lifetime_value: discount_rate_yearly must be at most 1, got 10.0. Lower discount_rate_yearly.",
    ),
    "a word for a number": (
        "demo", "random_seed", "random_seed: twenty",
        "section demo: random_seed must be a whole number, got 'twenty'. Change random_seed.",
    ),
    "yes for true": (
        "report", "mask_names", "mask_names: yes",
        "section report: mask_names must be true or false, got 'yes'. Change mask_names.",
    ),
    "a value that is none of the allowed ones": (
        "report", "language", "language: fr",
        "section report: language must be one of zh, en, got 'fr'. Change language.",
    ),
    "one value for a list": (
        "lifetime_value", "horizon_months", "horizon_months: 12",
        "section lifetime_value: horizon_months must be a list, got 12. Write it as [first, second].",
    ),
    "a list for a mapping": (
        "source", "columns", "columns: []",
        "section source: columns must be a list of `name: value` lines, got []. Write {} for none.",
    ),
}  # fmt: skip


def changed(section, key, line):
    """params.yaml with another line in place of one key's."""
    text, found = re.subn(
        rf"(?m)(^{section}:\n(?:(?:  .*|#.*|)\n)*?)  {key}:.*$", lambda match: f"{match[1]}  {line}", TEXT
    )
    assert found == 1
    return text


def sentence(text):
    return f"^{re.escape(text)}$"


@pytest.fixture
def written(tmp_path):
    def write(text):
        file = tmp_path / "params.yaml"
        file.write_text(text, encoding="utf-8")
        return file

    return write


def test_the_stored_parameters_are_valid():
    loaded = params.load(ROOT / "params.yaml")
    assert loaded.as_of is None
    assert loaded.source.path == "data/demo"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_one_full_sentence(fault, written):
    section, key, line, said = FAULTS[fault]
    with pytest.raises(ParamsError, match=sentence(f"params.yaml, {said}")):
        params.load(written(changed(section, key, line)))


def test_an_unknown_section_is_named(written):
    said = f"params.yaml: this key is unknown, got 'director'. {known(params.Params)}"
    with pytest.raises(ParamsError, match=sentence(said)):
        params.load(written(TEXT + "\ndirector: {}\n"))


def test_a_section_without_keys_is_named(written):
    said = "params.yaml: a section of keys is expected, got 5. Write one `key: value` a line."
    with pytest.raises(ParamsError, match=sentence(said)):
        params.load(written("5\n"))


def test_a_fault_in_a_rule_names_the_number_of_the_rule(written):
    text, found = re.subn(r"(\n    - \{.+\n    - \{.+recency: )\w+", r"\1lo", TEXT, count=1)
    said = "params.yaml, section segment.rules.2: recency must be one of high, low, any, got 'lo'. Change recency."
    assert found == 1
    with pytest.raises(ParamsError, match=sentence(said)):
        params.load(written(text))


@pytest.mark.parametrize("day", ['"2026-02-30"', "2026-09-30", "last month"])
def test_a_day_must_exist_and_stand_in_quotes(day, written):
    value = day.strip('"')
    said = f"params.yaml: as_of must be a day, got '{value}'. Write it as \"2026-09-30\", in quotes."
    with pytest.raises(ParamsError, match=sentence(said)):
        params.load(written(re.sub("(?m)^as_of:.*$", f"as_of: {day}", TEXT)))


def test_a_repeated_key_is_named_with_its_line_and_both_values(written):
    text = changed("churn", "horizon_days", "horizon_days: 90\n  horizon_days: 30")
    line = text[: text.index("  horizon_days: 30")].count("\n") + 1
    said = (
        f'params.yaml, line {line}: found duplicate key "horizon_days" with value "30" (original value: "90"). '
        "Mend that line."
    )
    with pytest.raises(ParamsError, match=sentence(said)):
        params.load(written(text))


def test_a_broken_line_is_named(written):
    with pytest.raises(ParamsError, match=r"^params\.yaml, line \d+: .+\. Mend that line\.$"):
        params.load(written(changed("source", "tables", "tables: {")))


def test_a_missing_file_says_how_to_get_it_back(tmp_path):
    said = "params.yaml: the file is not there. Restore it with `git checkout params.yaml`."
    with pytest.raises(ParamsError, match=sentence(said)):
        params.load(tmp_path / "params.yaml")


def test_whole_numbers_serve_where_a_number_is_asked_for(written):
    loaded = params.load(written(changed("engine", "memory_limit_gb", "memory_limit_gb: 6")))
    assert loaded.engine.memory_limit_gb == 6.0


def readers_of(section):
    """The code of the subject that the section is named after; all code where no subject bears its name."""
    subject = ANALYSIS / {"demo": "simulate"}.get(section, section)
    if not subject.is_dir():
        return [tree_of(file) for file in [*ANALYSIS.rglob("*.py"), *ROOT.glob("pipeline/*.py")]]
    notebook = [tree_of_notebook(section)] if section in NOTEBOOKS else []
    return [*notebook, *map(tree_of, subject.rglob("*.py"))]


@pytest.mark.parametrize("section", sorted(SECTIONS - {"as_of"}))
def test_every_key_of_a_section_is_read_by_the_code_of_that_section(section):
    keys = {one.name for one in dataclasses.fields(typing.get_type_hints(params.Params)[section])}
    nodes = [node for tree in readers_of(section) for node in ast.walk(tree)]
    assert sorted(keys - {node.attr for node in nodes if isinstance(node, ast.Attribute)}) == []
