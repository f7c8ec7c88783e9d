"""The pages of every month that was made, each month in a folder of its own: ``reports/months/2026-09``.

A month is put there whole or not at all, and takes the place of its own earlier version only. Links between the
pages of a month are relative and hold in its folder; those to the months around are filled in here.
"""

from __future__ import annotations

import datetime
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.core.edition import LANGUAGES, Edition
from analysis.draw import frame
from pipeline.provenance import MONTH_FILE, month_name
from pipeline.sources import write_whole

FOLDERS = {False: "months", True: "demo"}  # inside reports/; made-up months are not listed among real ones


@dataclass(frozen=True)
class Month:
    """One month and where its pages lie.

    Attributes
    ----------
    said : by stage in reading order, then by language; see ``pipeline.month``.
    """

    folder: Path
    as_of: datetime.date
    said: Mapping[str, Any]

    @property
    def name(self) -> str:
        return month_name(self.as_of.isoformat())

    def page(self, stage: str, language: str) -> Path:
        """The page of ``stage``, or the month's first where it has none of that stage."""
        return self.folder / frame.page_file(stage if stage in self.said else next(iter(self.said)), language)


class Archive:
    """All months of one kind, made up or real."""

    def __init__(self, reports: Path, *, is_demo: bool) -> None:
        self.folder = reports / FOLDERS[is_demo]

    def months(self) -> list[Month]:
        """Oldest first."""
        self._finish()
        return [_read(file.parent) for file in sorted(self.folder.glob(f"[!.]*/{MONTH_FILE}"))]

    def put(self, files: Mapping[str, Path]) -> str:
        """Copy a finished month here, whole or not at all, and give its name.

        Parameters
        ----------
        files : where each file is stored, by its place in the month's folder; ``month.json`` is one of them.
        """
        others = self.months()
        name = month_name(json.loads(files[MONTH_FILE].read_bytes())["as_of"])
        made = self.folder / f".{name}.new.tmp"
        made.mkdir(parents=True)
        try:
            for file, stored in files.items():
                (made / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(stored, made / file)
            month = _read(made)
            around = sorted([*(one for one in others if one.name != name), month], key=lambda one: one.name)
            _link(around, around.index(month))
            self._take_the_place(made, self.folder / name)
        finally:
            shutil.rmtree(made, ignore_errors=True)
        return name

    def remove(self, name: str) -> None:
        """Take a month away."""
        if (self.folder / name).exists():
            gone = self.folder / f".{name}.new.tmp"
            os.replace(self.folder / name, gone)
            shutil.rmtree(gone)

    def link(self) -> list[Month]:
        """Fill in the links to the months around wherever they are not right; give all months."""
        months = self.months()
        for place in range(len(months)):
            _link(months, place)
        return months

    def _take_the_place(self, made: Path, place: Path) -> None:
        old = place.with_name(f".{place.name}.old.tmp")
        if place.exists():
            os.replace(place, old)
        os.replace(made, place)
        shutil.rmtree(old, ignore_errors=True)

    def _finish(self) -> None:
        """Bring back a month whose successor never came because its copying was killed."""
        for old in self.folder.glob(".*.old.tmp"):
            place = old.with_name(old.name[1:].removesuffix(".old.tmp"))
            if place.exists():
                shutil.rmtree(old)
            else:
                os.replace(old, place)
        for made in self.folder.glob(".*.new.tmp"):
            shutil.rmtree(made)


def _read(folder: Path) -> Month:
    told = json.loads((folder / MONTH_FILE).read_bytes())
    return Month(folder, datetime.date.fromisoformat(told["as_of"]), told["said"])


def _link(months: list[Month], place: int) -> None:
    """Fill in the links of one of ``months``, oldest first."""
    month = months[place]
    previous = months[place - 1] if place else None
    following = months[place + 1] if place + 1 < len(months) else None
    for stage in month.said:
        for language in LANGUAGES:
            links = frame.months(
                Edition(language, ""),
                f"../../{frame.index_file(language)}",
                _neighbour(previous, stage, language),
                _neighbour(following, stage, language),
            )
            _fill_in(month.folder / frame.page_file(stage, language), str(links))


def _neighbour(month: Month | None, stage: str, language: str) -> frame.Neighbour | None:
    if month is None:
        return None
    return frame.Neighbour(month.as_of, f"../{month.name}/{month.page(stage, language).name}")


def _fill_in(page: Path, links: str) -> None:
    """Put ``links`` where the page has its links to months.

    The page is ours and texts from the data are escaped in it, so the first such element is the one.
    """
    content = page.read_bytes()  # not decoded: there may be hundreds, and hardly one is to change
    begin, end = (mark.encode() for mark in frame.MONTHS)
    start = content.find(begin)
    if start < 0:
        raise ValueError(f"{page}: no links to months; frame.opening makes them")
    stop = content.index(end, start) + len(end)
    if content[start:stop] != links.encode():
        write_whole(page, (content[:start] + links.encode() + content[stop:]).decode("utf-8"))
