"""Names of the files that people take away: the month is in the name, since a file travels without its folder."""

from __future__ import annotations

import datetime

FOLDER = "files"  # beside the pages, so that their links to it stay valid wherever both are copied


def workbook_file(as_of: datetime.date, language: str) -> str:
    """Workbook of the lists that somebody acts on, in one language."""
    return f"customers-{as_of:%Y-%m}.{language}.xlsx"


def exchange_file(as_of: datetime.date) -> str:
    """What a CRM reads in (R8); one for all languages."""
    return f"crm-{as_of:%Y-%m}.csv"
