"""The fast version of the checks: every row in a few of its worlds, held against the same band."""

import pytest

from tests.recovery.harness import judge
from tests.recovery.registry import all_rows


@pytest.mark.parametrize("name", all_rows())
def test_an_estimate_lies_inside_its_band(name, play):
    row = all_rows()[name]
    found = [row.record(play(row.scene, seed)) for seed in range(1, row.fast_seeds + 1)]
    assert judge(row, found).faults == ()


@pytest.mark.parametrize("name", all_rows())
def test_a_band_says_what_was_measured_and_why_it_is_where_it_is(name):
    band = all_rows()[name].band
    assert band.measured
    assert band.reason
    assert any(limit is not None for limit in (band.bias, band.covers, band.findings))
    assert all_rows()[name].seeds >= 30
