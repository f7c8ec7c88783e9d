"""The inputs of a stage must stay as they are while it runs.

DVC notes their content when the stage has ended. If a file was still being written, or somebody edited a module, the
results would be filed under a content that nobody has read, and would never be made anew.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

Stamp = tuple[int, int]  # bytes, and nanoseconds of the last change


def stamps(root: Path, entry: dict[str, Any]) -> dict[str, Stamp]:
    """Size and time of every file that the stage of ``entry`` in ``dvc.yaml`` depends on."""
    found: dict[str, Stamp] = {}
    for name in entry.get("deps", []):
        top = root / _filled(root, name)
        for file in [top] if top.is_file() else top.rglob("*"):
            if not _passes_by(file.relative_to(top)) and file.is_file():
                stat = file.stat()
                found[_shown(file, root)] = (stat.st_size, stat.st_mtime_ns)
    return found


def difference(before: dict[str, Stamp], after: dict[str, Stamp]) -> str | None:
    """One sentence about the first file that is not as it was; None if all are."""
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    if not changed:
        return None
    was, now = before.get(changed[0]), after.get(changed[0])
    if now is None:
        got = "no file any more"
    elif was is None:
        got = "a new file"
    else:
        got = f"{now[0]:,} bytes after {was[0]:,}" if now[0] != was[0] else "another content"
    remedy = "Wait until whoever writes there is done" if now else "Put it back"
    return f"{changed[0]}: must stay as it is while it is read, got {got}. {remedy}, then run again."


def _filled(root: Path, name: str) -> str:
    """``name`` with the values of ``params.yaml`` in its places."""
    if "${" not in name:
        return name
    from ruamel.yaml import YAML

    params = YAML(typ="safe").load((root / "params.yaml").read_text(encoding="utf-8"))

    def value(match: re.Match[str]) -> str:
        at = params
        for key in match[1].split("."):
            at = at[key]
        return str(at)

    return re.sub(r"\$\{([^}]+)\}", value, name)


def _passes_by(inside: Path) -> bool:
    """Files that come and go and that no stage reads: hidden ones and compiled code."""
    return any(part.startswith(".") or part == "__pycache__" for part in inside.parts)


def _shown(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name
