"""Views of the notebooks that change only when their code or prose does.

    python -m pipeline.sources          write build/notebooks/<stage>.ipynb and build/stages.json
    python -m pipeline.sources --tidy   also give the notebooks themselves this form

Stages depend on the views, so that opening, running and saving a notebook makes no stage stale.
Standard library only: this runs at every refresh.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
FORMAT = {
    "nbformat": 4,
    "nbformat_minor": 5,
}  # https://nbformat.readthedocs.io/en/latest/format_description.html


def stage_of(notebook: Path) -> str:
    """The stage of ``notebook``: ``notebooks/3_segment.ipynb`` belongs to ``segment``."""
    return re.sub(r"^\d+_", "", notebook.stem)


def is_free(notebook: Path) -> bool:
    """The notebook is for questions of one's own, no stage: without a number, or of the family of ``9_explore``."""
    return not re.match(r"\d+_", notebook.stem) or stage_of(notebook).startswith("explore")


def view(text: str) -> str:
    """The notebook ``text`` without outputs, counts, editor's metadata and empty cells, in one fixed form."""
    cells = [_cell(cell) for cell in json.loads(text)["cells"]]
    return written({"cells": [cell for cell in cells if cell["source"]], "metadata": METADATA, **FORMAT})


def written(content: dict[str, Any], *, sort_keys: bool = True) -> str:
    """``content`` as text: one form, whoever saved it."""
    return json.dumps(content, indent=1, ensure_ascii=False, sort_keys=sort_keys) + "\n"


def write_whole(file: Path, text: str) -> None:
    """Write ``text`` to ``file`` whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{file.name}.tmp")
    try:
        partial.write_bytes(text.encode("utf-8"))
        os.replace(partial, file)
    finally:
        partial.unlink(missing_ok=True)


def _cell(cell: dict[str, Any]) -> dict[str, Any]:
    source = "".join(cell["source"]).rstrip()
    tags = sorted(cell["metadata"].get("tags", []))
    kept = {
        "cell_type": cell["cell_type"],
        "id": cell.get("id", ""),
        "metadata": {"tags": tags} if tags else {},
        "source": source.splitlines(keepends=True),
    }
    return kept | {"execution_count": None, "outputs": []} if cell["cell_type"] == "code" else kept


def main(arguments: list[str]) -> int:
    """Write the views; say in one line what is wrong with a notebook that cannot be read."""
    found: dict[str, Path] = {}
    for notebook in sorted(Path("notebooks").glob("*.ipynb"), key=_place):
        stage = stage_of(notebook)
        if is_free(notebook) and (arguments != ["--tidy"] or stage == notebook.stem):
            continue  # it may be half written
        if stage in found:
            return _stopped(f"{found[stage]} and {notebook} are both stage {stage!r}. Rename one of them.")
        if not is_free(notebook):
            found[stage] = notebook
        try:
            text = view(notebook.read_text(encoding="utf-8"))
        except (KeyError, TypeError, ValueError) as fault:
            reason = f"not a notebook ({type(fault).__name__}: {fault})"
            return _stopped(f"{notebook}: {reason}. Restore it with `git checkout {notebook}`.")
        if not is_free(notebook):
            write_whole(Path("build/notebooks", f"{stage}.ipynb"), text)
        if arguments == ["--tidy"]:
            write_whole(notebook, text)
    write_whole(
        Path("build/stages.json"), written({stage: _names(stage) for stage in found}, sort_keys=False)
    )
    return 0


def _names(stage: str) -> dict[str, str]:
    """The page's name in each language: all pages link to it, so all are stale when it changes."""
    file = Path("src/analysis/text", f"{stage}.toml")
    words = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    names: dict[str, str] = words.get("page", {}).get("name", {})
    return names


def _place(notebook: Path) -> tuple[int, str]:
    number = re.match(r"\d+", notebook.stem)
    return (int(number[0]) if number else sys.maxsize, notebook.stem)


def _stopped(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
