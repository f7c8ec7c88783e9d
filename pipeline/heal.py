"""Set a damaged dvc.lock aside, so that one command is enough after a crash.

DVC fills dvc.lock in place. A process killed in that moment leaves a file that DVC refuses to read until
somebody deletes it. Deleting is safe: DVC's run cache brings every finished stage back without running it.
"""

import os
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError


def heal(lock: Path) -> str | None:
    """Rename a damaged lock to dvc.lock.broken; return what was wrong with it, None if nothing was."""
    if not lock.exists():
        return None
    fault = lock_fault(lock)
    if fault is not None:
        os.replace(lock, lock.with_name(lock.name + ".broken"))
    return fault


def lock_fault(lock: Path) -> str | None:
    try:
        content = YAML(typ="safe").load(lock.read_bytes())
    except (YAMLError, UnicodeDecodeError):
        return "not readable as YAML"
    if not isinstance(content, dict):
        return "empty" if content is None else "not a list of stages"
    if content.get("schema") != "2.0":
        return "no schema 2.0"
    stages = content.get("stages", {})
    if not isinstance(stages, dict):
        return "no stages under stages:"
    return next(
        (f"stage {name} is incomplete" for name, stage in stages.items() if not is_complete(stage)), None
    )


def is_complete(stage: Any) -> bool:
    if not isinstance(stage, dict) or not isinstance(stage.get("cmd"), str | list):
        return False
    files = [stage.get(part, []) for part in ("deps", "outs")]
    return isinstance(stage.get("params", {}), dict) and all(
        isinstance(part, list) and all(map(is_file_entry, part)) for part in files
    )


def is_file_entry(entry: Any) -> bool:
    """A path, and a checksum that was not cut off (DVC reads `md5: 12` as a number and gives up)."""
    return (
        isinstance(entry, dict)
        and isinstance(entry.get("path"), str)
        and entry.get("hash", "md5") == "md5"
        and isinstance(entry.get("md5"), str)
        and len(entry["md5"].removesuffix(".dir")) == 32
    )
