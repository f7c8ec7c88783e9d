"""Words in both languages, for those who need no table."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """The same words in both languages."""

    en: str
    zh: str
