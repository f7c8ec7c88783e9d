"""F1: the one currency of all amounts that count."""

from __future__ import annotations

from collections.abc import Iterable

from analysis.core.errors import DataError

WORDS = {"人民币": "CNY", "RMB": "CNY", "￥": "CNY", "¥": "CNY", "元": "CNY", "美元": "USD", "$": "USD", "US$": "USD",
                  "欧元": "EUR", "€": "EUR", "英镑": "GBP", "£": "GBP", "港币": "HKD", "港元": "HKD"}  # fmt: skip


def agreed_currency(words: Iterable[str], headers: Iterable[str], told: str | None) -> str:
    """Code of the currency that the data and the parameters agree on; empty where neither names one.

    Parameters
    ----------
    words : what the column currency holds, in capitals.
    headers : codes that headers name.
    told : ``report.currency`` of ``params.yaml``.

    Raises
    ------
    DataError : several currencies and none is told, or the parameters contradict the data.
    """
    named = sorted({WORDS.get(word, word) for word in words} | set(headers))
    if told in named:
        return told
    if len(named) > 1:
        raise DataError(
            "orders", "the amounts are in several currencies, which cannot be added up", ", ".join(named[:8]),
            "Give all amounts in one currency, or set report.currency to the one that counts; lines in another are then removed",
        )  # fmt: skip
    if told and named and told != named[0]:
        raise DataError(
            "orders", f"the amounts are in {named[0]}, and report.currency in params.yaml says otherwise", told,
            f"Set report.currency to {named[0]}, or to null",
        )  # fmt: skip
    return told or (named[0] if named else "")


def other_currencies(words: Iterable[str], agreed: str) -> list[str]:
    """Words of the column currency that stand for another currency than the ``agreed`` one."""
    return [word for word in words if WORDS.get(word, word) != agreed]
