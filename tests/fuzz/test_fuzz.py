"""The short version: a few hundred sources of every odd kind, and proof that a broken guard is seen.

The long version is ``python -m tests.fuzz``.
"""

from __future__ import annotations

import os
from contextlib import nullcontext
from random import Random
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.core.dialect import render
from tests.fuzz.cases import Case, Expected, values_case
from tests.fuzz.formats import encoded
from tests.fuzz.groups import LARGEST, run_group
from tests.fuzz.harness import Project
from tests.fuzz.mutations import good_file
from tests.fuzz.seeds import case_of
from tests.fuzz.structures import structure_case

HEADERS = ["customer_id", "order_date", "含税金额", "order_id"]
ROWS = [[f"C{at % 3}", f"2024-0{1 + at % 3}-28", f"{at + 1}.50", f"O{at}"] for at in range(12)]
SAID = {"amount_basis": "taxed", "decimal": "point", "day_first": True}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    before = os.getcwd()
    yield Project(tmp_path_factory.mktemp("fuzz"))
    os.chdir(before)


@pytest.mark.parametrize("group", range(2))
def test_any_source_is_cleaned_to_the_last_cent_or_refused_in_words(project, group):
    numbers = range(group * LARGEST, (group + 1) * LARGEST)
    cases = [case_of(1, number) for number in numbers]
    outcomes = dict(run_group(project, cases, Random(group), alone=0))
    assert sorted(outcomes) == list(range(LARGEST))
    assert {f"python -m tests.fuzz --only {numbers[at]}": one.said for at, one in outcomes.items() if one.result == "failed"} == {}
    assert {one.result for one in outcomes.values()} == {"clean", "refused"}


@settings(deadline=None, max_examples=12, derandomize=True, suppress_health_check=list(HealthCheck))
@given(rng=st.randoms(use_true_random=False), make=st.sampled_from([values_case, structure_case]))
def test_any_table_that_can_be_drawn_is_cleaned_or_refused_alone(project, rng, make):
    outcome = project.run(make(rng))
    assert outcome.result in ("clean", "refused"), outcome.said


def orders(*more, expected=Expected(len(ROWS), 84 * 10_000)):  # noqa: B008
    rows = [*ROWS, *more]
    return Case("", {"a.csv": encoded("csv", HEADERS, rows).replace(b"\r\n", b"\n")}, SAID, expected)


def broken(sql, instead):
    """The cleaning with one piece of its SQL changed."""
    return mock.patch("analysis.clean.cleaning.render",
                      lambda *text, **values: render(*text, **values).replace(sql, instead))  # fmt: skip


def damaged_parquet():
    raw, said = good_file("parquet", 2)
    return Case("", {"a.parquet": raw[:40] + bytes(20) + raw[60:]}, dict(said))


HUGE = ["C1", "2024-01-05", "99999999999", "O99"]
BAD = ["C1", "2024-01-31", "five", "O98"]
LOSING = broken("WHERE rule IS NOT NULL", "WHERE rule <> 'unreadable_amount'")
GUARDS = {
    "money is read a tenth too small": (orders(), broken("f.amount * 10000", "f.amount * 1000"), "of money given"),
    "an amount may be larger than its column": (
        orders(HUGE, expected=Expected(len(ROWS) + 1)), broken("< 9e15 THEN CAST(round(", "< 9e99 THEN CAST(1e12 * round("), "Traceback"),
    "rejected lines get lost": (orders(BAD, expected=Expected(len(ROWS) + 1)), LOSING, "must add up to the input"),
    "a damaged page is nobody's fault": (
        damaged_parquet(), mock.patch("analysis.clean.store._blaming", nullcontext), "Traceback"),
    "no line is left and nobody says so": (
        Case("", {"a.csv": encoded("csv", HEADERS, [BAD])}, SAID), mock.patch("analysis.clean.cleaning.refuse_unusable"), "Traceback"),
}  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS)
def test_the_fuzz_goes_red_where_a_guard_is_broken(project, guard):
    case, break_it, seen = GUARDS[guard]
    assert project.run(case).result in ("clean", "refused")
    with break_it:
        outcome = project.run(case)
    assert outcome.result == "failed", outcome.said
    assert seen in outcome.said


def test_the_fuzz_sees_a_lost_line_even_where_the_proof_of_the_cleaning_is_blind(project):
    case = orders(BAD, expected=Expected(len(ROWS) + 1))
    with LOSING, mock.patch("analysis.clean.cleaning.prove_nothing_lost"):
        said = project.run(case).said
    assert said == ("13 lines read, 12 accounted for; 13 lines given, 12 accounted for; "
                    "13 to 13 lines stand in the file, 12 accounted for and 0 blank")  # fmt: skip
