"""F1: money of one currency, or none at all."""

import pytest
from reading import exactly

from analysis.clean.currency import agreed_currency
from analysis.core.errors import DataError


@pytest.mark.parametrize(
    ("words", "headers", "told", "code"),
    [
        ((), (), None, ""),
        (("人民币", "RMB"), (), None, "CNY"),
        ((), ("USD",), None, "USD"),
        (("£",), ("GBP",), "GBP", "GBP"),
        ((), (), "EUR", "EUR"),
        (("USD", "元"), ("CNY",), "CNY", "CNY"),
    ],
)
def test_the_data_names_the_currency_or_the_parameters_do(words, headers, told, code):
    assert agreed_currency(words, headers, told) == code


def test_several_currencies_are_never_added_up():
    said = "orders: the amounts are in several currencies, which cannot be added up, got 'CNY, USD'. "
    said += "Give all amounts in one currency, or set report.currency to the one that counts; lines in another are then removed."
    with pytest.raises(DataError, match=exactly(said)):
        agreed_currency(("USD", "元"), (), None)


def test_parameters_that_contradict_the_data_stop_the_run():
    said = (
        "orders: the amounts are in USD, and report.currency in params.yaml says otherwise, got 'CNY'. "
        "Set report.currency to USD, or to null."
    )
    with pytest.raises(DataError, match=exactly(said)):
        agreed_currency((), ("USD",), "CNY")
