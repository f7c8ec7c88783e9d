"""Passwords and connection strings: recognised in texts, and taken out of all that a run writes or says.

Nothing here is a vault: the workbook needs no password at all, so whatever looks like one does not belong.
"""

from __future__ import annotations

import html
import json
import os
import re
from functools import lru_cache

MASK = "***"
SHORTEST = 6  # characters; a shorter value of a variable is a word that may stand anywhere

_WORDS = r"pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|account[_-]?key|shared[_-]?key|credentials?|private[_-]?key"
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*://[^\s/:@\"'<>]*:)([^\s/\"'<>]+)(?=@)", re.IGNORECASE)
_PAIR = re.compile(
    rf"(?<![a-z])((?:[\w-]*[_-])?(?:{_WORDS})[\"']?\s*[=:]\s*)(\"[^\"\n]+\"|'[^'\n]+'|[^\s;,&\"'<>()\[\]{{}}]+)", re.IGNORECASE
)
_PATH = re.compile(r"(?:^|[\s/\\\"'(])[\w.+%-]+:[^\s/\\@:]+@[\w-]")  # user:password@host inside a path
_NUMBER = re.compile(r"[\d.,+-]*")  # a limit of tokens is no secret
_VARIABLE = re.compile(rf"(?:^|_)(?:{_WORDS}|dsn|pat|auth)(?:_|$)|connection|database_url", re.IGNORECASE)


def names_password(text: str) -> bool:
    """Whether ``text`` holds what looks like a password: in an address, a path, or after a word for one."""
    return any(pattern.search(text) for pattern in (_ADDRESS, _PAIR, _PATH))


def without_passwords(text: str) -> str:
    """``text`` with stars for passwords in addresses and connection strings, and for secret variables of this process."""
    for value in _secrets(tuple(os.environ.items())):
        text = text.replace(value, MASK)
    return _PAIR.sub(rf"\g<1>{MASK}", _ADDRESS.sub(rf"\g<1>{MASK}", text))


@lru_cache(1)
def _secrets(environment: tuple[tuple[str, str], ...]) -> list[str]:
    """Values of variables that are named like a secret, as written and as other formats write them; longest first."""
    plain = {value for name, value in environment if _VARIABLE.search(name)}
    plain |= {found[2] for _, value in environment for pattern in (_ADDRESS, _PAIR) for found in pattern.finditer(value)}
    written = {
        form for value in plain if len(value) >= SHORTEST and not (os.path.isabs(value) or _NUMBER.fullmatch(value))
        for form in (value, html.escape(value), value.replace("'", "&#39;"), json.dumps(value)[1:-1], repr(value)[1:-1])
    }  # fmt: skip
    return sorted(written, key=lambda value: (-len(value), value))
