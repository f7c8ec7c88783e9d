"""The boxes are data: everybody gets exactly one name, no rule is dead, every name has words."""

import itertools
import re

import numpy as np
import pytest
from purchase_days import SETTINGS

from analysis.core.edition import Edition
from analysis.core.errors import ParamsError
from analysis.core.params import SegmentRule
from analysis.core.text import say
from analysis.segment.rules import box_of, check_rules, names_of_boxes

CHINESE = {
    "important_value": "重要价值", "important_keep": "重要保持", "important_develop": "重要发展",
    "important_retain": "重要挽留", "general_value": "一般价值", "general_keep": "一般保持",
    "general_develop": "一般发展", "general_retain": "一般挽留",
}  # fmt: skip


def named(recency, frequency, money):
    high = {
        axis: np.array([score >= SETTINGS.high_from_score])
        for axis, score in (("recency", recency), ("frequency", frequency), ("money", money))
    }
    return names_of_boxes(SETTINGS.rules)[box_of(high)].item()


def test_every_score_triple_gets_exactly_one_of_the_eight_names_and_no_rule_is_dead():
    scores = range(1, SETTINGS.scores + 1)
    names = {triple: named(*triple) for triple in itertools.product(scores, repeat=3)}
    assert len(names) == SETTINGS.scores**3
    assert set(names.values()) == {rule.name for rule in SETTINGS.rules} == set(CHINESE)


@pytest.mark.parametrize(
    ("triple", "name"),
    [
        ((5, 5, 5), "important_value"), ((3, 4, 4), "important_keep"), ((4, 3, 4), "important_develop"),
        ((1, 1, 5), "important_retain"), ((4, 4, 3), "general_value"), ((1, 5, 1), "general_keep"),
        ((5, 1, 1), "general_develop"), ((3, 3, 3), "general_retain"),
    ],
)  # fmt: skip
def test_the_eight_boxes_are_those_of_the_trade(triple, name):
    """重要 is money above the cut; 价值 recent and often, 保持 often, 发展 recent, 挽留 neither."""
    assert named(*triple) == name


@pytest.mark.parametrize("name", CHINESE)
def test_the_eight_names_in_chinese(name):
    assert say(f"segment.name.{name}").text(Edition("zh", "CNY")) == CHINESE[name]


def rule(name, recency="any", frequency="any", money="any"):
    return SegmentRule(name, recency, frequency, money)


def test_the_stored_rules_are_valid():
    check_rules(SETTINGS.rules)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (
            [rule("general_value"), rule("important_value", recency="high")],
            "every rule names somebody, and the rules above this one leave it nobody, got 'important_value'. "
            "Move it up or take it out.",
        ),
        (
            [rule("important_value", money="high")],
            "the last rule matches all. Let the last rule have `any` for all three scores.",
        ),
        (
            [rule("important_value", money="high"), rule("important_value")],
            "a name stands for one group of customers, got 'important_value'. Rename it.",
        ),
        ([rule("silent")], "a name stands for one group of customers, got 'silent'. Rename it."),
        (
            [rule("gold")],
            "a name has words for the page, got 'gold'. "
            "Add name.gold.en and name.gold.zh to src/analysis/text/segment.toml.",
        ),
    ],
)
def test_a_fault_in_the_rules_is_one_sentence(rules, said):
    with pytest.raises(ParamsError, match=f"^params.yaml, section segment.rules: {re.escape(said)}$"):
        check_rules(rules)


def test_the_first_rule_that_matches_names():
    names = names_of_boxes([rule("important_value", money="high"), rule("general_value")])
    assert names.tolist() == ["general_value", "important_value"] * 4
