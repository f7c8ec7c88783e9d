"""Windows of whole months, against a calendar."""

import pandas as pd
import pytest

from analysis.core.errors import DataError
from analysis.core.windows import Window, is_covered, window_to

YEAR = Window(pd.Timestamp("2024-01-01"), pd.Timestamp("2024-12-01"))


def test_a_window_ends_with_the_last_whole_month():
    first = pd.Timestamp("2022-05-14")
    assert window_to(pd.Timestamp("2024-02-29"), 12, first) == Window(
        pd.Timestamp("2023-03-01"), pd.Timestamp("2024-02-01")
    )
    assert window_to(pd.Timestamp("2024-02-28"), 12, first).last == pd.Timestamp("2024-01-01")
    assert window_to(pd.Timestamp("2024-02-29"), 12, first).months == 12


def test_a_data_set_without_a_whole_month_is_refused():
    said = (
        "^order_lines: the data holds no whole month up to as_of, got '2024-02-10'. "
        "Set as_of in params.yaml to a month's end.$"
    )
    with pytest.raises(DataError, match=said):
        window_to(pd.Timestamp("2024-02-10"), 12, pd.Timestamp("2024-02-01"))


def test_a_window_is_covered_from_the_first_days_of_its_first_month():
    assert is_covered(YEAR, pd.Timestamp("2024-01-04"), 3)
    assert not is_covered(YEAR, pd.Timestamp("2024-01-05"), 3)


def test_a_month_that_as_of_cuts_is_no_part_of_the_window():
    window = window_to(pd.Timestamp("2025-12-31"), 12, pd.Timestamp("2024-01-01"))
    assert (f"{window.first:%Y-%m}", f"{window.last:%Y-%m}", window.months) == ("2025-01", "2025-12", 12)
    cut = window_to(pd.Timestamp("2025-12-30"), 12, pd.Timestamp("2024-01-01"))
    assert f"{cut.last:%Y-%m}" == "2025-11"


def test_a_window_ends_with_the_last_day_of_its_last_month():
    assert YEAR.end == pd.Timestamp("2024-12-31")
    assert YEAR.earlier(10).end == pd.Timestamp("2024-02-29")
