"""The Kaplan-Meier curve by hand, and the table of what better retention is worth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analysis.models.constant_retention import lifetime, lifetime_gain, retention_elasticity
from analysis.models.survival_curve import survival_curve
from tests.models.worlds import table

# Base retention, gain from five points without and with 10 % discount, from times 1.05 the same, elasticity at 10 %.
PRINTED = """
50 11  9   5  4 1.83
60 14 11   8  6 2.20
70 20 14  13 10 2.75
75 25 17  18 12 3.14
80 33 20  25 15 3.67
85 50 25  40 20 4.40
90 100 33 82 29 5.50
"""


@pytest.mark.parametrize("row", PRINTED.strip().splitlines())
def test_gain_in_lifetime_is_the_known_table(row: str) -> None:
    base, *gains, elasticity = (float(cell) for cell in row.split())
    r = base / 100
    found = [lifetime_gain(r, better, rate=d) for better in (r + 0.05, r * 1.05) for d in (0.0, 0.1)]
    np.testing.assert_allclose(np.array(found) * 100, gains, atol=0.5)  # the printed digit
    assert retention_elasticity(r, rate=0.1) == pytest.approx(elasticity, abs=0.006)


def test_the_elasticity_is_the_slope_of_the_lifetime_in_logarithms() -> None:
    low, high = (np.log(lifetime(0.8 * step, rate=0.1)) for step in (1 - 1e-6, 1 + 1e-6))
    slope = (high - low) / 2e-6  # r / (1 + d - r): the margin that is paid today does not hang on retention
    assert slope == pytest.approx(retention_elasticity(0.8, rate=0.1) - 1, rel=1e-6)


def test_curve_of_ten_contracts_by_hand() -> None:
    """Ten at the first step: two leave, one is seen no longer; seven at the second: one leaves, two are seen no longer."""
    frame = table("""
        step left weight
        1    1    2
        1    0    1
        2    1    1
        2    0    2
        3    0    4
    """)
    curve = survival_curve(frame["step"], frame["left"], frame["weight"], level=0.9).set_index("step")
    assert curve["share"].to_dict() == pytest.approx({1: 0.8, 2: 0.8 * 6 / 7})
    assert curve["at_risk"].to_list() == [10, 7]
    # Greenwood at the first step is the binomial sqrt(.8 x .2 / 10); 1.6449 standard errors of ln(-ln S)
    se = np.sqrt(0.8 * 0.2 / 10) / (0.8 * -np.log(0.8))
    assert curve.loc[1, "lo"] == pytest.approx(0.8 ** np.exp(1.644853627 * se))
    assert curve.loc[1, "hi"] == pytest.approx(0.8 ** np.exp(-1.644853627 * se))


def test_a_curve_without_a_loss_has_no_interval() -> None:
    curve = survival_curve(pd.Series([1, 2]), pd.Series([0, 0]), pd.Series([3, 4]), level=0.9)
    assert (curve["share"] == 1).all()
    assert curve[["lo", "hi"]].isna().all(axis=None)
