"""The table of a run: every estimate with its bias, coverage, false findings, band and verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tests.recovery.harness import Band, Result, Scale

HEADERS = ("estimate", "worlds", "bias", "rmse", "coverage (95 % interval)", "findings", "band", "verdict")


def table(results: Sequence[Result]) -> str:
    """Aligned columns for the terminal; Markdown reads them as a table too."""
    rows = [HEADERS, *(_cells(result) for result in results)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADERS))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
             for row in rows]  # fmt: skip
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def verdict(results: Sequence[Result]) -> str:
    """One sentence for all, one for each row that is known to fall short, and one for each outside of its band."""
    outside = [result for result in results if result.faults]
    said = [f"{len(results) - len(outside)} of {len(results)} estimates lie inside their bands."]
    for result in results:
        if result.row.band.short and not result.faults:
            said.append(f"SHORT   {result.row.name}: {result.row.band.short}")
    for result in outside:
        said += [f"OUTSIDE {result.row.name}: {'; '.join(result.faults)}",
                 f"        when frozen: {result.row.band.measured}"]  # fmt: skip
    return "\n".join(said)


def _cells(result: Result) -> tuple[str, ...]:
    scale, coverage, findings = result.row.scale, "", ""
    if result.intervals:
        share, low, high = result.coverage
        coverage = f"{share:.3f} ({low:.2f}-{high:.2f}), n={result.intervals}"
    if result.places:
        findings = f"{result.found} in {result.places}"
    return (
        result.row.name, str(result.worlds), number(result.bias, scale), number(result.rmse, scale), coverage,
        findings, band_text(result.row.band, scale), _word(result),
    )  # fmt: skip


def _word(result: Result) -> str:
    return "OUTSIDE" if result.faults else "short" if result.row.band.short else "ok"


def band_text(band: Band, scale: Scale) -> str:
    """A band in a few words."""
    parts = []
    if band.bias is not None:
        parts.append(f"bias {number(band.bias[0], scale)} to {number(band.bias[1], scale)}")
    if band.covers is not None:
        parts.append(f"coverage {band.covers[0]:g}-{band.covers[1]:g}")
    if band.findings is not None:
        parts.append(f"findings <= {band.findings:g}")
    return ", ".join(parts)


def number(value: float, scale: Scale) -> str:
    """A relative error in percent, any other as it is."""
    if math.isnan(value):
        return ""
    return f"{value:+.2%}" if scale == "relative" else f"{value:+.4f}"
