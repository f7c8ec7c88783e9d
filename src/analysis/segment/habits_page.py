"""G3 on the page: where, when, what and how much customers buy, which habits come back, and the groups with proof."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analysis.core.contracts import segment_habits as contracts
from analysis.core.contracts.schema import E4
from analysis.core.text import Phrase, joined, listed, quoted, say
from analysis.draw.bars import plot_bars
from analysis.draw.matrix import plot_matrix
from analysis.draw.page import Check, Look, Page, Section
from analysis.models.rules import Condition, Rule
from analysis.segment.habit_features import NEEDS, SATURDAY
from analysis.segment.habits import HabitRecords

WEEKDAYS = {day: say(f"segment.weekday.{day}") for day in contracts.WEEKDAYS}
HABITS = {habit: say(f"segment.habit.{habit}") for habit in contracts.HABITS_KNOWN}


def sections(page: Page, records: HabitRecords) -> list[Section]:
    """All sections of G3; a dimension that the data does not tell has none, and is named where habits are judged."""
    found = [
        times(page, records), profile(page, records, "region"), profile(page, records, "category"), sizes(page, records), proofs(page, records), groups(page, records), cards(page, records),
    ]  # fmt: skip
    return [section for section in found if section is not None]


def profile(page: Page, records: HabitRecords, dimension: str) -> Section | None:
    """Sales and customers of each region or category."""
    shares = _shares(records, dimension)
    known = shares[shares["level"].notna()]
    if known.empty:
        return None
    shown = known.head(records.settings.habits.listed_levels)
    first = shown.iloc[0]
    notes = [_counted(records)]
    if len(known) > len(shown):
        rest = known.iloc[len(shown) :]
        notes.append(say("segment.profile.rest", levels=len(rest), sales=rest["sales_share"].sum()))
    if unknown := float(shares.loc[shares["level"].isna(), "sales_share"].sum()):
        notes.append(say("segment.profile.unknown", sales=unknown))
    return page.figure(
        dimension, kicker=say(f"segment.profile.kicker.{dimension}"),
        title=say("segment.profile.first", name=first["level"], sales=first["sales_share"], customers=first["customer_share"]),
        deck=say("segment.profile.deck", start=records.start, as_of=records.as_of), note=joined(notes),
        draw=partial(plot_bars, shown["sales_e4"] / E4, [quoted(level) for level in shown["level"]], texts=_bars(shown)),
        data=shares, contract=contracts.HABIT_SHARES, half=True,
        look=Look(columns=("level", "customers", "customer_share", "orders", "sales_e4", "sales_share"), search=False),
    )  # fmt: skip


def times(page: Page, records: HabitRecords) -> Section | None:
    """Orders by weekday and hour, or by weekday and month."""
    found = records.times
    if found.empty:
        return None
    kind, slots = str(found["slot_kind"].iloc[0]), range(int(found["slot"].min()), int(found["slot"].max()) + 1)
    wide = found.pivot(index="weekday", columns="slot", values="order_share")
    wide = wide.reindex(index=list(contracts.WEEKDAYS), columns=slots).fillna(0.0)
    by_day, weekend = wide.sum(axis=1), wide.iloc[SATURDAY:].to_numpy().sum()
    return page.figure(
        "times", kicker=say("segment.times.kicker"),
        title=say("segment.times.title", day=WEEKDAYS[str(by_day.idxmax())], share=by_day.max(), weekend=weekend),
        deck=say(f"segment.times.deck.{kind}", start=records.start, as_of=records.as_of),
        note=say(f"segment.times.note.{kind}", orders=int(found["orders"].sum()), all=int(records.sums["orders"].sum())),
        draw=partial(
            plot_matrix, wide, list(WEEKDAYS.values()), [_slot(kind, slot) for slot in slots], form="percent1",
            row_name=say("segment.times.rows"), column_name=say(f"segment.times.columns.{kind}"),
        ),
        data=found.sort_values(["weekday", "slot"], key=_by_weekday, ignore_index=True), contract=contracts.HABIT_TIMES,
        look=Look(columns=("weekday", "slot", "orders", "order_share"), words={"weekday": WEEKDAYS}, search=False),
    )  # fmt: skip


def sizes(page: Page, records: HabitRecords) -> Section | None:
    """Sales of each quarter of the orders, from small to large."""
    shares = _shares(records, "order_size")
    if shares.empty:
        return None
    labels = [say("segment.sizes_of_orders.up_to", amount=row.largest_e4 / E4) for row in shares.itertuples(index=False)]
    words = {str(level): label for level, label in zip(shares["level"], labels, strict=True)}
    return page.figure(
        "order_sizes", kicker=say("segment.sizes_of_orders.kicker"),
        title=say("segment.sizes_of_orders.title", share=shares["sales_share"].iloc[-1]),
        deck=say("segment.sizes_of_orders.deck"), note=_counted(records),
        draw=partial(plot_bars, shares["sales_e4"] / E4, labels, texts=_bars(shares)),
        data=shares, contract=contracts.HABIT_SHARES, half=True,
        look=Look(columns=("level", "customers", "orders", "sales_e4", "sales_share"), words={"level": words}, search=False),
    )  # fmt: skip


def proofs(page: Page, records: HabitRecords) -> Section:
    """Which habits come back."""
    found, asked = records.proofs, records.settings.habits
    known = found[found["reliability"].notna()].sort_values(["reliability", "habit"], ascending=[False, True])
    notes = [say("segment.proofs.note", orders=asked.min_orders, customers=records.groups.judged, limit=asked.reliable_from)]
    unknown = [say("segment.proofs.lacks", habit=HABITS[habit], column=NEEDS[habit]) for habit in found.loc[found["needs"].notna(), "habit"]]
    if unknown:
        notes.append(say("segment.proofs.unknown", habits=listed(unknown)))
    notes.append(say("segment.proofs.never"))
    return page.figure(
        "habits", kicker=say("segment.proofs.kicker"), title=_proofs_title(records), deck=say("segment.proofs.deck"), note=joined(notes),
        draw=partial(plot_bars, known["reliability"], [HABITS[habit] for habit in known["habit"]], form="percent"),
        data=found, contract=contracts.HABIT_PROOFS, half=True,
        look=Look(words={"habit": HABITS}, forms={"reliability": "percent"}, search=False),
    )  # fmt: skip


def groups(page: Page, records: HabitRecords) -> Section:
    """The published groups by value, or why there are none."""
    found, title = records.groups, groups_title(records)
    if not found.rules:
        return page.notes("groups", kicker=say("segment.groups.kicker"), title=title, lines=_reasons(records))
    value = pd.Series(records.value)
    shown = found.table[found.table["is_published"]].sort_values("habit_group")
    rest = found.published.isna().to_numpy()
    values = [*shown["value"], value[rest].sum()]
    counts = [*shown["customers"], int(rest.sum())]
    rules = {row.rule: rule_phrase(found.rules[row.habit_group], records) for row in shown.itertuples(index=False)}
    return page.figure(
        "groups", kicker=say("segment.groups.kicker"), title=title,
        deck=say("segment.groups.deck", measure=say(f"segment.money_first.{records.money_name}"), start=records.start, as_of=records.as_of),
        note=joined(_reasons(records)),
        draw=partial(
            plot_bars, pd.Series(values),
            [*(say("segment.groups.name", number=row.habit_group, rule=rules[row.rule]) for row in shown.itertuples(index=False)), say("segment.groups.none_name")],
            texts=[say("segment.sizes.bar", money=money, customers=count) for money, count in zip(values, counts, strict=True)],
        ),
        data=shown, contract=contracts.HABIT_GROUPS,
        look=Look(
            columns=(
                "habit_group", "rule", "precision", "recall", "stability", "customers", "customer_share", "value", "value_share",
                "median_order", "gap_days", "main_category", "main_category_share", "main_weekday", "weekend_share", "morning_share",
                "mean_discount",
            ),
            words={"rule": rules, "main_weekday": WEEKDAYS}, forms={"gap_days": "number", "stability": "number2"}, search=False,
        ),
    )  # fmt: skip


def cards(page: Page, records: HabitRecords) -> Section | None:
    """Each published group in a few words."""
    found = records.groups
    if not found.rules:
        return None
    shown = found.table[found.table["is_published"]].sort_values("habit_group")
    return page.notes(
        "group_cards", kicker=say("segment.cards.kicker"), title=say("segment.cards.title", groups=len(shown)),
        lines=[_card(row, records) for row in shown.itertuples(index=False)],
    )  # fmt: skip


def checks(records: HabitRecords) -> list[Check]:
    """Every way of parting the sales adds up to all of them, and every customer has its one row of habits and of prices."""
    preferences, bought = records.preferences, records.sums["orders"].sum()
    parted = records.shares.groupby("dimension")["sales_e4"].sum()
    in_groups = records.groups.table["customers"].sum() in (0, records.groups.judged)
    same = records.sums["customer_id"].equals(preferences["customer_id"]) and bought == preferences["orders"].sum()
    return [
        Check(say("segment.check.parted"), parted.nunique() <= 1),
        Check(say("segment.check.habits"), bool(same and in_groups)),
    ]


def groups_title(records: HabitRecords) -> Phrase:
    """What became of the search for groups."""
    found = records.groups
    words = {"groups": len(found.table), "published": len(found.rules)}
    asked = {
        "few_customers": {"customers": found.judged, "orders": records.settings.habits.min_orders}, "no_habit": {}, "no_groups": {},
        "none_stable": {"groups": words["groups"]}, "some_stable": words, "all_stable": {"groups": words["groups"]},
    }  # fmt: skip
    return say(f"segment.groups.{found.outcome}", **asked[found.outcome])


def rule_phrase(rule: Rule, records: HabitRecords) -> Phrase:
    """The rule as a reader says it."""
    return listed([_condition(one, records) for one in rule.conditions])


def _condition(condition: Condition, records: HabitRecords) -> Phrase:
    kind, _, place = condition.feature.rpartition("_")
    side = "from" if condition.at_least else "below"
    if place.isdigit():
        return say(f"segment.condition.{kind}_{side}", name=records.levels(kind)[int(place) - 1], bound=condition.bound)
    return say(f"segment.condition.{condition.feature}_{side}", bound=condition.bound)


def _card(row: object, records: HabitRecords) -> Phrase:
    told: dict = row._asdict()  # type: ignore[attr-defined]
    rule = records.groups.rules[told["habit_group"]]
    lines = [
        say("segment.cards.who", number=told["habit_group"], customers=told["customers"], share=told["customer_share"],
            rule=rule_phrase(rule, records), precision=rule.precision, recall=rule.recall),
        say("segment.cards.value", share=told["value_share"], measure=say(f"segment.money_name.{records.money_name}")),
        say("segment.cards.rhythm", amount=told["median_order"], gap=told["gap_days"], day=WEEKDAYS[told["main_weekday"]]),
    ]  # fmt: skip
    if told["main_category"] is not None:
        lines.append(say("segment.cards.category", name=told["main_category"], share=told["main_category_share"]))
    if pd.notna(told["mean_discount"]):
        lines.append(say("segment.cards.discount", share=told["mean_discount"]))
    return joined(lines)


def _reasons(records: HabitRecords) -> list[Phrase]:
    """How the groups were looked for, as far as it came."""
    found, asked = records.groups, records.settings.habits
    lines = [say("segment.groups.judged", customers=found.judged, orders=asked.min_orders, all=len(records.sums))]
    if found.outcome == "few_customers":
        return [*lines, say("segment.groups.needs", customers=asked.min_customers)]
    if found.outcome == "no_habit":
        return [*lines, say("segment.groups.by_chance", limit=asked.reliable_from)]
    lines.append(say("segment.groups.clouds", chance=found.chance, limit=asked.chance_up_to))
    if found.outcome == "no_groups":
        return lines
    stable = listed([
        say("segment.groups.jaccard", number=row.habit_group, stability=row.stability)
        for row in found.table.sort_values("habit_group").itertuples(index=False)
    ])  # fmt: skip
    return [*lines, say("segment.groups.redrawn", draws=asked.stability_draws, groups=stable, limit=asked.stable_from),
            say("segment.groups.others")]  # fmt: skip


def _proofs_title(records: HabitRecords) -> Phrase:
    found = records.proofs
    if records.groups.outcome == "few_customers":
        return say("segment.proofs.few")
    used = found[found["is_used"]].sort_values("reliability", ascending=False)
    known = int(found["reliability"].notna().sum())
    if used.empty:
        return say("segment.proofs.none", known=known)
    return say("segment.proofs.some", used=len(used), known=known, habits=listed([HABITS[habit] for habit in used["habit"]]))


def _shares(records: HabitRecords, dimension: str) -> pd.DataFrame:
    shares = records.shares[records.shares["dimension"] == dimension]
    return shares.sort_values("position", ignore_index=True)


def _bars(shares: pd.DataFrame) -> list[Phrase]:
    return [say("segment.sizes.bar", money=row.sales_e4 / E4, customers=row.customers) for row in shares.itertuples(index=False)]


def _counted(records: HabitRecords) -> Phrase:
    return say("segment.profile.note", customers=len(records.sums), orders=int(records.sums["orders"].sum()))


def _slot(kind: str, slot: int) -> Phrase:
    if kind == "hour":
        return say("segment.times.hour", hour=slot)
    return say("segment.times.month", month=pd.Timestamp(year=2000, month=slot, day=1))


def _by_weekday(values: pd.Series) -> pd.Series:
    return values.map(contracts.WEEKDAYS.index) if values.name == "weekday" else values
