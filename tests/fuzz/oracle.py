"""What a clean run must account for, counted without the product's code."""

from __future__ import annotations

import gzip
import math

import pandas as pd

from tests.fuzz.cases import Case


def faults_of(case: Case, listed: pd.DataFrame, lines: int, amount_e4: int) -> str:
    """What does not add up; empty where everything does.

    Parameters
    ----------
    listed : ``input_files`` of the case.
    lines, amount_e4 : what the stored tables of lines hold for it.
    """
    of_orders = listed[listed["table_name"].isin(["orders", "order_lines"])]
    read, expected = int(of_orders["rows_read"].sum()), case.expected
    faults = []
    if lines != read:
        faults.append(f"{read} lines read, {lines} accounted for")
    if expected.lines not in (None, lines):
        faults.append(f"{expected.lines} lines given, {lines} accounted for")
    if expected.amount_e4 not in (None, amount_e4):
        faults.append(f"{expected.amount_e4} of money given, {amount_e4} accounted for")
    if len(listed) == len(of_orders) == len(case.files) == 1:
        blank, header_row = int(of_orders["blank_rows"].iloc[0]), of_orders["header_row"].iloc[0]
        fewest, most = lines_below(*case.files.items(), header_row=0 if pd.isna(header_row) else int(header_row))
        if not (fewest <= lines + blank <= most):
            faults.append(f"{fewest} to {most} lines stand in the file, {lines} accounted for and {blank} blank")
    return "; ".join(faults)


def lines_below(file: tuple[str, bytes], *, header_row: int) -> tuple[int, float]:
    """Lines below the header without and with those of nothing but blanks; any number where a line need not be a row."""
    name, raw = file
    if name.endswith(".gz"):
        raw, name = gzip.decompress(raw), name.removesuffix(".gz")
    if not name.endswith((".csv", ".tsv", ".txt")) or b'"' in raw or raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in raw:
        return 0, math.inf
    lines = raw.split(b"\n" if b"\n" in raw else b"\r")
    texts = [line.decode("utf-8", "replace").strip("\r") for line in lines[header_row:]]
    return sum(bool(text.strip()) for text in texts), sum(bool(text) for text in texts)
