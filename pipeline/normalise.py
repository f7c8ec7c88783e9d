"""The executed notebook without anything that differs between two equal runs."""

from __future__ import annotations

import copy
import re
import sys
from pathlib import Path
from typing import Any

from pipeline.sources import METADATA

INJECTED = "injected-parameters"  # Papermill's tag for the cell it adds


def normalise(notebook: Any, root: Path) -> Any:
    """A copy with fixed ids, counts and metadata, without paths, addresses, passwords, times and standard error."""
    clean = copy.deepcopy(notebook)
    clean.metadata = METADATA
    clean.nbformat_minor = 5  # the first with cell ids
    count = 0
    for cell in clean.cells:
        tags = sorted(cell.metadata.get("tags", []))
        cell.metadata = {"tags": tags} if tags else {}
        if INJECTED in tags:
            cell.id = INJECTED
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            cell.outputs = [
                _output(output, cell, number, root) for number, output in enumerate(_joined(cell.outputs))
            ]
    return clean


def warnings_of(notebook: Any, root: Path) -> list[str]:
    """Lines that the cells wrote to standard error: for the screen, since they differ between machines."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    texts = [output.text for output in outputs if output.output_type == "stream" and output.name == "stderr"]
    lines = [line for text in texts for line in text.splitlines() if line.strip()]
    return [without_places(re.sub(r"^\S*ipykernel_\d+\S+ ", "", line), root) for line in lines]


def _joined(outputs: list[Any]) -> list[Any]:
    """Standard output in one piece: where it is cut depends on the moment."""
    kept: list[Any] = []
    for output in outputs:
        if output.output_type == "stream" and output.name == "stderr":
            continue
        if kept and output.output_type == "stream" and kept[-1].output_type == "stream":
            kept[-1].text += output.text
        else:
            kept.append(output)
    return kept


def _output(output: Any, cell: Any, number: int, root: Path) -> Any:
    if "execution_count" in output:
        output.execution_count = cell.execution_count
    if output.output_type in ("display_data", "execute_result"):
        output.metadata = {}
        if "text/html" in output.data:
            output.data.pop("text/plain", None)
    shown = plain(output, root)
    if "text/html" in shown.get("data", {}):
        # pandas' styled tables carry a random name
        named = re.sub(r"\bT_[0-9a-f]{5}(?=[_\" ])", f"T_{cell.id}_{number}", shown["data"]["text/html"])
        shown["data"]["text/html"] = named
    return shown


def plain(content: Any, root: Path) -> Any:
    """``content`` with every text in it freed of places."""
    if isinstance(content, dict):
        return type(content)({key: plain(value, root) for key, value in content.items()})
    if isinstance(content, list):
        return [plain(value, root) for value in content]
    return without_places(content, root) if isinstance(content, str) else content


def without_places(text: str, root: Path) -> str:
    """``text`` without the folders of this machine, the addresses of this run, and passwords."""
    from analysis.core.credentials import without_passwords  # found once the environment is fixed

    for folder, name in ((str(root), "."), (sys.prefix, "python"), (sys.base_prefix, "python")):
        if len(folder) > 1:
            text = text.replace(folder, name)
    return without_passwords(re.sub(r" at 0x[0-9a-fA-F]+", "", text))
