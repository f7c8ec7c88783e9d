"""Facts about the set-up: the locks, the one command, and what git may see."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from dvc.repo import Repo
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from ruamel.yaml import YAML

import workbook

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ["requirements.lock", "requirements-test.lock"]
PYTHONS = ["3.11.0", "3.11.2", "3.12.1", "3.13.0"]


def exactly(sentence: str) -> str:
    return f"^{re.escape(sentence)}$"


# --- locks ------------------------------------------------------------------------------------


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pins(lock: str) -> dict[Requirement, list[str]]:
    """Each requirement of a lock with its hashes."""
    found: dict[Requirement, list[str]] = {}
    for line in read(lock).splitlines():
        if line.startswith("    --hash="):
            found[list(found)[-1]].append(line.strip(" \\"))
        else:
            found[Requirement(line.rstrip(" \\"))] = []
    return found


def versions(lock: str, python: str) -> dict[str, list[Version]]:
    """Package to pinned versions, as Linux with this Python reads the lock."""
    here = {
        "python_version": python.rpartition(".")[0],
        "python_full_version": python,
        "sys_platform": "linux",
    }
    chosen: dict[str, list[Version]] = {}
    for pin in pins(lock):
        if pin.marker is None or pin.marker.evaluate(here):
            [only] = pin.specifier
            assert only.operator == "=="
            chosen.setdefault(canonicalize_name(pin.name), []).append(Version(only.version))
    return chosen


def declared(*extras: str) -> list[Requirement]:
    project = PROJECT["project"]
    lines = [*project["dependencies"], *PROJECT["dependency-groups"]["setup"]]
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize(("lock", "extras"), [(LOCKS[0], ()), (LOCKS[1], ("test", "parity"))])
def test_every_declared_dependency_is_locked_at_an_allowed_version(lock, extras, python):
    locked = versions(lock, python)
    unmet = [
        str(need)
        for need in declared(*extras)
        if not any(
            need.specifier.contains(version) for version in locked.get(canonicalize_name(need.name), [])
        )
    ]
    assert unmet == []


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_exactly_one_version_for_a_python(lock, python):
    assert {name: found for name, found in versions(lock, python).items() if len(found) != 1} == {}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock):
    bare = [str(pin) for pin, hashes in pins(lock).items() if not hashes]
    odd = [
        hash_
        for hashes in pins(lock).values()
        for hash_ in hashes
        if not re.fullmatch(r"--hash=sha256:\w{64}", hash_)
    ]
    assert (bare, odd) == ([], [])


def test_the_test_lock_only_adds_to_the_pages_lock():
    pages, test = pins(LOCKS[0]), pins(LOCKS[1])
    assert {str(pin): hashes for pin, hashes in pages.items() if test.get(pin) != hashes} == {}
    assert {"pytest", "pysail"} <= {pin.name for pin in set(test) - set(pages)}


@pytest.mark.parametrize("name", [*LOCKS, "pyproject.toml", "environment.yml", "workbook.py", ".ci/run"])
def test_no_package_index_is_named(name):
    assert re.findall(r"\w+://\S+|--?(?:extra-)?index\S*|--find-links|--trusted-host", read(name)) == []


def test_environment_yml_leaves_every_version_to_the_lock():
    environment = YAML(typ="safe").load(read("environment.yml"))
    python, *rest = environment["dependencies"]
    assert rest == ["pip", {"pip": ["-r requirements.lock"]}]
    name, _, version = python.partition("=")
    assert name == "python"
    assert SpecifierSet(PROJECT["project"]["requires-python"]).contains(version)


# --- the one command --------------------------------------------------------------------------


def test_workbook_imports_only_the_standard_library():
    nodes = list(ast.walk(ast.parse(read("workbook.py"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    assert {name for name in names if name.partition(".")[0] not in sys.stdlib_module_names} == set()


def test_an_old_python_can_read_workbook_and_is_told_what_it_needs(monkeypatch):
    old = ast.parse(read("workbook.py"), feature_version=(3, 7))
    monkeypatch.setattr(sys, "version_info", (3, 7, 16, "final", 0))
    monkeypatch.setattr(sys, "version", "3.7.16 (default)")
    refusal = exactly(
        "workbook.py: needs Python 3.11 or newer, got 3.7.16. Use another: python3.12 workbook.py"
    )
    with pytest.raises(SystemExit, match=refusal):
        exec(compile(old, "workbook.py", "exec"), {"__name__": "workbook"})


def test_what_workbook_starts_finds_the_environment_first_and_may_write_bytecode(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    given = workbook.environment()
    assert given["PATH"].split(os.pathsep)[0] == str(workbook.BIN)
    assert {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH"} & set(given) == set()


@pytest.mark.parametrize("package", ["uv", "setuptools"])
def test_the_installers_are_taken_from_the_lock_with_all_their_hashes(package):
    lines = workbook.pinned(ROOT / LOCKS[0], package).splitlines()
    [(pin, hashes)] = [(pin, hashes) for pin, hashes in pins(LOCKS[0]).items() if pin.name == package]
    assert lines[0] == f"{pin} \\"
    assert [line.strip(" \\") for line in lines[1:]] == hashes


@pytest.fixture
def empty_project(tmp_path, monkeypatch):
    """workbook.py looks at this folder: a lock, and an environment that is there but not marked."""
    monkeypatch.setattr(workbook, "ROOT", tmp_path)
    monkeypatch.setattr(workbook, "PAGES_LOCK", tmp_path / "requirements.lock")
    monkeypatch.setattr(workbook, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(workbook, "PYTHON", tmp_path / ".venv" / "python")
    monkeypatch.setattr(workbook, "MARK", tmp_path / ".venv" / "workbook.mark")
    workbook.PAGES_LOCK.write_text("numpy==1\n")
    workbook.VENV.mkdir()
    workbook.PYTHON.touch()
    return tmp_path


@pytest.mark.usefixtures("empty_project")
def test_an_environment_is_good_only_with_the_mark_of_its_lock():
    lock = workbook.PAGES_LOCK
    assert not workbook.is_set_up(lock)
    workbook.MARK.write_text("")  # as an interrupted set-up leaves it
    assert not workbook.is_set_up(lock)
    workbook.MARK.write_text(workbook.key(lock) + "\n")
    assert workbook.is_set_up(lock)
    lock.write_text("numpy==2\n")
    assert not workbook.is_set_up(lock)


def test_a_moved_folder_needs_another_environment(empty_project, monkeypatch):
    before = workbook.key(workbook.PAGES_LOCK)
    monkeypatch.setattr(workbook, "ROOT", empty_project / "moved")
    assert workbook.key(workbook.PAGES_LOCK) != before


@pytest.mark.usefixtures("empty_project")
def test_an_environment_of_somebody_else_is_left_alone():
    refusal = exactly("workbook.py: .venv was not made by this script. Rename or delete it, then run again.")
    with pytest.raises(SystemExit, match=refusal):
        workbook.set_up(workbook.PAGES_LOCK)
    assert workbook.PYTHON.exists()


@pytest.mark.usefixtures("empty_project")
def test_a_second_refresh_is_refused_in_one_line():
    refusal = exactly("workbook.py: a refresh is already running. Wait until it ends, then run again.")
    with workbook.alone(), pytest.raises(SystemExit, match=refusal), workbook.alone():
        pass
    with workbook.alone():
        pass  # free again


# --- git --------------------------------------------------------------------------------------


def test_everything_a_stage_makes_is_ignored_by_git_and_the_lock_is_not():
    stages = YAML(typ="safe").load(read("dvc.yaml"))["stages"]
    made = [
        out if isinstance(out, str) else next(iter(out))
        for stage in stages.values()
        for out in [*stage.get("outs", []), *stage.get("metrics", [])]
    ]
    ask = ["git", "check-ignore", "--no-index", "--stdin"]
    names = "\n".join([*made, "data/raw/customers.csv", "dvc.lock", "params.yaml", "data/raw.dvc"])
    answer = subprocess.run(ask, cwd=ROOT, input=names, capture_output=True, text=True)
    assert answer.stdout.split() == [*made, "data/raw/customers.csv"]


def test_dvc_looks_into_data_though_git_ignores_what_lies_there():
    with Repo(str(ROOT)) as repo:
        seen = [
            name
            for name in ("data/", "data/raw.dvc", "data/raw/")
            if not repo.scm.is_ignored(f"{ROOT}/{name}")
        ]
    assert seen == ["data/", "data/raw.dvc"]
