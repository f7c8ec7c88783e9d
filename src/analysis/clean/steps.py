"""F1: what each rule did, in lines and in money, and the proof that nothing was lost."""

from __future__ import annotations

import pandas as pd

from analysis.clean.rules import RULES
from analysis.core.errors import ContractError


def step_table(read: pd.Series, hits: pd.DataFrame, signs: pd.Series) -> pd.DataFrame:
    """Rows of ``cleaning_steps``: each rule with the lines and the money before and after it.

    Parameters
    ----------
    read : ``lines`` and ``amount_e4`` of the whole source as written.
    hits : ``rule, lines, amount_e4, first_date, last_date``, one row a rule that hit something.
    signs : ``lines`` and ``change_e4`` of returns that the export writes as positive amounts.
    """
    found = hits.set_index("rule")
    rows, lines, amount = [], int(read["lines"]), int(read["amount_e4"])
    for rule in RULES:
        hit = found.loc[rule.name] if rule.name in found.index else None
        lines_hit, amount_hit = (int(hit["lines"]), int(hit["amount_e4"])) if hit is not None else (0, 0)
        rows.append(_row(rule.name, rule.action, lines, lines_hit, lines - lines_hit, amount, amount_hit, amount - amount_hit,
                         hit))  # fmt: skip
        lines, amount = lines - lines_hit, amount - amount_hit
    change = int(signs["change_e4"])
    rows.append(_row("return_sign", "convert", lines, int(signs["lines"]), lines, amount, -change, amount + change, None))
    return pd.DataFrame(rows).assign(step=range(1, len(rows) + 1))


def _row(rule: str, action: str, lines: int, hit: int, left: int, amount: int, amount_hit: int, amount_left: int,
         dates: pd.Series | None) -> dict[str, object]:  # fmt: skip
    return {
        "rule": rule, "action": action, "lines_before": lines, "lines_hit": hit, "lines_after": left,
        "amount_before_e4": amount, "amount_hit_e4": amount_hit, "amount_after_e4": amount_left,
        "first_date": pd.NaT if dates is None else dates["first_date"],
        "last_date": pd.NaT if dates is None else dates["last_date"],
    }  # fmt: skip


def prove_nothing_lost(steps: pd.DataFrame, accepted: pd.Series, rejected: pd.Series) -> None:
    """Raise unless accepted + rejected = input, in lines and in money.

    Parameters
    ----------
    steps : the table ``cleaning_steps``.
    accepted, rejected : ``lines`` and ``amount_e4`` counted from the two stored tables themselves.
    """
    read_lines, read_amount = steps["lines_before"].iloc[0], steps["amount_before_e4"].iloc[0]
    lines_left, amount_left = steps["lines_after"].iloc[-1], steps["amount_after_e4"].iloc[-1]
    signs = -int(steps.loc[steps["rule"] == "return_sign", "amount_hit_e4"].sum())
    lines_gap = int(read_lines - accepted["lines"] - rejected["lines"])
    amount_gap = int(read_amount + signs - accepted["amount_e4"] - rejected["amount_e4"])
    if lines_gap or amount_gap or lines_left != accepted["lines"] or amount_left != accepted["amount_e4"]:
        raise ContractError(
            "cleaning", "accepted and rejected lines must add up to the input",
            f"{lines_gap} lines and {amount_gap / 10_000} of money apart", "This is a defect; please report it",
        )  # fmt: skip
