"""The README's pictures: ``python -m pipeline.screenshots`` takes one of the demo's first page in each language."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from analysis.core.edition import LANGUAGES
from analysis.draw.frame import page_file
from pipeline.pdf import installed
from pipeline.provenance import FIRST, MONTH_FILE

ROOT = Path(__file__).resolve().parent.parent
WIDTH, HEIGHT = 1280, 1160  # CSS pixels: message, key figures, actions and the beginning of the first chart
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-quic", "--no-first-run",
    "--disable-background-networking", f"--window-size={WIDTH},{HEIGHT}",
)  # fmt: skip
LONGEST_SECONDS = 120


def picture(language: str) -> Path:
    """Where the picture of the page in ``language`` lies."""
    return ROOT / "docs" / f"executive.{language}.png"


def take(page: Path, browser: str) -> bytes:
    """A picture of the upper part of ``page`` as PNG."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "picture.png")
        words = [browser, *FLAGS, f"--user-data-dir={folder}", f"--screenshot={file}", page.as_uri()]
        subprocess.run(words, check=True, capture_output=True, timeout=LONGEST_SECONDS)
        return file.read_bytes()


def main(reports: Path = ROOT / "reports") -> int:
    """Take the pictures; say in one line what stands in the way."""
    browser = installed()
    if browser is None:
        return _stopped("screenshots: need a browser, none of Chromium, Chrome and Edge is installed. Install one of them.")
    told = reports / MONTH_FILE
    if not told.is_file() or not json.loads(told.read_bytes())["is_demo"]:
        return _stopped(
            "screenshots: show the demo's pages only, which are not there. Set source.path to data/demo in "
            "params.yaml, run python3 workbook.py, then try again."
        )
    for language in LANGUAGES:
        content = take(reports / page_file(FIRST, language), browser)
        picture(language).write_bytes(content)
        print(f"{picture(language).relative_to(ROOT)}: {len(content) / 1000:.0f} kB")
    return 0


def _stopped(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
