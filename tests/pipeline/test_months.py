"""From refresh to refresh: months stay, come back from what was committed, and leave no trace in dvc.lock."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from kept_months import STAGES, contents, links, page, told

ROOT = Path(__file__).parents[2]
STAGE = """
import json, pathlib, re
as_of = re.search('as_of: "(.*)"', pathlib.Path("params.yaml").read_text("utf-8"))[1]
message = pathlib.Path("message.txt").read_text("utf-8")
if message == "fails":
    raise SystemExit("stage pages: fails")
pathlib.Path("reports").mkdir(exist_ok=True)
for file in pathlib.Path("templates").iterdir():
    text = file.read_text("utf-8").replace("AS_OF", as_of).replace("MESSAGE", message)
    pathlib.Path("reports", file.name).write_text(text, "utf-8")
pathlib.Path("reports/files").mkdir(exist_ok=True)
pathlib.Path("reports/files/list.csv").write_text(as_of)
"""


class Project:
    """A workbook of one quick stage that writes two pages in both languages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.archive = folder / "reports" / "months"

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        settings = os.environ | {
            "PATH": os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([str(self.folder), str(ROOT / "src")]),
        }
        return subprocess.run(
            [sys.executable, "-m", *arguments], cwd=self.folder, env=settings, capture_output=True, encoding="utf-8"
        )

    def refresh(self, *arguments: str) -> str:
        done = self.run("pipeline.refresh", *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def month(self, as_of: str, message: str, *, commit: bool = True) -> None:
        (self.folder / "message.txt").write_text(message, encoding="utf-8")
        self.refresh("--as-of", as_of)
        if commit:
            git(self.folder, "add", "dvc.lock", "params.yaml", "message.txt")
            git(self.folder, "commit", "--quiet", "-m", f"Refresh {as_of[:7]}")

    def said(self) -> dict[str, str]:
        """The message on each month's first page."""
        return {
            file.parent.name: re.search("<p>.* (.*)</p>", file.read_text("utf-8"))[1]
            for file in sorted(self.archive.glob("*/executive.en.html"))
        }


def git(folder: Path, *arguments: str) -> None:
    author = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always")
    subprocess.run(["git", *author, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "workbook"
    shutil.copytree(ROOT / "pipeline", folder / "pipeline", ignore=shutil.ignore_patterns("__pycache__"))
    for name in (".gitignore", ".dvcignore", ".dvc/config", ".dvc/.gitignore"):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    settings = (ROOT / "params.yaml").read_text("utf-8").replace("as_of: null", 'as_of: "2026-07-31"')
    (folder / "params.yaml").write_text(settings.replace("path: data/demo", "path: templates"), "utf-8")
    (folder / "stage.py").write_text(STAGE)
    (folder / "templates").mkdir()
    texts = {f"{stage}.{language}.html": page(stage, language, "AS_OF MESSAGE") for stage in STAGES for language in ("zh", "en")}
    for name, text in {**texts, "month.json": json.dumps(told("AS_OF", "MESSAGE"))}.items():
        (folder / "templates" / name).write_text(text, "utf-8")
    outs = "".join(f"\n      - reports/{name}" for name in [*texts, "month.json", "files"])
    wiring = "stages:\n  pages:\n    cmd: python stage.py\n    deps: [message.txt, templates]\n    params: [as_of]\n    outs:"
    (folder / "dvc.yaml").write_text(wiring + outs + "\n")
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "Start")
    return Project(folder)


@pytest.fixture
def two(project):
    """August and September, both committed."""
    project.month("2026-08-31", "hot")
    project.month("2026-09-30", "mild")
    return project


def test_a_new_month_keeps_the_earlier_ones_and_an_old_one_replaces_only_itself(two):
    assert two.said() == {"2026-08": "hot", "2026-09": "mild"}
    assert (two.archive / "2026-08/files/list.csv").read_text() == "2026-08-31"
    september, lock = (two.folder / "dvc.lock").read_bytes(), two.folder / "dvc.lock"
    two.month("2026-08-31", "hotter", commit=False)
    assert two.said() == {"2026-08": "hotter", "2026-09": "mild"}
    two.month("2026-09-30", "mild", commit=False)
    assert two.said() == {"2026-08": "hotter", "2026-09": "mild"}
    assert lock.read_bytes() == september  # nothing of what was run between


def test_a_refresh_with_nothing_to_do_touches_no_kept_page(two):
    def touched():
        return {file: file.stat().st_mtime_ns for file in (two.folder / "reports").rglob("*") if file.is_file()}

    before = touched()
    two.refresh()
    assert touched() == before


def test_a_failed_refresh_leaves_all_months_as_they_were(two):
    before = contents(two.folder / "reports")
    (two.folder / "message.txt").write_text("fails")
    assert two.run("pipeline.refresh", "--as-of", "2026-10-31").returncode != 0
    assert contents(two.folder / "reports") == before


def test_undo_takes_an_uncommitted_month_away_and_brings_a_committed_one_back(two):
    before = contents(two.folder / "reports")
    two.month("2026-10-31", "foggy", commit=False)
    assert list(two.said()) == ["2026-08", "2026-09", "2026-10"]
    two.refresh("--undo", "HEAD")
    assert contents(two.folder / "reports") == before

    two.month("2026-09-30", "wrong", commit=False)
    two.refresh("--undo", "HEAD~1")
    assert two.said() == {"2026-08": "hot", "2026-09": "mild"}
    two.refresh("--undo", "HEAD")
    assert contents(two.folder / "reports") == before


@pytest.mark.parametrize("lost", ["reports/months", "reports/months/2026-08", "reports/index.html", ".dvc/tmp/months.json"])
@pytest.mark.parametrize("arguments", [(), ("--months",)])
def test_what_is_deleted_comes_back_from_what_was_committed(two, lost, arguments):
    before = contents(two.folder / "reports")
    gone = two.folder / lost
    shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
    two.refresh(*arguments)
    assert contents(two.folder / "reports") == before


def test_a_month_that_was_not_committed_stays_until_its_folder_is_lost(two):
    two.month("2026-10-31", "foggy", commit=False)
    two.month("2026-09-30", "mild", commit=False)
    two.refresh("--months")
    assert two.said() == {"2026-08": "hot", "2026-09": "mild", "2026-10": "foggy"}
    shutil.rmtree(two.archive)
    two.refresh("--months")
    assert two.said() == {"2026-08": "hot", "2026-09": "mild"}


def test_a_colleague_gets_the_months_that_are_stored_where_the_team_can_reach_them(project, tmp_path):
    def dvc(project, *arguments):
        done = project.run("dvc", *arguments)
        assert done.returncode == 0, done.stderr

    dvc(project, "remote", "add", "--default", "team", str(tmp_path / "team"))
    git(project.folder, "add", ".dvc/config")
    for as_of, message in (("2026-08-31", "hot"), ("2026-09-30", "mild")):
        project.month(as_of, message)
        dvc(project, "push")
    git(tmp_path, "clone", "--quiet", str(project.folder), "clone")
    clone = Project(tmp_path / "clone")
    nothing = "Committed, but not stored on this computer: 2026-08, 2026-09. "
    assert nothing in clone.refresh("--months")
    dvc(clone, "pull")
    lacking = "Committed, but not stored on this computer: 2026-08. "
    assert lacking in clone.refresh()
    assert clone.said() == {"2026-09": "mild"}
    assert lacking not in clone.refresh()  # said once, not at every refresh
    assert lacking in clone.refresh("--months")
    dvc(clone, "fetch", "--all-commits")
    assert lacking not in clone.refresh("--months")
    assert contents(clone.folder / "reports") == contents(project.folder / "reports")


def test_a_tagged_month_of_a_branch_that_is_gone_is_found(two):
    git(two.folder, "tag", "refresh-2026-09")
    git(two.folder, "reset", "--quiet", "--hard", "HEAD~1")
    shutil.rmtree(two.folder / "reports")
    two.refresh()
    assert two.said() == {"2026-08": "hot", "2026-09": "mild"}


def test_a_refresh_killed_between_two_links_is_made_good_by_the_next(two):
    before, first = contents(two.folder / "reports"), two.archive / "2026-08" / "profit.en.html"
    (two.folder / ".dvc/tmp/months.json").write_text("{}")  # as it stands while links are filled in
    first.write_text(page("profit", "en", "2026-08-31 hot"), "utf-8")
    assert len(links(first)) == 1
    two.refresh()
    assert contents(two.folder / "reports") == before


def test_made_up_months_are_not_listed_among_real_ones(two):
    template = two.folder / "templates" / "month.json"
    template.write_text(template.read_text().replace('"is_demo": false', '"is_demo": true'))
    two.month("2026-09-30", "invented", commit=False)
    assert two.said() == {"2026-08": "hot", "2026-09": "mild"}
    listed = (two.folder / "reports/index.html").read_text("utf-8")
    assert 'href="demo/2026-09/' in listed
    assert "months/2026-08/" not in listed


def test_without_pages_the_list_says_what_to_do(project):
    refused = project.run("pipeline.refresh", "--months")
    assert (refused.returncode, refused.stderr) == (
        1, "months: no pages are made yet. Make them first: python3 workbook.py\n",
    )  # fmt: skip
