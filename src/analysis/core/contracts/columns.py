"""Columns of the kinds that many tables have: each with its name, its label in both languages and its meaning."""

from __future__ import annotations

from analysis.core.contracts.schema import Column, Words


def share(name: str, en: str, zh: str, meaning: str, *, nullable: bool = True) -> Column:
    """A share between nothing and all."""
    return Column(name, "ratio", Words(en, zh), meaning, low=0, high=1, nullable=nullable)


def money(name: str, en: str, zh: str, meaning: str) -> Column:
    """An amount that may be missing."""
    return Column(name, "money", Words(en, zh), meaning, nullable=True)


def number(
    name: str, en: str, zh: str, meaning: str, *, low: float | None = None, high: float | None = None, unit: str = ""
) -> Column:
    """A number that may be missing."""
    return Column(name, "float", Words(en, zh), meaning, unit, low, high, nullable=True)


def count(name: str, en: str, zh: str, meaning: str) -> Column:
    """How many there are."""
    return Column(name, "int", Words(en, zh), meaning, low=0)
