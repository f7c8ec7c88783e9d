"""Facts about going from month to month: a date, a crash, a failure, and the way back."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import dvc.dvcfile
import pytest
from dvc.schema import COMPILED_LOCKFILE_SCHEMA
from ruamel.yaml import YAML

from pipeline import refresh
from pipeline.heal import heal, lock_fault, written_whole

ROOT = Path(__file__).resolve().parents[2]


def exactly(sentence: str) -> str:
    return f"^{re.escape(sentence)}$"


# --- healing ----------------------------------------------------------------------------------

GOOD = """\
schema: '2.0'
stages:
  clean:
    cmd: python -m pipeline.run clean
    deps:
    - path: data/raw
      hash: md5
      md5: 8d777f385d3dfec8815d20f7496026dc.dir
      size: 4
      nfiles: 1
    params:
      params.yaml:
        as_of: '2026-09-30'
    outs:
    - path: reports/clean.html
      hash: md5
      md5: 8730582ffc003776b047ca86af790b59
      size: 14
"""


@pytest.fixture
def lock(tmp_path) -> Path:
    return tmp_path / "dvc.lock"


def test_a_good_lock_is_left_alone(lock):
    lock.write_text(GOOD)
    assert heal(lock) is None
    assert lock.read_text() == GOOD
    assert os.listdir(lock.parent) == ["dvc.lock"]


def test_a_missing_lock_is_no_fault(lock):
    assert heal(lock) is None
    assert os.listdir(lock.parent) == []


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "not complete"),
        ("schema: '2.0", "not readable as YAML"),
        (GOOD.removeprefix("schema: '2.0'\n"), "not complete"),
        (GOOD.replace("    cmd: python -m pipeline.run clean\n", ""), "not complete"),
        (GOOD.partition("    deps:")[0] + "    deps:\n", "not complete"),
        (GOOD.replace("b047ca86af790b59", ""), "stage clean not complete"),
        (GOOD.replace("8730582ffc003776b047ca86af790b59", "873"), "stage clean not complete"),
        ("<<<<<<< ours\n" + GOOD + "=======\n" + GOOD + ">>>>>>> theirs\n", "not readable as YAML"),
    ],
)
def test_a_damaged_lock_is_set_aside_with_its_content(lock, content, fault):
    lock.write_text(content)
    assert heal(lock) == fault
    assert os.listdir(lock.parent) == ["dvc.lock.broken"]
    assert lock.with_name("dvc.lock.broken").read_text() == content


def test_wherever_a_crash_cut_the_lock_what_is_left_can_be_read_by_dvc(lock):
    kept = 0
    for length in range(len(GOOD)):
        lock.write_text(GOOD[:length])
        if heal(lock) is None:
            kept += 1
            left = COMPILED_LOCKFILE_SCHEMA(YAML(typ="safe").load(GOOD[:length]))
            files = [file for stage in left.get("stages", {}).values() for file in stage.get("outs", [])]
            sums = [file["md5"] for file in files if "md5" in file]
            assert all(re.fullmatch(r"\w{32}", checksum) for checksum in sums)
    assert 0 < kept < len(GOOD)


@pytest.mark.parametrize("guarded", [True, False])
def test_dvc_cut_off_while_it_writes_the_lock_leaves_the_old_one_where_the_guard_holds(lock, monkeypatch, guarded):
    def dump_half(_data, stream):
        stream.write(GOOD.partition("b047ca86af790b59")[0])
        raise KeyboardInterrupt

    lock.write_text(GOOD)
    monkeypatch.setattr("dvc.utils.serialize._yaml._dump", dump_half)
    with written_whole() if guarded else contextlib.nullcontext():
        modify = dvc.dvcfile.modify_yaml
        with pytest.raises(KeyboardInterrupt, match=r"^$"), modify(str(lock)) as content:
            content["stages"] = {}
    assert lock_fault(lock) == (None if guarded else "stage clean not complete")
    assert (lock.read_text() == GOOD) is guarded


# --- from month to month ----------------------------------------------------------------------


@pytest.mark.parametrize("text", ["2026-02-30", "20260228", "2026-W09-6", "30.09.2026", "", " 2026-09-30"])
def test_what_is_no_day_is_refused_with_an_example(text):
    refusal = exactly(
        f"--as-of: not a day of the calendar, got '{text}'. Write year-month-day, as 2026-09-30."
    )
    with pytest.raises(SystemExit, match=refusal):
        refresh.read_date(text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("as_of: null\n", 'as_of: "2026-09-30"\n'),
        ("as_of:\n", 'as_of: "2026-09-30"\n'),
        ("as_of:   '2026-08-31'   # last day\n", 'as_of: "2026-09-30"   # last day\n'),
        (
            "# as_of: x\r\nas_of: 2026-08-31\r\nb: null\r\n",
            '# as_of: x\r\nas_of: "2026-09-30"\r\nb: null\r\n',
        ),
        ("a:\n  as_of: 1\nas_of: null\n# 示例\n", 'a:\n  as_of: 1\nas_of: "2026-09-30"\n# 示例\n'),
    ],
)
def test_a_new_month_changes_one_value_and_no_other_byte(tmp_path, before, after):
    params = tmp_path / "params.yaml"
    params.write_bytes(before.encode())
    refresh.set_as_of(params, "2026-09-30")
    assert params.read_bytes().decode() == after


def test_the_projects_own_params_take_a_month_and_give_it_back(tmp_path):
    params = tmp_path / "params.yaml"
    params.write_bytes((ROOT / "params.yaml").read_bytes())
    refresh.set_as_of(params, "2026-09-30")
    assert YAML(typ="safe").load(params)["as_of"] == "2026-09-30"
    refresh.set_as_of(params, YAML(typ="safe").load(ROOT / "params.yaml")["as_of"])
    assert YAML(typ="safe").load(params) == YAML(typ="safe").load(ROOT / "params.yaml")


def test_params_without_as_of_are_refused(tmp_path):
    params = tmp_path / "params.yaml"
    params.write_text("clean:\n  as_of: null\n")
    refusal = exactly("params.yaml: needs one line as_of: at its left edge, got 0. Add as_of: null there.")
    with pytest.raises(SystemExit, match=refusal):
        refresh.set_as_of(params, "2026-09-30")


def test_changes_are_listed_by_page_with_before_and_after():
    diff = {
        "reports/metrics/profit.json": {"margin_share": {"old": 0.25, "new": 0.3, "diff": 0.05}},
        "reports/metrics/clean.json": {
            "lines": {"old": 12000, "new": 13500, "diff": 1500},
            "status": {"old": "ok", "new": "thin"},
            "customers": {"new": 7},
        },
    }
    assert refresh.change_table(diff).splitlines() == [
        "Changed since the last commit:",
        "page    metric        before   after  change",
        "clean   customers          -       7       -",
        "clean   lines         12,000  13,500  +1,500",
        "clean   status            ok    thin       -",
        "profit  margin_share    0.25     0.3   +0.05",
    ]


def test_no_change_is_said_in_words():
    assert refresh.change_table({}) == "No metric changed since the last commit."


@pytest.fixture
def project(tmp_path) -> Path:
    """One stage that writes a page and refuses October, and raw data that DVC tracks; committed in August."""
    shutil.copytree(ROOT / "pipeline", tmp_path / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    for name in (".gitignore", ".dvcignore", ".dvc/config", ".dvc/.gitignore"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    settings = (ROOT / "params.yaml").read_text("utf-8")
    (tmp_path / "params.yaml").write_text(settings.replace("as_of: null", 'as_of: "2026-08-31"  # last day'), "utf-8")
    (tmp_path / "stage.py").write_text(
        textwrap.dedent("""\
            import json, pathlib, re
            as_of = re.search('as_of: "(.*)"', pathlib.Path("params.yaml").read_text())[1]
            if as_of == "2026-10-31":
                raise SystemExit("stage page: no data in October")
            pathlib.Path("reports").mkdir(exist_ok=True)
            pathlib.Path("reports/page.html").write_text(as_of)
            pathlib.Path("reports/page.json").write_text(json.dumps({"day": int(as_of[-2:])}))
            """)
    )
    (tmp_path / "dvc.yaml").write_text(
        textwrap.dedent("""\
            stages:
              page:
                cmd: python stage.py
                params: [as_of]
                outs: [reports/page.html]
                metrics: [reports/page.json]
            """)
    )
    (tmp_path / "data/raw").mkdir(parents=True)
    (tmp_path / "data/raw/august.csv").touch()
    git(tmp_path, "init", "--quiet")
    subprocess.run([sys.executable, "-m", "dvc", "add", "--quiet", "data/raw"], cwd=tmp_path, check=True)
    assert month(tmp_path).returncode == 0
    git(tmp_path, "add", ".")
    git(tmp_path, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", "August")
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def month(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    path = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
    command = [sys.executable, "-m", "pipeline.refresh", *arguments]
    return subprocess.run(
        command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True
    )


def test_a_month_comes_and_goes_and_what_dvc_makes_never_reaches_git(project):
    page, params, raw = project / "reports/page.html", project / "params.yaml", project / "data/raw"
    assert git(project, "ls-files", "reports", "data").split() == ["data/raw.dvc"]

    came = month(project, "--as-of", "2026-09-30")
    assert came.returncode == 0
    assert page.read_text() == "2026-09-30"
    assert "page  day         31     30      -1" in came.stdout.splitlines()

    august = params.read_text("utf-8").replace('as_of: "2026-09-30"', 'as_of: "2026-08-31"')
    params.write_text(params.read_text("utf-8").replace("months: 36", "months: 24"), "utf-8")
    failed = month(project, "--as-of", "2026-10-31")
    assert failed.returncode != 0
    assert "stage page: no data in October" in failed.stderr
    assert failed.stderr.endswith("The pages are those of the last refresh that went well.\n")
    assert page.read_text() == "2026-09-30"

    (raw / "october.csv").write_text("just received")
    back = month(project, "--undo", "HEAD")
    assert back.stdout == "Back at HEAD: as_of 2026-08-31. Other settings are unchanged.\n"
    assert page.read_text() == "2026-08-31"
    assert params.read_text("utf-8") == august.replace("months: 36", "months: 24")
    assert (raw / "october.csv").read_text() == "just received"
    assert git(project, "status", "--porcelain").split() == ["M", "params.yaml"]


def test_a_crash_in_the_lock_is_mended_by_the_next_refresh_without_running_a_stage(project):
    whole = (project / "dvc.lock").read_bytes()
    (project / "dvc.lock").write_bytes(whole[: len(whole) // 2])
    mended = month(project)
    assert mended.returncode == 0
    assert mended.stdout.startswith("dvc.lock: ")
    assert "Running stage" not in mended.stdout
    assert (project / "dvc.lock").read_bytes() == whole


def test_undo_gets_over_a_crash_in_the_lock(project):
    whole = (project / "dvc.lock").read_bytes()
    (project / "dvc.lock").write_bytes(whole[: len(whole) // 2])
    assert month(project, "--undo", "HEAD").returncode == 0
    assert (project / "dvc.lock").read_bytes() == whole


def test_undo_without_a_commit_says_what_to_do(project):
    refused = month(project, "--undo", "refresh-1999-01")
    assert refused.returncode == 1
    assert refused.stderr == (
        "undo: no refresh is committed in refresh-1999-01. Commit dvc.lock and params.yaml after a refresh "
        "that you may want to come back to.\n"
    )


def test_without_git_there_is_no_committed_month(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert refresh.committed(ROOT, "HEAD", "dvc.lock") is None
    assert refresh.changes_since_commit() == "No committed month to compare with."


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        (
            "data/nowhere",
            "params.yaml, section source: path must name a file or folder that is there, got 'data/nowhere'. "
            "Correct the path, or set it to data/demo.",
        ),
        ("7", "params.yaml, section source: path must be text, got 7. Change path."),
    ],
)
def test_a_source_that_is_not_there_is_named_before_dvc_starts(tmp_path, monkeypatch, path, sentence):
    written = (ROOT / "params.yaml").read_text("utf-8")
    (tmp_path / "params.yaml").write_text(re.sub(r"(?m)^  path: \S+", f"  path: {path}", written), "utf-8")
    monkeypatch.setattr(refresh, "PARAMS", tmp_path / "params.yaml")
    with pytest.raises(SystemExit, match=exactly(sentence)):
        refresh.check_params()
