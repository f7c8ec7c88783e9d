"""What the documents say is there, and what is made from the code is up to date."""

import re
import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import workbook
from pipeline import dictionary, pdf, screenshots

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
LARGEST_PICTURE = 300_000  # bytes, so that a clone stays small
PNG = b"\x89PNG\r\n\x1a\n"


def anchors(text: str) -> set[str]:
    """Anchors of a document's headings, as GitHub makes them."""
    titles = re.findall(r"(?m)^#+ (.+)$", text)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_data_dictionary_is_that_of_the_contracts():
    assert dictionary.FILE.read_text("utf-8") == dictionary.text(), "run python -m pipeline.dictionary"


def test_the_data_dictionary_tells_every_stored_table():
    stages = YAML(typ="safe").load((ROOT / "dvc.yaml").read_text("utf-8"))["stages"]
    stored = {Path(out).stem for stage in stages.values() for out in stage["outs"] if str(out).startswith("data/tables/")}
    named = set(re.findall(r"(?m)^### (\w+)$", dictionary.text()))
    assert {name for name in stored - named if not name.endswith("_figures")} == set()


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.name)
def test_every_link_of_a_document_leads_somewhere(file):
    text = re.sub(r"(?s)```.*?```", "", file.read_text("utf-8"))
    for target in re.findall(r"\]\(([^)]+)\)|src=\"([^\"]+)\"", text):
        path, _, anchor = "".join(target).partition("#")
        if not path.startswith("http"):
            there = (file.parent / path).resolve() if path else file
            assert there.exists(), path
            assert not anchor or anchor in anchors(there.read_text("utf-8")), anchor


def test_the_readme_tells_every_command():
    commands = workbook.parser()._subparsers._group_actions[0].choices
    told = (ROOT / "README.md").read_text("utf-8")
    assert [command for command in commands if f"`python3 workbook.py {command}" not in told] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_readme_shows_one_small_picture_of_the_page_in_each_language(language):
    picture = screenshots.picture(language)
    content = picture.read_bytes()
    assert content.startswith(PNG)
    assert int.from_bytes(content[16:20], "big") == screenshots.WIDTH
    assert len(content) < LARGEST_PICTURE
    assert picture.relative_to(ROOT).as_posix() in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.skipif(pdf.installed() is None, reason="no Chromium on this machine")
def test_pictures_are_taken_of_the_demo_alone(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(screenshots, "picture", lambda language: tmp_path / f"{language}.png")
    monkeypatch.setattr(screenshots, "ROOT", tmp_path)
    for language in ("en", "zh"):
        (tmp_path / f"executive.{language}.html").write_text("<h1>Demo</h1>")
    (tmp_path / "month.json").write_text('{"is_demo": false}')
    assert screenshots.main(tmp_path) == 1
    assert capsys.readouterr().err.startswith("screenshots: show the demo's pages only")
    (tmp_path / "month.json").write_text('{"is_demo": true}')
    assert screenshots.main(tmp_path) == 0
    assert all((tmp_path / f"{language}.png").read_bytes().startswith(PNG) for language in ("en", "zh"))


def test_without_a_browser_pictures_say_what_to_do(monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert screenshots.main() == 1
    assert capsys.readouterr().err.startswith("screenshots: need a browser")
