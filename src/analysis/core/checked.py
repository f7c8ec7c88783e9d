"""Parsed YAML against frozen dataclasses: one error names the file, section, key, limit and value."""

from __future__ import annotations

import dataclasses
import datetime
import types
import typing
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from analysis.core.credentials import names_password
from analysis.core.errors import ParamsError


class Limit(NamedTuple):
    """A value lies between ``low`` and ``high``, both allowed; ``None`` is no limit."""

    low: float | None = None
    high: float | None = None


Section = TypeVar("Section")


def checked_section(kind: type[Section], content: object, file: str, keys: tuple[str, ...] = ()) -> Section:
    """``content`` as a ``kind``, every key there and none besides; raises ParamsError.

    Parameters
    ----------
    file, keys : where the content stands, for the message.
    """
    where = f"{file}, section {'.'.join(keys)}" if keys else file
    if not isinstance(content, dict):
        raise ParamsError(where, "a section of keys is expected", content, "Write one `key: value` a line")
    hints = typing.get_type_hints(kind, include_extras=True)
    if unknown := [key for key in content if key not in hints]:
        raise ParamsError(where, "this key is unknown", unknown[0], f"Known keys are {', '.join(hints)}")
    if lacking := [name for name in hints if name not in content]:
        raise ParamsError(where, f"key {lacking[0]} is missing", None, "Restore it from the file in Git")
    return kind(**{name: _value(hint, content[name], file, (*keys, name)) for name, hint in hints.items()})


def _value(hint: Any, value: Any, file: str, keys: tuple[str, ...]) -> Any:
    where, key = f"{file}, section {'.'.join(keys[:-1])}" if keys[1:] else file, keys[-1]
    if dataclasses.is_dataclass(hint):
        return checked_section(typing.cast(type, hint), value, file, keys)
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        if value is None:
            return None
        return _value(next(part for part in inner if part is not type(None)), value, file, keys)
    if origin is Literal:
        if value not in inner:
            raise ParamsError(where, f"{key} must be one of {', '.join(map(str, inner))}", value, f"Change {key}")
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise ParamsError(where, f"{key} must be a list", value, "Write it as [first, second]")
        return tuple(_value(inner[0], item, file, (*keys, str(n + 1))) for n, item in enumerate(value))
    if origin is dict:
        if not isinstance(value, dict):
            raise ParamsError(where, f"{key} must be a list of `name: value` lines", value, "Write {} for none")
        return {_scalar(str, str(name), where, key): _scalar(str, str(item), where, key) for name, item in value.items()}
    if origin is Annotated:
        return _within(inner[1], _scalar(inner[0], value, where, key), where, key)
    return _scalar(hint, value, where, key)


def _scalar(hint: Any, value: Any, where: str, key: str) -> Any:
    if hint is datetime.date:
        try:
            return datetime.date.fromisoformat(value)
        except (TypeError, ValueError):
            raise ParamsError(where, f"{key} must be a day", str(value), 'Write it as "2026-09-30", in quotes') from None
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if isinstance(value, str) and names_password(value):
        raise ParamsError(where, f"{key} holds what looks like a password, and pages, tables and dvc.lock would show it", None,
                          "Fetch the files first, and name the folder they lie in")  # fmt: skip
    if not isinstance(value, hint) or (hint is not bool and isinstance(value, bool)):
        words = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}[hint]
        raise ParamsError(where, f"{key} must be {words}", value, f"Change {key}")
    return value


def _within(limit: Limit, value: Any, where: str, key: str) -> Any:
    if limit.low is not None and value < limit.low:
        raise ParamsError(where, f"{key} must be at least {limit.low}", value, f"Raise {key}")
    if limit.high is not None and value > limit.high:
        raise ParamsError(where, f"{key} must be at most {limit.high}", value, f"Lower {key}")
    return value
