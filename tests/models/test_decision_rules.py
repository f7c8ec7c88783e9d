"""The line that describes a group: conditions, precision and recall worked by hand."""

import numpy as np
import pandas as pd
import pytest

from analysis.models.rules import Condition, Rule, find_rule, measure_rule


def frame(**columns):
    return pd.DataFrame({name: np.array(values, dtype=float) for name, values in columns.items()})


def test_one_cut_is_found_with_its_bound_in_the_middle():
    rule = find_rule(frame(share=[0.1, 0.2, 0.3, 0.7, 0.8]), np.array([0, 0, 0, 1, 1], bool), depth=2)
    assert rule == Rule((Condition("share", True, 0.5),), 1.0, 1.0)


def test_the_purer_of_two_features_is_taken():
    # By a the halves are 3 of 3 and 0 of 3; by b they are 2 of 3 and 1 of 3.
    rule = find_rule(frame(a=[1, 1, 1, 3, 3, 3], b=[1, 1, 2, 1, 2, 2]), np.array([1, 1, 1, 0, 0, 0], bool), depth=1)
    assert rule.conditions == (Condition("a", False, 2.0),)


def test_two_conditions_are_joined_where_one_does_not_do():
    # Members: a is high and b is low. a alone is right for 4 of 6; then b parts them wholly.
    given = frame(a=[1, 1, 1, 1, 5, 5, 5, 5, 5, 5], b=[1, 1, 9, 9, 1, 1, 1, 1, 9, 9])
    rule = find_rule(given, np.array([0, 0, 0, 0, 1, 1, 1, 1, 0, 0], bool), depth=2)
    assert set(rule.conditions) == {Condition("a", True, 3.0), Condition("b", False, 5.0)}
    assert (rule.precision, rule.recall) == (1.0, 1.0)


def test_precision_and_recall_are_counted_over_all():
    given, is_in = frame(a=[1, 2, 3, 4, 5]), np.array([0, 1, 0, 1, 1], bool)
    rule = measure_rule(given, is_in, (Condition("a", True, 3.0),))
    assert (rule.precision, rule.recall) == (pytest.approx(2 / 3), pytest.approx(2 / 3))
    assert rule.score == pytest.approx(2 / 3)


def test_of_two_bounds_on_one_side_the_tighter_stays():
    rule = find_rule(frame(a=range(1, 11)), np.array([0, 0, 0, 1, 1, 1, 0, 0, 0, 0], bool), depth=2)
    assert {(one.feature, one.at_least) for one in rule.conditions} == {("a", True), ("a", False)}
    assert (rule.precision, rule.recall) == (1.0, 1.0)


def test_bounds_read_with_two_digits_and_the_counts_are_theirs():
    rule = find_rule(frame(money=[1111.0, 1234.0, 5678.0, 6789.0]), np.array([0, 0, 1, 1], bool), depth=1)
    assert rule.conditions[0].bound == 3500.0


@pytest.mark.parametrize("is_in", [[1, 1, 1], [0, 0, 0]])
def test_nobody_is_told_apart_where_all_or_none_belong(is_in):
    assert find_rule(frame(a=[1, 2, 3]), np.array(is_in, bool), depth=2) is None


def test_features_without_a_difference_give_no_rule():
    assert find_rule(frame(a=[2, 2, 2, 2]), np.array([1, 0, 1, 0], bool), depth=2) is None


def test_a_member_without_the_feature_meets_no_condition():
    given = frame(a=[np.nan, 1.0, 2.0])
    assert Condition("a", True, 1.0).holds(given).tolist() == [False, True, True]
    assert Condition("a", False, 1.5).holds(given).tolist() == [False, True, False]
