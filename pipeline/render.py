"""An executed notebook becomes a page: the sections it showed, in one language, in our own frame.

``render(notebook, language, facts)`` gives the whole page, ``summary(notebook)`` what the index says of it.
Only outputs made by ``analysis.draw.page`` reach a reader.
"""

from __future__ import annotations

import copy
import datetime
import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from analysis.core.edition import LANGUAGES, Edition
from analysis.draw import frame
from analysis.draw.section import MIME

TEMPLATES = Path(__file__).with_name("template")
WITHOUT_CODE = ("executive",)  # pages for readers who do not read code


def render(notebook: Any, language: str, facts: dict[str, Any]) -> str:
    """The page of an executed notebook.

    Parameters
    ----------
    notebook : nbformat notebook node; left as it is.
    language : ``"zh"`` or ``"en"``.
    facts : as ``pipeline.provenance.facts`` gives them: ``stage``, ``pages`` (all stages in reading order),
        ``as_of`` ("2026-09-30"), ``currency``, ``organisation``, ``data_sha256``,
        ``params_sha256``, ``versions``.

    Raises
    ------
    ValueError : a cell failed, two sections have one name, or there is no headline. Programming errors.
    """
    sections = _sections(notebook)
    _check(notebook, sections)
    said = summary(notebook)[language]
    around = frame.Facts(
        edition=Edition(language, facts["currency"]),  # type: ignore[arg-type]
        stage=facts["stage"],
        title=said["title"],
        organisation=facts["organisation"],
        stages=facts["pages"],
        contents=[(part["name"], part["entry"][language]) for part in sections if part["entry"]],
        code=facts["stage"] not in WITHOUT_CODE,
    )
    provenance = frame.Provenance(
        as_of=datetime.date.fromisoformat(facts["as_of"]),
        data_hash=facts["data_sha256"],
        params_hash=facts["params_sha256"],
        versions=facts["versions"],
        checks=tuple(map(sum, zip((0, 0), *(part["checks"] for part in sections), strict=True))),  # type: ignore[arg-type]
    )
    page = {
        "opening": frame.opening(around),
        "closing": frame.closing(around, provenance),
        "code": around.code,
        "mime": MIME,
        "language": language,
    }
    text, _ = _exporter().from_notebook_node(_only_sections(notebook), resources={"page": page})
    return str(text)


def summary(notebook: Any) -> dict[str, Any]:
    """What the index shows of the page, by language: kicker, title, standfirst and up to three figures."""
    said: dict[str, Any] = {language: {"kpis": []} for language in LANGUAGES}
    for part in _sections(notebook):
        for language, words in part["summary"].items():
            said[language] |= words
    return said


def _sections(notebook: Any) -> list[dict[str, Any]]:
    return [output["data"][MIME] for cell in notebook.cells for output in _shown(cell)]


def _shown(cell: Any) -> Iterator[Any]:
    """Outputs of ``cell`` that belong on a page."""
    for output in cell.get("outputs", []):
        if MIME in output.get("data", {}):
            yield output


def _check(notebook: Any, sections: list[dict[str, Any]]) -> None:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    if any(output.output_type == "error" for output in outputs):
        raise ValueError("a cell of the notebook failed; a page is made of a whole run")
    names = [part["name"] for part in sections]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"two sections of one page are named {repeated[0]}")
    if sum(part["kind"] == "headline" for part in sections) != 1:
        raise ValueError("a page has exactly one headline; end a cell with page.headline(...)")


def _only_sections(notebook: Any) -> Any:
    """A copy in which every output is one section and nothing else."""
    kept = copy.deepcopy(notebook)
    for cell in kept.cells:
        if cell.cell_type == "code":
            cell.outputs = list(_shown(cell))
            for output in cell.outputs:
                output["data"] = {MIME: output["data"][MIME]}
    return kept


@cache
def _exporter() -> Any:
    templateexporter = importlib.import_module("nbconvert.exporters.templateexporter")
    config = importlib.import_module("traitlets.config").Config()
    config.NbConvertBase.display_data_priority = [MIME]

    class PageExporter(templateexporter.TemplateExporter):  # type: ignore[misc, name-defined]
        """nbconvert with our template and nothing of its own on the page."""

        file_extension = ".html"
        output_mimetype = "text/html"

    return PageExporter(config=config, template_name="page", extra_template_basedirs=[str(TEMPLATES)])
