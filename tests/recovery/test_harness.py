"""How a row is judged: what chance explains is no fault, what it does not is one."""

import math

import pytest

from tests.recovery.harness import Band, Estimate, Findings, Row, judge

SAID = {"measured": "an example", "reason": "an example"}


def judged(records, *, scale="relative", **band):
    return judge(Row("example", None, None, Band(**band, **SAID), scale=scale), [[one] for one in records])


def held(n, of):
    """Records of which ``n`` of ``of`` intervals hold the truth."""
    return [Estimate(1.0, 1.0, 0.9, 1.1)] * n + [Estimate(1.2, 1.0, 1.1, 1.3)] * (of - n)


@pytest.mark.parametrize(("estimate", "faults"), [(1.09, 0), (1.13, 0), (1.17, 1), (0.83, 1)])
def test_a_bias_counts_once_it_is_farther_out_than_chance(estimate, faults):
    found = judged([Estimate(estimate, 1.0)] * 4, bias=(-0.1, 0.1), spread=0.04)  # chance: 3 x 0.04 / 2 = 0.06
    assert len(found.faults) == faults


def test_errors_that_scatter_more_than_when_frozen_are_a_fault():
    records = [Estimate(1 + sign * 0.2, 1.0) for sign in (-1, 1)] * 10
    assert judged(records, bias=(-0.1, 0.1), spread=0.18).faults == ()
    [fault] = judged(records, bias=(-0.1, 0.1), spread=0.05).faults
    assert fault == "errors scatter by 0.205, 0.05 when frozen"


@pytest.mark.parametrize(
    ("covered", "of", "faults"),
    [(25, 30, 0), (23, 30, 0), (22, 30, 1), (30, 30, 0), (170, 200, 0), (150, 200, 1), (199, 200, 1), (75, 100, 1)],
)
def test_a_coverage_is_a_fault_where_a_right_interval_would_rarely_give_it(covered, of, faults):
    assert len(judged(held(covered, of), covers=(0.85, 0.95)).faults) == faults


def test_three_quarters_for_nine_tenths_is_caught_in_nearly_all_runs_of_two_hundred_intervals():
    """Out of a binomial law of 0.75, 166 of 200 is the 99.7th percentile; that many is still a fault."""
    assert len(judged(held(166, 200), covers=(0.85, 0.95)).faults) == 1


def test_findings_are_a_fault_beyond_what_the_allowed_rate_gives():
    assert judged([Findings(0, 10)], findings=0.0).faults == ()
    assert judged([Findings(1, 10)], findings=0.0).faults == ("1 false findings in 10, 0% allowed",)
    assert judged([Findings(9, 100)], findings=0.05).faults == ()
    assert len(judged([Findings(12, 100)], findings=0.05).faults) == 1


def test_worlds_without_an_estimate_count_and_do_not_enter_the_bias():
    records = [Estimate(math.nan, 1.0), *[Estimate(1.0, 1.0)] * 9]
    assert judged(records, bias=(0.0, 0.0), spread=0.0, missing=0.1).faults == ()
    assert judged(records, bias=(0.0, 0.0), spread=0.0).faults == ("1 of 10 without an estimate",)
    assert judged(records[:1], bias=(0.0, 0.0), missing=1.0).faults == ("no estimate at all",)


def test_a_row_that_promised_intervals_and_has_none_is_a_fault():
    assert judged([Estimate(1.0, 1.0)], covers=(0.85, 0.95)).faults == ("no interval at all",)


@pytest.mark.parametrize(("scale", "error"), [("relative", 0.5), ("absolute", 1.0), ("log", math.log(1.5))])
def test_an_error_is_told_on_the_scale_of_its_row(scale, error):
    assert judged([Estimate(3.0, 2.0)], scale=scale, bias=(-2.0, 2.0)).bias == pytest.approx(error)
