"""Sums over months from a few times, against the months themselves."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.models.month_sums import month_sums
from analysis.models.periods import DAYS_PER_MONTH, DAYS_PER_YEAR, discount_factors


def test_a_steady_stream_is_worth_its_annuity() -> None:
    sums = month_sums([(12, 0.0), (240, 0.1)])
    found = sums.of(sums.days / DAYS_PER_MONTH)  # one a month
    monthly = 1.1 ** (1 / 12) - 1
    assert found[0] == pytest.approx(12, rel=1e-6)
    assert found[1] == pytest.approx((1 - 1.1**-20) / monthly, rel=1e-6)


@pytest.mark.parametrize("stop", [0.02, 0.3, 2.0])
def test_a_stream_that_ends_is_summed_as_month_by_month(stop: float) -> None:
    asked = [(12, 0.0), (36, 0.1), (240, 0.0), (240, 0.1)]
    sums = month_sums(asked)
    found = sums.of((1 - (1 + sums.days / DAYS_PER_YEAR) ** -stop) / stop)
    ends = (1 - (1 + np.arange(241) / 12) ** -stop) / stop
    for value, (months, rate) in zip(found, asked, strict=True):
        assert value == pytest.approx(np.diff(ends)[:months] @ discount_factors(months, rate_yearly=rate), rel=1e-5)
