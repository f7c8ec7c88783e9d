"""The font that matplotlib measures Chinese with, whatever this machine has installed: widths and no shapes.

Write it anew with ``python -m analysis.draw.width_font``. Its glyphs are blank, so it is for SVG with text as
text only, never for PNG.
"""

from __future__ import annotations

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable
from fontTools.ttLib.tables._g_l_y_f import Glyph

FAMILY = "Workbook Width"
WEIGHTS = {"Regular": 400, "Bold": 700}
EM = 1000  # units in an em; an ideograph is one em wide

# All letters beyond Latin, since the first font lacks many scripts, and every sign outside the basic plane (emoji).
RANGES = ((0x0300, 0xD7FF), (0xE000, 0x10FFFF))


def build(weight: str, file: Path) -> None:
    """Write the font in ``weight`` to ``file``; equal bytes each time."""
    font = FontBuilder(EM, isTTF=True)
    font.setupGlyphOrder([".notdef", "em"])
    font.setupCharacterMap({})
    font.setupGlyf({".notdef": Glyph(), "em": Glyph()})
    font.setupHorizontalMetrics({".notdef": (EM, 0), "em": (EM, 0)})
    font.setupHorizontalHeader(ascent=880, descent=-120)  # the box of Noto Sans CJK
    font.setupNameTable({"familyName": FAMILY, "styleName": weight, "fullName": f"{FAMILY} {weight}"})
    font.setupOS2(usWeightClass=WEIGHTS[weight], sTypoAscender=880, sTypoDescender=-120)
    font.setupPost(keepGlyphNames=False)
    font.font["cmap"].tables = [_many_to_one()]
    head = font.font["head"]
    head.created = head.modified = 0
    head.macStyle = int(weight == "Bold")
    font.font.recalcTimestamp = False
    font.save(file)


def _many_to_one() -> CmapSubtable:
    """Format 13 maps a whole range to one glyph in twelve bytes."""
    table = CmapSubtable.newSubtable(13)
    table.platformID, table.platEncID, table.language, table.reserved = 3, 10, 0, 0
    table.cmap = {code: "em" for first, last in RANGES for code in range(first, last + 1)}
    return table


def main() -> None:
    """Write both weights beside this module."""
    for weight in WEIGHTS:
        build(weight, Path(__file__).with_name(f"width-{weight.lower()}.ttf"))


if __name__ == "__main__":
    main()
