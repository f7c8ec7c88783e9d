"""Pages as PDF: printed where a browser and Chinese fonts are installed, else one sentence with a remedy."""

import json
import os
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from analysis.core import tables
from analysis.core.contracts.clean import RUN_FACTS
from pipeline import pdf
from pipeline.render import render
from tests.sample_page import FACTS, notebook

ROOT = Path(__file__).parents[2]
PAGE = '<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><h1>示例</h1><p>KH001</p></html>'


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A refreshed project with one stage."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dvc.yaml").touch()
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "stages.json").write_text(json.dumps({"executive": {}}))
    (tmp_path / "reports").mkdir()
    for language in ("zh", "en"):
        (tmp_path / "reports" / f"executive.{language}.html").write_text(PAGE, encoding="utf-8")
    day = pd.Timestamp("2026-09-30")
    facts = dict.fromkeys(RUN_FACTS.by_name, "x") | {
        "as_of": day, "first_date": day, "last_date": day, "costed_share": 1.0, "shared_order_ids": 0, "order_ids": 1,
        "tied_returns_e4": 0, "untied_returns_e4": 0, "value_name": "revenue", "occasion_rule": "order_id",
    }  # fmt: skip
    tables.write(RUN_FACTS, pd.DataFrame([facts]))
    return tmp_path


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """The only programs on the path: ``programs(chromium="exit 0")``, each a line of shell."""
    if os.name != "posix":
        pytest.skip("programs are drawn as lines of shell")
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(pdf, "BROWSERS", ("chromium",))

    def write(**lines):
        for name, line in lines.items():
            file = folder / name.replace("_", "-")
            file.write_text(f"#!/bin/sh\n{line}\n")
            file.chmod(0o755)

    return write


def said(capsys, *arguments):
    assert pdf.main([*arguments]) == 1
    return capsys.readouterr().err


@pytest.mark.usefixtures("programs")
def test_without_a_browser_it_says_what_to_install_or_to_press(place, capsys):
    assert said(capsys) == (
        "PDF: no Chromium, Chrome or Edge is installed, which prints the pages. Install one (on Debian and Ubuntu: "
        "sudo apt-get install chromium), or open a page and press its print button.\n"
    )  # fmt: skip
    assert not (place / "pdf").exists()


def test_without_a_chinese_font_it_prints_no_boxes(place, programs, capsys):
    programs(chromium="exit 0", fc_list="exit 0")
    assert said(capsys) == (
        "PDF: no Chinese font is installed, and names would be boxes. Install one (on Debian and Ubuntu: "
        "sudo apt-get install fonts-noto-cjk), then run again.\n"
    )  # fmt: skip
    assert not (place / "pdf").exists()


def test_a_browser_that_fails_leaves_nothing_and_its_last_words_are_told(place, programs, capsys):
    programs(chromium="echo no display >&2; exit 3", fc_list="echo Noto Sans CJK SC")
    assert said(capsys) == (
        "executive.zh.html: the browser made no PDF of it, got 'no display'. See that chromium starts by itself.\n"
    )  # fmt: skip
    assert [*(place / "pdf").iterdir()] == []


def test_a_page_that_is_not_there_or_not_known_is_named(place, capsys):
    assert said(capsys, "growth") == "PDF: there is no such page, got 'growth'. Known are executive.\n"
    (place / "reports" / "executive.en.html").unlink()
    assert said(capsys) == "reports/executive.en.html: the page is not there. Run `python3 workbook.py` first.\n"


@pytest.mark.skipif(not shutil.which("chromium"), reason="chromium is not installed")
def test_each_page_becomes_a_pdf_that_bears_the_month(place, capsys):
    assert pdf.main([]) == 0
    assert capsys.readouterr().out == "pdf/executive-2026-09.zh.pdf\npdf/executive-2026-09.en.pdf\n"
    assert {file.read_bytes()[:5] for file in (place / "pdf").iterdir()} == {b"%PDF-"}


@pytest.mark.skipif(not shutil.which("chromium"), reason="chromium is not installed")
def test_a_pdf_leads_to_no_file_or_month_of_the_computer_that_made_it(tmp_path):
    page = tmp_path / "executive.en.html"
    page.write_text(render(notebook(), "en", FACTS), encoding="utf-8")
    pdf.print_page(pdf.browser(), page, tmp_path / "page.pdf")
    assert b"file:" not in (tmp_path / "page.pdf").read_bytes()
    (tmp_path / "bare.html").write_text("<a href='files/x.csv'>x</a>", encoding="utf-8")
    pdf.print_page(pdf.browser(), tmp_path / "bare.html", tmp_path / "bare.pdf")
    assert b"file:" in (tmp_path / "bare.pdf").read_bytes(), "a link would be seen"


def test_pdfs_are_no_output_of_a_stage_and_git_does_not_see_them():
    assert not re.search(r"\bpdf/", (ROOT / "dvc.yaml").read_text("utf-8"))
    assert "/pdf/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
