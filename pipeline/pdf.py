"""A PDF of each page: ``python -m pipeline.pdf [STAGE ...]`` prints the pages of the last refresh into ``pdf/``.

The pages are printed by headless Chromium, as their own print button would. A PDF holds the time at which it was made,
so it is no output of a stage: no lock knows it, and nothing compares it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from analysis.core import project, tables
from analysis.core.contracts.clean import RUN_FACTS
from analysis.core.edition import LANGUAGES
from analysis.core.errors import AnalysisError, DataError
from analysis.draw.frame import page_file
from pipeline.provenance import pages

BROWSERS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "chrome", "msedge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)  # fmt: skip
FLAGS = (
    "--headless", "--disable-gpu", "--no-first-run", "--no-pdf-header-footer", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic", "--disable-dev-shm-usage",
)  # fmt: skip
PATIENCE_SECONDS = 120
BEGINNING = b"%PDF-"


def installed() -> str | None:
    """Path of a Chromium on this machine, if there is one."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def browser() -> str:
    """Path of a Chromium on this machine."""
    found = installed()
    if found is None:
        raise DataError(
            "PDF", "no Chromium, Chrome or Edge is installed, which prints the pages", None,
            "Install one (on Debian and Ubuntu: sudo apt-get install chromium), or open a page and press its print button",
        )  # fmt: skip
    return found


def check_fonts() -> None:
    """Refuse to print boxes in place of Chinese; where nobody can list the fonts, the system brings them."""
    lister = shutil.which("fc-list")
    if lister and not subprocess.run([lister, ":lang=zh", "family"], capture_output=True, check=True).stdout.strip():
        raise DataError(
            "PDF", "no Chinese font is installed, and names would be boxes", None,
            "Install one (on Debian and Ubuntu: sudo apt-get install fonts-noto-cjk), then run again",
        )  # fmt: skip


def print_page(program: str, page: Path, file: Path) -> None:
    """Print ``page`` to ``file``, whole or not at all."""
    partial = file.with_name(f".{file.name}.tmp")
    with tempfile.TemporaryDirectory() as folder:
        # Chromium's own walls do not stand for the administrator, as whom containers run; the pages load nothing.
        administrator = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        command = [program, *FLAGS, *administrator, f"--user-data-dir={folder}", f"--print-to-pdf={partial}", page.as_uri()]
        try:
            done = subprocess.run(command, capture_output=True, timeout=PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            raise DataError(page.name, "the browser did not end", f"{PATIENCE_SECONDS} seconds", "Try again") from None
    try:
        if not partial.is_file() or not partial.read_bytes().startswith(BEGINNING):
            last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
            raise DataError(page.name, "the browser made no PDF of it", last[0], f"See that {Path(program).name} starts by itself")
        os.replace(partial, file)
    finally:
        partial.unlink(missing_ok=True)


def main(arguments: list[str] | None = None) -> int:
    """Print what the command line names, all pages if it names none."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.pdf", description="Print the pages to PDF.")
    parser.add_argument("stage", nargs="*", help="pages to print, as executive; all if none is named")
    try:
        for file in print_pages(parser.parse_args(arguments).stage):
            print(file)
    except AnalysisError as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    return 0


def print_pages(stages: list[str]) -> list[str]:
    """The PDFs made of ``stages`` in both languages, as paths from the project's root."""
    root = project.root()
    as_of = tables.read(RUN_FACTS).iloc[0]["as_of"]
    known = pages(root)
    if unknown := [stage for stage in stages if stage not in known]:
        raise DataError("PDF", "there is no such page", unknown[0], f"Known are {', '.join(known)}")
    sources = [root / "reports" / page_file(stage, language) for stage in stages or known for language in LANGUAGES]
    if lacking := [source for source in sources if not source.is_file()]:
        raise DataError(project.shown(lacking[0]), "the page is not there", None, "Run `python3 workbook.py` first")
    program = browser()
    check_fonts()
    folder = root / "pdf"
    folder.mkdir(exist_ok=True)
    made = []
    for source in sources:
        stage, language, _ = source.name.split(".")
        file = folder / f"{stage}-{as_of:%Y-%m}.{language}.pdf"
        print_page(program, source, file)
        made.append(project.shown(file))
    return made


if __name__ == "__main__":
    sys.exit(main())
