"""Months of two small pages, as stages leave them in DVC's store."""

from __future__ import annotations

import json
from pathlib import Path

from bs4 import BeautifulSoup
from markupsafe import Markup

from analysis.core.edition import LANGUAGES, Edition
from analysis.draw import frame
from tests.sample_page import HOSTILE

STAGES = ("executive", "profit")


def page(stage: str, language: str, body: str) -> str:
    """A page of our own frame with ``body`` as text."""
    facts = frame.Facts(
        edition=Edition(language, ""), stage=stage, title=HOSTILE[0], organisation=HOSTILE[2], stages=STAGES,
        contents=(), code=False,
    )  # fmt: skip
    return frame.opening(facts) + Markup("<p>{}</p>").format(body) + frame.closing(facts, None)


def told(as_of: str, title: str, *, is_demo: bool = False, label: str = "Profit") -> dict[str, object]:
    words = {"title": title, "standfirst": "s", "kicker": "k", "kpis": [[label, "¥8M"], ["Churn", "15.8%"], ["Risk", "¥1M"]]}
    said = {stage: {language: {"name": stage} | words for language in LANGUAGES} for stage in STAGES}
    return {"as_of": as_of, "is_demo": is_demo, "said": said}


def stored(folder: Path, as_of: str, title: str = "All is well", stages: tuple[str, ...] = STAGES, **kind: object) -> dict[str, Path]:
    """Files of one month, by their names."""
    month = told(as_of, title, **kind)
    month["said"] = {stage: words for stage, words in month["said"].items() if stage in stages}
    texts = {
        f"{stage}.{language}.html": page(stage, language, f"{as_of} {title}") for stage in stages for language in LANGUAGES
    }
    folder.mkdir(parents=True)
    for name, text in {**texts, "month.json": json.dumps(month)}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return {file.name: file for file in folder.iterdir()}


def links(page: Path) -> list[tuple[str, str]]:
    """Address and words of the links to months."""
    soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
    return [(link["href"], link.get_text()) for link in soup.select("nav.months a")]


def contents(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}
