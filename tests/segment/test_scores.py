"""Scores by quantile: equal values get equal scores, and the stored cut points give them back."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from analysis.core.contracts.segment import AXES, RFM_CUTS
from analysis.segment.scores import fit_cuts, score_with

people = st.lists(
    st.tuples(st.integers(0, 400), st.integers(1, 12), st.integers(-(10**6), 10**12)), min_size=1, max_size=80
)


def measures(rows):
    return pd.DataFrame(rows, columns=["recency_days", "purchase_days", "money_e4"])


def scored(column, values, scores=5):
    rows = measures([(5, 1, 5)] * len(values)).assign(**{column: values})
    axis = {"recency_days": "recency", "purchase_days": "frequency", "money_e4": "money"}[column]
    return score_with(fit_cuts(rows, scores), rows)[f"{axis}_score"].tolist()


def test_ten_different_values_fill_five_scores_in_pairs():
    assert scored("money_e4", range(10)) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_fewer_days_since_the_last_order_score_higher():
    assert scored("recency_days", range(10)) == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]


def test_a_value_most_customers_share_is_neither_low_nor_high():
    """Six of ten bought once: the middle of their places is 3 of 10, in the second fifth."""
    assert scored("purchase_days", [1] * 6 + [2, 2, 3, 4]) == [2] * 6 + [4, 4, 5, 5]


def test_all_customers_alike_get_the_middle_score():
    assert scored("purchase_days", [3] * 7) == [3] * 7
    assert scored("purchase_days", [3]) == [3]


def test_the_cut_points_are_values_of_customers():
    rows = measures([(day, 1, 10_000 * day) for day in range(1, 11)])
    cuts = fit_cuts(rows, 5).set_index(["axis", "score"])["bound"]
    assert cuts["money"].tolist() == [10_000, 30_000, 50_000, 70_000, 90_000]
    assert cuts["recency"].tolist() == [10, 8, 6, 4, 2]


def test_a_score_that_nobody_gets_has_no_cut_point():
    cuts = fit_cuts(measures([(1, 2, 3)]), 5).set_index(["axis", "score"])["bound"]
    assert cuts["frequency"].tolist()[:3] == [2, 2, 2]
    assert np.isnan(cuts["frequency"].tolist()[3:]).all()


def test_values_never_seen_before_are_scored_by_the_stored_cut_points():
    cuts = fit_cuts(measures([(day, day, day) for day in range(10, 110, 10)]), 5)
    later = measures([(15, 15, 15), (500, 0, -4), (0, 999, 999)])
    assert score_with(cuts, later).to_numpy().tolist() == [[5, 1, 1], [1, 1, 1], [5, 5, 5]]


@limits(deadline=None, max_examples=40)
@given(people)
def test_equal_values_get_equal_scores_and_better_ones_no_lower_ones(rows):
    table = measures(rows)
    found = score_with(fit_cuts(table, 5), table)
    for axis, column in zip(AXES, table, strict=True):
        by_value = found[f"{axis}_score"].groupby(table[column]).agg(["min", "max"]).sort_index()
        assert (by_value["min"] == by_value["max"]).all()
        ordered = by_value["max"] if axis != "recency" else by_value["max"][::-1]
        assert ordered.is_monotonic_increasing
        assert found[f"{axis}_score"].between(1, 5).all()


@limits(deadline=None, max_examples=40)
@given(people, st.randoms(use_true_random=False))
def test_order_of_the_rows_and_unit_of_money_change_no_score(rows, random):
    table = measures(rows)
    found = score_with(fit_cuts(table, 5), table)
    order = list(range(len(rows)))
    random.shuffle(order)
    other = table.iloc[order].assign(money_e4=lambda some: some["money_e4"] * 7)
    pd.testing.assert_frame_equal(score_with(fit_cuts(other, 5), other).sort_index(), found)


@limits(deadline=None, max_examples=40)
@given(people, st.integers(2, 10))
def test_cut_points_keep_their_contract_for_any_number_of_scores(rows, scores):
    cuts = fit_cuts(measures(rows), scores)
    RFM_CUTS.check(cuts)
    assert len(cuts) == len(AXES) * scores


@pytest.mark.parametrize("scores", [2, 3, 4, 5, 10])
def test_a_tenth_of_a_thousand_different_values_is_a_tenth_of_the_scores(scores):
    found = pd.Series(scored("money_e4", range(1000), scores)).value_counts()
    assert found.between(1000 // scores, 1000 // scores + 1).all()
