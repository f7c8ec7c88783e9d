"""The command: what it passes on, what it prints, and its exit code."""

import dataclasses
import math
import re

import pytest

import workbook
from tests.recovery import __main__ as command
from tests.recovery.harness import Band, Estimate, Findings, Row, judge
from tests.recovery.report import number, table, verdict

BAND = Band(bias=(-0.1, 0.1), spread=0.02, measured="+0.3 %", reason="an example")


def a_row(name="example: total", band=BAND):
    return Row(name, None, None, band)


def test_workbook_passes_every_argument_on(monkeypatch):
    started = []
    monkeypatch.setattr(workbook, "set_up", lambda _: None)
    monkeypatch.setattr(workbook, "run", lambda *words: started.append(words) or 0)
    monkeypatch.setattr("sys.argv", ["workbook.py", "recovery", "--rows", "whale", "--seeds", "3", "--help"])
    assert workbook.main() == 0
    assert started == [(workbook.PYTHON, "-m", "tests.recovery", "--rows", "whale", "--seeds", "3", "--help")]


@pytest.mark.parametrize(("estimate", "code"), [(105.0, 0), (130.0, 1)])
def test_the_exit_code_tells_an_estimate_outside_its_band(monkeypatch, capsys, estimate, code):
    row = a_row()
    found = judge(row, [[Estimate(estimate, 100.0)]] * 2)
    monkeypatch.setattr(command, "all_rows", lambda: {row.name: row})
    monkeypatch.setattr(command, "recover", lambda _, **__: [found])
    assert command.main([]) == code
    said = capsys.readouterr().out
    assert "example: total" in said
    assert ("OUTSIDE" in said) == bool(code)


def test_a_name_that_no_row_has_is_said_so(capsys):
    assert command.main(["--rows", "no such thing"]) == 2
    assert capsys.readouterr().err == "recovery: no row has such a name; --list shows them all\n"


@pytest.mark.parametrize("words", ["0", "-3"])
def test_a_number_of_worlds_is_at_least_one(words, capsys):
    with pytest.raises(SystemExit, match="2"):
        command.main(["--seeds", words])
    assert "at least 1 is needed" in capsys.readouterr().err


def test_the_table_shows_bias_coverage_and_findings():
    told = judge(a_row(), [[Estimate(102.0, 100.0, 90.0, 110.0)], [Estimate(104.0, 100.0, 101.0, 110.0)]])
    none = judge(a_row("example: nothing"), [[Findings(0, 7)]])
    first, _, second, third = table([told, none]).splitlines()
    assert [cell.strip() for cell in first.split("|")][1:3] == ["estimate", "worlds"]
    assert re.search(r"\+3\.00% .* 0\.500 \(0\.01-0\.99\), n=2 ", second)
    assert "0 in 7" in third
    assert verdict([told]) == "1 of 1 estimates lie inside their bands."


def test_an_estimate_that_is_known_to_fall_short_is_told_apart():
    row = a_row(band=dataclasses.replace(BAND, short="more is wanted, and this is why"))
    found = judge(row, [[Estimate(105.0, 100.0)]])
    assert table([found]).splitlines()[-1].endswith("| short   |")
    assert verdict([found]).splitlines()[1:] == ["SHORT   example: total: more is wanted, and this is why"]


def test_a_relative_error_is_told_in_percent_and_none_is_left_empty():
    assert [number(0.031, "relative"), number(0.031, "absolute"), number(math.nan, "log")] == ["+3.10%", "+0.0310", ""]
