"""Early warning from the tables to the page: who changed is told, nobody else, from what was known, whatever is missing."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest

from analysis.churn import warning_messages, warning_page
from analysis.churn.assessment import assess_customers
from analysis.churn.signal_records import Records
from analysis.churn.signals import day_number
from analysis.churn.warning_figures import UNITS, find_warning_figures
from analysis.churn.warnings import watch_customers
from analysis.churn.watching import independent_signals, watch_on
from analysis.core import tables
from analysis.core.contracts import optional
from analysis.core.contracts.churn_warnings import SIGNALS, WARNING_PROOF, WARNING_SIGNALS, WARNINGS
from analysis.core.contracts.clean import CUSTOMERS, ORDER_LINES
from analysis.core.contracts.lifetime_value import CLV
from analysis.core.edition import LANGUAGES, Edition
from analysis.core.engine import open_engine
from analysis.draw.page import open_page
from tests.hostile.names import NAMES
from tests.worlds_of_orders import stage_on

START, AS_OF = "2021-07-01", "2024-12-31"
FIRM, CHANGED = 60, ("stops", "pauses", "smaller", "narrower")


def rhythm(seed, mean, end=AS_OF, k=4):
    """Days with orders of one customer, gaps Erlang-k."""
    rng = np.random.default_rng(seed)
    gaps = np.maximum(rng.gamma(k, mean / k, 2 * int(1300 / mean) + 60), 1).round().cumsum()
    days = pd.Timestamp(START) + pd.to_timedelta(gaps, unit="D")
    return days[days <= pd.Timestamp(end)]


def customer(name, days, seed, sales=100.0, categories=5):
    rng = np.random.default_rng(seed)
    value = np.broadcast_to(sales, len(days)) * rng.lognormal(0, 0.3, len(days))
    return pd.DataFrame({"customer_id": name, "order_date": days, "bought_e4": (value * 10_000).astype("int64"), "categories": categories})


@pytest.fixture(scope="module")
def world():
    """Sixty that stay as they are, and four that change: one stops in October, from September one orders four times as rarely, one buys
    a fifth a time, one a single category."""
    rows = [customer(f"c{n:02}", rhythm(n, 15 + n % 20), n) for n in range(FIRM)]
    rows.append(customer("stops", rhythm(101, 12, end="2024-09-30"), 101))
    often, seldom = rhythm(102, 12, end="2024-09-25"), rhythm(103, 48)
    rows.append(customer("pauses", often.union(seldom[seldom > "2024-09-25"]), 102))
    days = rhythm(104, 12)
    rows.append(customer("smaller", days, 104, np.where(days > "2024-10-05", 20.0, 100.0)))
    days = rhythm(105, 8)
    rows.append(customer("narrower", days, 105).assign(categories=np.where(days > "2024-08-01", 1, 5)))
    return pd.concat(rows, ignore_index=True)


@pytest.fixture
def watch(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def watched(days, as_of=AS_OF, brought=(), names=None):
        stage = stage_on(tmp_path, "churn", days, as_of=as_of, draws=60)
        for table, frame in brought:
            tables.write(table, frame)
        if names:
            people = tables.read(CUSTOMERS)
            tables.write(CUSTOMERS, people.assign(customer_name=[names.get(one, one) for one in people["customer_id"]]))
        value = {"horizon_months": 12, "repeats": 3, "alive": 0.9, "exp_orders": 2.0, "value_per_order": 50.0, "clv": 100.0, "lo": 50.0,
                 "hi": 200.0, "value_name": "revenue", "method": "bgnbd"}  # fmt: skip
        tables.write(CLV, pd.DataFrame([{"customer_id": one, **value} for one in sorted(days["customer_id"].unique())]))
        return stage, watch_customers(stage, assess_customers(stage))

    return watched


def stored(table, rows):
    given = pd.DataFrame(rows).assign(file_no=1, row_no=range(1, len(rows) + 1), is_known_customer=True)
    return tables.without_rows(table).reindex(given.index).assign(**given)


def test_who_changed_is_told_and_what_changed(watch, world):
    _, found = watch(world)
    told = found.warnings.set_index(["customer_id", "signal"])
    assert {("stops", "order_gap"), ("pauses", "order_gap"), ("smaller", "order_value")} <= set(told.index)
    others = told[~told.index.get_level_values(0).isin(CHANGED)]
    assert len(others) <= 2 * sum(found.now.expected(3, name) for name in SIGNALS)  # twice those by chance in the three months
    assert told.loc[("stops", "order_gap"), "strength_months"] > others["strength_months"].max()
    assert told.loc[("stops", "order_gap"), "baseline"] == pytest.approx(12, rel=0.2)  # the mean of some sixty gaps
    assert told.loc[("stops", "order_gap"), "now"] > 30
    assert told.loc[("smaller", "order_value"), "now"] == pytest.approx(20, rel=0.3)  # the mean of a few orders
    assert told[["clv_lo", "clv_at_risk", "clv_hi"]].eq([50, 100, 200]).all(axis=None)
    rang = found.now.alarms[found.now.alarms["signal"] == "category_breadth"]["place"]
    assert found.people["customer_id"].iloc[rang.iloc[0]] == "narrower"


def test_the_counts_of_the_tables_agree_and_the_budget_is_kept(watch, world):
    stage, found = watch(world)
    found.store()
    for table in (WARNINGS, WARNING_SIGNALS, WARNING_PROOF):
        table.check(tables.read(table))
    assert found.signals["signal"].tolist() == list(SIGNALS)
    assert found.signals["open_warnings"].sum() == len(found.warnings)
    budget = sum(vars(stage.settings.warnings.alarms_monthly).values())
    assert 0 < found.signals["expected"].sum() <= budget * 31 / 30.4
    assert all(check.holds for check in warning_page.warning_checks(found))


def test_the_risk_a_while_ago_is_the_one_told_then(watch, world):
    """The customer that stopped in October: by the end of December its risk is higher than that told 90 days before; new ones had none."""
    stage, found = watch(world)
    row = found.warnings.set_index("customer_id").loc[["stops"]].iloc[0]
    trial = assess_customers(stage).proof.trials[-1]
    assert (pd.Timestamp(AS_OF) - trial.known.day).days == stage.settings.horizon_days
    assert row["risk_before"] in {value for way in trial.chances[stage.settings.horizon_days].values() for value in way}
    assert row["risk"] > row["risk_before"]


def test_what_happens_after_the_day_changes_nothing(watch, world):
    """Watched on 30 June with all orders stored, and with those until then."""
    day, seen = pd.Timestamp("2024-06-30"), []
    for stored_days in (world, world[world["order_date"] <= day]):
        stage, found = watch(stored_days)
        with open_engine(stage.params.engine) as engine:
            seen.append(watch_on(Records(engine, found.people, stage.settings.warnings), day, stage.settings))
    pd.testing.assert_frame_equal(seen[0].alarms, seen[1].alarms)
    assert seen[0].ordering == seen[1].ordering == len(CHANGED) + FIRM


def test_the_proof_knows_only_what_was_known_then(watch, world):
    """Watched on 30 September: rewriting every later order changes no alarm, only what became of it."""
    _, plain = watch(world)
    later = world["order_date"] > "2024-09-30"
    _, other = watch(world.assign(bought_e4=np.where(later, world["bought_e4"] * 50, world["bought_e4"])))
    columns = ["outcome", "customers", "stayed_away"]
    pd.testing.assert_frame_equal(plain.proof[columns], other.proof[columns])


def test_who_was_warned_of_and_then_stayed_away_is_a_hit(watch, world):
    """A customer stops in July, is warned of by the end of September, and orders no more."""
    gone = customer("gone", rhythm(108, 12, end="2024-07-20"), 108)
    _, found = watch(pd.concat([world, gone], ignore_index=True))
    rows = found.proof.set_index("outcome")
    assert rows.loc["warned", "stayed_away"] >= 1
    assert rows.loc["warned", "rate"] > rows.loc["quiet", "rate"]
    assert rows.loc["told_before", "lead_days"] != rows.loc["told_before", "lead_days"]  # missing: nobody leads there


def test_without_optional_tables_the_signals_say_what_they_need(watch, world):
    _, found = watch(world)
    rows = found.signals.set_index("signal")
    lacking = ["contacts_declined", "customer_contacts", "complaints", "usage", "overdue_days"]
    assert rows["state"].loc[lacking].eq("not_available").all()
    assert rows.loc["usage", "needs"] == "usage"
    assert found.observable == 4


def test_refusals_and_complaints_and_use_are_watched_where_they_are_recorded(watch, world):
    months = pd.date_range("2021-07-01", AS_OF, freq="MS")
    contacts = [
        {"customer_id": name, "date": day, "kind": "call", "rep": "r", "initiated_by": "us",
         "outcome": "declined" if (name == "c01" and day >= pd.Timestamp("2024-10-01")) or (place + n) % 15 == 0 else "met"}
        for n in range(FIRM) for name in (f"c{n:02}",) for place, day in enumerate(pd.date_range("2021-07-05", AS_OF, freq="10D"))
    ]  # fmt: skip
    tickets = [
        {"ticket_id": f"t{n}-{day:%y%m}-{i}", "customer_id": f"c{n:02}", "opened_at": day + pd.Timedelta(days=3, hours=9)}
        for n in range(FIRM) for place, day in enumerate(months)
        for i in range(3 if n == 2 and day >= pd.Timestamp("2024-10-01") else (place + n) % 9 == 0)
    ]  # fmt: skip
    rng = np.random.default_rng(9)
    usage = [
        {"customer_id": f"c{n:02}", "date": day, "metric": "logins",
         "value": float(rng.poisson(3 if n == 3 and day >= pd.Timestamp("2024-10-01") else 20))}
        for n in range(FIRM) for day in months
    ]  # fmt: skip
    brought = [(optional.CONTACTS, stored(optional.CONTACTS, contacts)), (optional.TICKETS, stored(optional.TICKETS, tickets)),
               (optional.USAGE, stored(optional.USAGE, usage))]  # fmt: skip
    _, found = watch(world, brought=brought)
    told = set(zip(found.warnings["customer_id"], found.warnings["signal"], strict=True))
    assert {("c01", "contacts_declined"), ("c02", "complaints"), ("c03", "usage")} <= told
    assert found.signals.set_index("signal").loc[["contacts_declined", "complaints", "usage"], "state"].eq("observable").all()
    last = found.warnings.drop_duplicates("customer_id").set_index("customer_id")["last_contact"]
    assert last["c01"] == pd.date_range("2021-07-05", AS_OF, freq="10D")[-1]
    assert "stops" not in last or pd.isna(last["stops"])  # nobody met it


def with_payments():
    """Every fourth bill is some days late; from September on those of customer c04 are all 25 days late."""
    lines = tables.read(ORDER_LINES)
    due = lines["order_date"] + pd.Timedelta(days=20)
    number = lines.groupby("customer_id")["order_date"].rank("dense").astype(int) + lines["customer_id"].str[-1].str.encode("ascii").map(max)
    late = (number % 4 == 0) * (1 + number % 7)
    late = late.where((lines["customer_id"] != "c04") | (lines["order_date"] < "2024-09-01"), 25)
    return lines.assign(due_pay_date=due, paid_date=due + pd.to_timedelta(late, unit="D"))


def test_who_pays_later_than_before_is_told_of_with_the_days(watch, world):
    stage, _ = watch(world)
    tables.write(ORDER_LINES, with_payments())
    found = watch_customers(stage, assess_customers(stage))
    told = found.warnings[found.warnings["signal"] == "overdue_days"].set_index("customer_id")
    assert told.index.tolist() == ["c04"]
    assert told.loc["c04", "baseline"] == pytest.approx(1, abs=0.3)  # a quarter of the bills, by four days in the mean
    assert told.loc["c04", "now"] == pytest.approx(25)
    assert found.signals.set_index("signal").loc["overdue_days", "state"] == "observable"
    words = warning_messages.reasons(told.reset_index())["c04"].text(Edition("en", "CNY"))
    assert re.fullmatch(r"paid\s[\d.]+\s→\s[\d.]+\sdays after the due day", words)


@pytest.mark.parametrize("day", ["2024-06-30", "2024-10-31"])
def test_payments_after_the_day_change_nothing(watch, world, day):
    """Watched on a day with all payments stored, and with what was ordered and paid until then."""
    stage, found = watch(world)
    day, lines, seen = pd.Timestamp(day), with_payments(), []
    known = lines.assign(paid_date=lines["paid_date"].where(lines["paid_date"] <= day))[lines["order_date"] <= day]
    for stored_lines in (lines, known):
        tables.write(ORDER_LINES, stored_lines)
        with open_engine(stage.params.engine) as engine:
            seen.append(watch_on(Records(engine, found.people, stage.settings.warnings), day, stage.settings).signals["overdue_days"])
    for ours, theirs in zip(*seen, strict=True):
        pd.testing.assert_frame_equal(ours.alarms, theirs.alarms)
        np.testing.assert_array_equal(ours.of.x, theirs.of.x)


@pytest.mark.parametrize(
    ("signals", "count"),
    [(["order_gap"], 1), (["order_value", "category_breadth"], 1), (["order_gap", "order_value"], 2), (["order_gap", "peer_share"], 1),
     (["peer_share", "usage"], 2), (["contacts_declined", "customer_contacts"], 1), (["complaints", "order_gap", "usage"], 3)],
    ids=str,
)  # fmt: skip
def test_signals_that_say_the_same_count_once(signals, count):
    assert independent_signals(pd.DataFrame({"place": 4, "signal": signals})).to_dict() == {4: count}


def test_names_that_try_to_break_the_page_do_not(watch, world):
    stage, found = watch(world, names=dict(zip(CHANGED, NAMES.values(), strict=False)))
    html = "".join(text for part in warning_page.sections(open_page(stage.params.report), found) for text in part.html.values())
    assert [tag for tag in ("<script", "<img", "<svg onload") if tag in html] == []


BASES = {
    "changes": lambda world: world,
    "one customer": lambda world: world[world["customer_id"] == "stops"],
    "one order each": lambda world: world.drop_duplicates("customer_id"),
    "half a year": lambda world: world[world["order_date"] >= "2024-07-01"],
}


@pytest.mark.parametrize("base", BASES)
def test_every_part_and_figure_is_there_for_any_base(watch, world, base):
    stage, found = watch(BASES[base](world).reset_index(drop=True))
    found.store()
    figures = find_warning_figures(found)
    assert {figure.name for figure in figures} == {*UNITS, "signals_observable"}
    parts = warning_page.sections(open_page(stage.params.report), found)
    for part in parts:
        assert set(part.html) == set(LANGUAGES)
        assert not re.search(r"\bnan\b|None|NaT|<NA>", "".join(part.html.values()))
    if base in ("one order each", "half a year"):
        assert found.observable == 0
        assert warning_messages.title(found).key == "churn.warned.none"


def test_the_title_tells_alarms_beside_those_by_chance(watch, world):
    _, found = watch(world)
    said = warning_messages.title(found)
    assert said.key in ("churn.warned.open", "churn.warned.red")
    assert str(found.warnings["customer_id"].nunique()) in said.text(Edition("en", "CNY"))
    calm = dataclasses.replace(found, warnings=found.warnings.head(0))
    assert warning_messages.title(calm).key == "churn.warned.calm"


def test_days_count_from_1970():
    assert day_number(pd.Timestamp("1970-01-31")) == 30
