"""The page on the data: what was read, what was removed, and what that leaves possible."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analysis.clean.cleaning import Cleaning
from analysis.clean.optional_page import OPTIONAL_WORDS, optional_issues, optional_tables
from analysis.clean.suspect_page import suspects_table
from analysis.core import tables
from analysis.core.contracts import clean as contracts
from analysis.core.contracts.capabilities import CAPABILITIES
from analysis.core.contracts.schema import Column, Table, Words
from analysis.core.estimate import Figure, measured
from analysis.core.text import Phrase, quoted, say
from analysis.draw.page import Check, Kpi, Look, Page, Section

RULE_WORDS = {rule: say(f"clean.rule.{rule}") for rule in (
    "unreadable_line", "total_row", "export_overlap", "exact_duplicate", "unreadable_date", "future_date", "after_as_of",
    "unreadable_amount", "missing_customer", "other_currency", "cancelled", "returned_order", "non_product", "negative_price", "zero_price",
    "return_sign",
)}  # fmt: skip

TABLE_WORDS = {name: say(f"clean.table_name.{name}") for name in (
    "orders", "order_lines", "order_headers", "categories", "returned_orders", "other", "not_read",
)} | OPTIONAL_WORDS  # fmt: skip
NOTE_WORDS = {name: say(f"clean.note.{name}") for name in (
    "used", "not_used", "likely_header", "weak_header", "settled_in_params", "encoding_judged", "unknown_kind",
    "left_out_in_params", "empty", "no_known_headers",
)}  # fmt: skip

_MAP = contracts.COLUMN_MAP.by_name
COLUMN_USES = Table(
    "column_uses", "one header, and what it was read as in how many files", ("header", "column", "factor", "note"),
    (
        _MAP["header"], _MAP["column"], _MAP["factor"],
        Column("files", "int", Words("Files", "文件数"), "Files and sheets with that header.", low=1),
        _MAP["note"],
    ),
)  # fmt: skip



def figures(cleaning: Cleaning) -> list[Figure]:
    """The stage's headline figures."""
    steps, facts = cleaning.steps, cleaning.facts.iloc[0]
    read, used = int(steps["lines_before"].iloc[0]), int(steps["lines_after"].iloc[-1])
    lines = steps["rule"] != "total_row"  # a total repeats the money of the lines above it
    removed = steps.loc[lines & (steps["action"] == "remove"), "amount_hit_e4"].sum()
    return [
        measured("lines_read", read, "count", n=read, inputs="orders"),
        measured("lines_used", used, "count", n=read, inputs="orders"),
        measured("net_sales_used", steps["amount_after_e4"].iloc[-1] / 1e4, "money", n=used, inputs="orders.amount"),
        measured("money_removed", removed / 1e4, "money", n=read - used, inputs="orders.amount"),
        measured("costed_share", facts["costed_share"], "ratio", n=used, inputs="orders.cost"),
        measured("customers", len(tables.read(contracts.CUSTOMERS)), "count", n=used, inputs="orders.customer_id"),
    ]


def headline(page: Page, cleaning: Cleaning) -> Section:
    """The page's message: how much of the export is usable, and what the largest cut is."""
    steps, facts = cleaning.steps, cleaning.facts.iloc[0]
    lines, used = int(steps["lines_before"].iloc[0]), int(steps["lines_after"].iloc[-1])
    cuts = steps[(steps["action"] == "remove") & (steps["rule"] != "total_row")]
    cut = cuts.sort_values(["lines_hit", "step"], ascending=[False, True])["rule"].iloc[0]
    title = (
        say("clean.headline.clean", lines=lines)
        if used == lines
        else say("clean.headline.most", share=used / lines, lines=lines, reason=RULE_WORDS[cut])
    )
    files = cleaning.read.input_files
    return page.headline(
        kicker=say("clean.headline.kicker", month=facts["as_of"]),
        title=title,
        standfirst=say(
            "clean.headline.standfirst", files=int((files["rows_read"] > 0).sum()),
            customers=len(tables.read(contracts.CUSTOMERS)), first=facts["first_date"], as_of=facts["as_of"],
        ),
    )  # fmt: skip


def kpis(page: Page, found: list[Figure]) -> Section:
    """Lines read and used, and the money of both."""
    by_name = {figure.name: figure for figure in found}
    shown = {
        "lines_read": say("clean.kpi.read"), "lines_used": say("clean.kpi.accepted"),
        "net_sales_used": say("clean.kpi.revenue"), "money_removed": say("clean.kpi.removed"),
        "costed_share": say("clean.kpi.costed"),
    }  # fmt: skip
    return page.kpis([Kpi(label, by_name[name]) for name, label in shown.items()])


def waterfall(page: Page, steps: pd.DataFrame) -> Section:
    """From the money in the export, its total rows apart, to the money that can be used."""
    from analysis.draw.waterfall import plot_waterfall

    total = steps["rule"] == "total_row"
    raw = (steps["amount_before_e4"].iloc[0] - steps.loc[total, "amount_hit_e4"].sum()) / 1e4
    usable = steps["amount_after_e4"].iloc[-1] / 1e4
    moved = steps[(steps["amount_hit_e4"] != 0) & ~total]
    bars = pd.DataFrame(
        {
            "value": [raw, *(-moved["amount_hit_e4"] / 1e4), usable],
            "is_total": [True, *[False] * len(moved), True],
        }
    )
    labels = [say("clean.waterfall.raw"), *(RULE_WORDS[rule] for rule in moved["rule"]), say("clean.waterfall.usable")]
    return page.figure(
        "waterfall",
        kicker=say("clean.waterfall.kicker"),
        title=say("clean.waterfall.title", raw=raw, usable=usable) if len(moved) else say("clean.waterfall.same", raw=raw),
        deck=say("clean.waterfall.deck"),
        note=say("clean.waterfall.note"),
        draw=partial(plot_waterfall, bars, labels),
        data=steps,
        contract=contracts.CLEANING_STEPS,
        look=_steps_look(("rule", "action", "lines_hit", "amount_hit_e4", "amount_after_e4")),
    )


def rules(page: Page, steps: pd.DataFrame) -> Section:
    """Every rule with its lines and money."""
    return page.table(
        "rules",
        steps,
        contracts.CLEANING_STEPS,
        kicker=say("clean.steps.kicker"),
        title=_rules_title(steps),
        deck=say("clean.steps.deck"),
        look=_steps_look(("step", "rule", "action", "lines_before", "lines_hit", "lines_after", "amount_hit_e4",
                          "amount_after_e4", "first_date", "last_date")),
    )  # fmt: skip


def _rules_title(steps: pd.DataFrame) -> Phrase:
    hit = int((steps["lines_hit"] > 0).sum())
    return say("clean.steps.title", hit=hit, rules=len(steps)) if hit else say("clean.steps.none", rules=len(steps))


def _steps_look(columns: tuple[str, ...]) -> Look:
    actions = {name: say(f"clean.action.{name}") for name in ("remove", "set_aside", "convert", "keep_apart")}
    return Look(columns=columns, words={"rule": RULE_WORDS, "action": actions}, search=False)


def suspects(page: Page, cleaning: Cleaning) -> Section:
    """What no rule decides and the reader should look at."""
    return suspects_table(page, cleaning.suspects)


def found(page: Page, cleaning: Cleaning) -> Section:
    """What a reader of any later page should know about the data."""
    lines = _found(cleaning)
    return page.notes(
        "found", kicker=say("clean.found.kicker"), title=say("clean.found.title", notes=len(lines)), lines=lines
    )


def _found(cleaning: Cleaning) -> list[Phrase]:
    steps, facts = cleaning.steps.set_index("rule"), cleaning.facts.iloc[0]
    lines = [say("clean.found.read", where=note.where, words=note.words) for note in cleaning.read.notes]
    if cleaning.filled_lines:
        lines.append(say("clean.found.filled", lines=cleaning.filled_lines))
    overlap, double, after = steps.loc["export_overlap"], steps.loc["exact_duplicate"], steps.loc["after_as_of"]
    if overlap["lines_hit"]:
        lines.append(say("clean.found.overlap", lines=int(overlap["lines_hit"]), money=overlap["amount_hit_e4"] / 1e4,
                         first=overlap["first_date"], last=overlap["last_date"]))  # fmt: skip
    if double["lines_hit"]:
        lines.append(say("clean.found.duplicates", lines=int(double["lines_hit"]), money=double["amount_hit_e4"] / 1e4))
    if cleaning.occasion_rule == "customer_date" and facts["order_ids"]:
        lines.append(say("clean.found.shared", shared=int(facts["shared_order_ids"]), ids=int(facts["order_ids"])))
    if "returned_orders" in cleaning.read.tables and not cleaning.uses_returned_orders:
        lines.append(say("clean.found.listed", orders=cleaning.returned_order_count))
    lines += _totals(cleaning.control_totals)
    tied, untied = facts["tied_returns_e4"] / 1e4, facts["untied_returns_e4"] / 1e4
    if tied and untied:
        lines.append(say("clean.found.returns", tied=tied, untied=untied))
    elif tied:
        lines.append(say("clean.found.returns_all", tied=tied))
    elif untied:
        lines.append(say("clean.found.returns_none", untied=untied))
    if crowds := _crowds():
        lines.append(say("clean.found.crowd", customers=crowds[0], share=crowds[1]))
    if after["lines_hit"]:
        lines.append(say("clean.found.after", lines=int(after["lines_hit"]), as_of=facts["as_of"]))
    if cleaning.read.amount_basis is None:
        lines.append(say("clean.found.tax"))
    costed = facts["costed_share"]
    lines.append(say("clean.found.cost", share=costed) if costed > 0 else say("clean.found.no_cost"))
    return lines


def _totals(totals: pd.DataFrame) -> list[Phrase]:
    bad = int((totals["total_e4"] != totals["lines_e4"]).sum())
    if totals.empty:
        return []
    if bad:
        return [say("clean.found.total_bad", bad=bad, totals=len(totals))]
    return [say("clean.found.total_good", totals=len(totals))]


def _crowds() -> tuple[int, float] | None:
    crowds = tables.read(contracts.CUSTOMERS).query("is_pseudo_customer")["customer_id"]
    months = tables.read(contracts.CUSTOMER_MONTHS)
    money = months.loc[months["customer_id"].isin(crowds), "revenue_e4"].sum()
    return (len(crowds), money / months["revenue_e4"].sum()) if len(crowds) else None


def profile(page: Page, cleaning: Cleaning) -> Section:
    """The export column by column, before any rule."""
    return page.table("profile", cleaning.profile, contracts.INPUT_PROFILE, kicker=say("clean.profile.kicker"),
                      title=say("clean.profile.title"), look=Look(search=False))  # fmt: skip


def files(page: Page, cleaning: Cleaning) -> Section:
    """The files and sheets, and what each was read as."""
    listed = cleaning.read.input_files
    used = int((~listed["table_name"].isin(["other", "not_read"])).sum())
    return page.table("files", listed, contracts.INPUT_FILES, kicker=say("clean.files.kicker"),
                      title=say("clean.files.title", used=used, files=len(listed)),
                      look=Look(columns=("file_no", "source_file", "table_name", "rows_read", "encoding", "header_row", "note"),
                                words={"table_name": TABLE_WORDS, "note": NOTE_WORDS}))  # fmt: skip


def mapping(page: Page, cleaning: Cleaning) -> Section:
    """Which header of the user's was read as what, in how many files."""
    columns = cleaning.read.column_map
    uses = columns.groupby(["header", "column", "factor", "note"], dropna=False, sort=False).agg(files=("file_no", "nunique"))
    also = {note: say("clean.note.also", column=note.partition(":")[2]) for note in columns["note"].unique() if ":" in note}
    return page.table("mapping", uses.reset_index(), COLUMN_USES, kicker=say("clean.mapping.kicker"),
                      title=say("clean.mapping.title", used=int(columns["column"].notna().sum()), columns=len(columns)),
                      deck=say("clean.mapping.deck"), look=Look(words={"note": NOTE_WORDS | also}), folded=True)  # fmt: skip


def others(page: Page, cleaning: Cleaning) -> tuple[Section, Section]:
    """What the source brings beside order lines, and what of it is not used as written."""
    return optional_tables(page, cleaning.brought), optional_issues(page, cleaning.brought)


def gate(page: Page, cleaning: Cleaning) -> Section:
    """Which of the capabilities run on this data, and what each of the others needs."""
    status = cleaning.gate["status"].value_counts()
    words = {
        "capability": {one.id: say("clean.gate.title_of", id=one.id, title=one.title) for one in CAPABILITIES},
        "status": {name: say(f"clean.gate.{name}") for name in ("available", "not_available", "not_built")},
        "would_enable": {one.gives.en: say("page.quoted", text=one.gives) for one in CAPABILITIES} | {"": quoted("")},
    }
    return page.table(
        "gate", cleaning.gate, contracts.CAPABILITIES, kicker=say("clean.gate.kicker"),
        title=say("clean.gate.title", all=len(cleaning.gate), **{
            key: int(status.get(name, 0))
            for key, name in (("available", "available"), ("lacking", "not_available"), ("unbuilt", "not_built"))
        }),
        look=Look(columns=("capability", "status", "missing", "would_enable"), words=words),
    )  # fmt: skip


def checks(page: Page, cleaning: Cleaning) -> Section:
    """The visible proof that nothing was lost, counted from the stored tables."""
    steps = cleaning.steps
    months = tables.read(contracts.CUSTOMER_MONTHS)
    removed = steps[steps["action"].isin(["remove", "set_aside"])]
    lines = steps["lines_before"].iloc[0] == steps["lines_after"].iloc[-1] + removed["lines_hit"].sum()
    money = steps["amount_before_e4"].iloc[0] - steps["amount_hit_e4"].sum() == steps["amount_after_e4"].iloc[-1]
    booked = months["revenue_e4"].sum() == steps["amount_after_e4"].iloc[-1]
    return page.provenance(
        checks=[
            Check(say("clean.check.lines"), bool(lines)),
            Check(say("clean.check.money"), bool(money)),
            Check(say("clean.check.months"), bool(booked)),
        ]
    )
