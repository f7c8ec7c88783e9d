"""Set a damaged dvc.lock aside, so that one command is enough after a crash.

DVC fills dvc.lock in place. A process killed in that moment leaves a file that DVC refuses to read until
somebody deletes it. Deleting is safe: DVC's run cache brings every finished stage back without running it.
"""

import os
from pathlib import Path
from typing import Any

from dvc.schema import COMPILED_LOCKFILE_SCHEMA
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from voluptuous import Invalid


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
        content = COMPILED_LOCKFILE_SCHEMA(YAML(typ="safe").load(lock.read_bytes()))
    except (YAMLError, UnicodeDecodeError):
        return "not readable as YAML"
    except Invalid:
        return "not complete"
    for name, stage in content.get("stages", {}).items():
        if any(is_cut_off(file) for file in [*stage.get("deps", []), *stage.get("outs", [])]):
            return f"stage {name} not complete"
    return None


def is_cut_off(file: dict[str, Any]) -> bool:
    """A checksum that ends early passes DVC's check of the file and stops DVC later, without a word why."""
    checksum = file.get("md5", 32 * "0")
    whole = isinstance(checksum, str) and len(checksum.removesuffix(".dir")) == 32
    return not whole or file.get("hash", "md5") != "md5"
