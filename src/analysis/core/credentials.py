"""Passwords and connection strings: recognised in texts, and taken out of all that a run writes or says.

Nothing here is a vault: the workbook needs no password at all, so whatever looks like one does not belong.
"""

from __future__ import annotations

import html
import os
import re
from functools import lru_cache

MASK = "***"
SHORTEST = 6  # characters; a shorter value of a variable is a word that may stand anywhere

_WORDS = r"pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|account[_-]?key|shared[_-]?(?:access[_-]?)?key|credentials?|private[_-]?key"
_PARTS = ("pass", "pwd", "secret", "token", "key", "credential")  # one of these stands in each of the words
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]{0,30}://[^\s/:@\"'<>]*:)([^\s/\"'<>]+)(?=@)", re.IGNORECASE)
_PAIR = re.compile(
    rf"(?<![a-z])((?:{_WORDS})[\"']?\s*[=:]\s*)(\"[^\"\n]+\"|'[^'\n]+'|[^\s;,&\"'<>()\[\]{{}}]+)", re.IGNORECASE
)
_PATH = re.compile(r"(?:^|[\s/\\\"'(])[\w.+%-]+:[^\s/\\@:]+@[\w-]")  # user:password@host inside a path
_NUMBER = re.compile(r"[\d.,+-]*")  # a limit of tokens is no secret
_VARIABLE = re.compile(rf"(?:^|_)(?:{_WORDS}|dsn|pat|auth)(?:_|$)|connection|database_url", re.IGNORECASE)


def names_password(text: str) -> bool:
    """Whether ``text`` holds what looks like a password: in an address, a path, or after a word for one."""
    return any(pattern.search(text) for pattern in (_ADDRESS, _PAIR, _PATH))


def without_passwords(text: str) -> str:
    """``text`` with stars for passwords in addresses and connection strings, and for secret variables of this process."""
    if secrets := _secrets(tuple(os.environ.items())):
        text = secrets.sub(MASK, text)
    if "://" in text:
        text = _ADDRESS.sub(rf"\g<1>{MASK}", text)
    lowered = text.lower()  # most texts hold none of the words, and this sees it at once
    return _PAIR.sub(rf"\g<1>{MASK}", text) if any(part in lowered for part in _PARTS) else text


@lru_cache(1)
def _secrets(environment: tuple[tuple[str, str], ...]) -> re.Pattern[str] | None:
    """Values of variables that are named like a secret or hold one, as Python, JSON and HTML write them."""
    values = {value for name, value in environment if _VARIABLE.search(name)}
    values |= {found[2] for _, value in environment for pattern in (_ADDRESS, _PAIR) for found in pattern.finditer(value)}
    kept = {value for value in values if len(value) >= SHORTEST and not (os.path.isabs(value) or _NUMBER.fullmatch(value))}
    longest_first = sorted(kept, key=lambda value: (-len(value), value))
    return re.compile("|".join("".join(map(_written, value)) for value in longest_first)) if kept else None


def _written(sign: str) -> str:
    """Pattern of ``sign`` in any format: behind backslashes, or as an entity."""
    if sign.isalnum():
        return sign
    return rf"\\*(?:{re.escape(sign)}|{re.escape(html.escape(sign))}|&#0*{ord(sign)};|&#x0*{ord(sign):x};|\\u{ord(sign):04x})"
