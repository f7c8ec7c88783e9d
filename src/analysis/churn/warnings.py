"""C3 from end to end: the open warnings, the nine signals, and what became of the warnings of a while ago."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.churn.assessment import Assessment
from analysis.churn.signal_records import Orders, Records
from analysis.churn.signals import day_number
from analysis.churn.warning_proof import prove
from analysis.churn.watching import Watching, watch_on
from analysis.churn.worth import KEY, read_worth
from analysis.core import tables
from analysis.core.contracts.churn_warnings import NEEDS, SIGNALS, WARNING_PROOF, WARNING_SIGNALS, WARNINGS
from analysis.core.contracts.segment_potential import QUADRANTS
from analysis.core.contracts.segment_tiers import CUSTOMER_TIERS, TIERS
from analysis.core.engine import open_engine
from analysis.core.params import Churn
from analysis.core.stage import Stage
from analysis.models.periods import months_before
from analysis.models.run_length import MONTH_DAYS

LOGARITHMS = ("order_value", "category_breadth", "peer_share")


@dataclass(frozen=True, eq=False)
class Warned:
    """What early warning found.

    Attributes
    ----------
    people : ``read_worth`` with ``is_key``.
    now : what was seen on the last day that counts.
    warnings, signals, proof : the tables.
    months : ``customer_id, month, sales`` of the customers that are drawn, and ``usual``, their mean before they were watched.
    """

    settings: Churn
    as_of: pd.Timestamp
    people: pd.DataFrame
    now: Watching
    warnings: pd.DataFrame
    signals: pd.DataFrame
    proof: pd.DataFrame
    months: pd.DataFrame

    @property
    def observable(self) -> int:
        """Signals that watch somebody."""
        return int((self.signals["state"] == "observable").sum())

    def store(self) -> None:
        """Write the stage's tables of warnings."""
        found = {WARNINGS: self.warnings, WARNING_SIGNALS: self.signals, WARNING_PROOF: self.proof}
        for table, frame in found.items():
            tables.write(table, frame if len(frame) else tables.without_rows(table))


def watch_customers(stage: Stage, assessment: Assessment) -> Warned:
    """Watch every customer now and, for the proof, a while ago with what was known then."""
    settings, people = stage.settings, read_worth()
    before = months_before(stage.as_of, settings.warnings.proof_months)
    then = people.assign(is_key=key_customers(people, known_later=False))
    people = people.assign(is_key=key_customers(people, known_later=True))
    with open_engine(stage.params.engine) as engine:
        now = watch_on(Records(engine, people, settings.warnings), stage.as_of, settings)
        earlier = watch_on(Records(engine, then, settings.warnings), before, settings)
        records = Records(engine, people, settings.warnings)
        orders, contacts = records.orders(stage.as_of), records.last_contacts(stage.as_of)
    risks = assessment.rows.set_index(KEY)["risk"].to_frame().assign(risk_before=risk_before(assessment))
    warnings = warning_table(now, people.assign(last_contact=contacts), risks, settings)
    drawn = warnings["customer_id"].drop_duplicates().head(settings.warnings.drawn_customers)
    return Warned(
        settings, stage.as_of, people, now, warnings, signal_table(now, settings),
        prove(earlier, orders, stage.as_of, settings), monthly_sales(now, orders, people, drawn),
    )  # fmt: skip


def key_customers(people: pd.DataFrame, *, known_later: bool) -> pd.Series:
    """Customers of a tier above the last one a year before; or now as well, or key by their wallet."""
    tiers = tables.read(TIERS).sort_values("position")["tier"]
    upper = set(tiers[tiers != "silent"].iloc[:-1])
    known = people[[KEY]].merge(tables.read(CUSTOMER_TIERS, columns=(KEY, "tier", "tier_year_before")), on=KEY, how="left")
    found = known["tier_year_before"].isin(upper)
    if known_later:
        places = tables.read(QUADRANTS, columns=(KEY, "quadrant"))
        found |= known["tier"].isin(upper) | known[KEY].isin(places.loc[places["quadrant"] == "key", KEY])
    return found.set_axis(people.index)


def risk_before(assessment: Assessment) -> pd.Series:
    """The risk that the published way told of each customer a horizon ago, by id; none where it was not tried then."""
    proof, days = assessment.proof, assessment.settings.horizon_days
    then = assessment.as_of - pd.Timedelta(days=days)
    told = [trial for trial in proof.trials if trial.known.day == then and proof.winner in trial.chances[days]]
    return pd.concat([pd.Series(dtype=float), *(pd.Series(trial.chances[days][proof.winner], trial.known.rows[KEY]) for trial in told)])


def warning_table(now: Watching, people: pd.DataFrame, risks: pd.DataFrame, settings: Churn) -> pd.DataFrame:
    """The table ``warnings``, red ones first, then by lifetime value.

    Parameters
    ----------
    people : with ``last_contact``.
    risks : ``risk`` and ``risk_before`` by customer.
    """
    found = now.warnings(settings.warnings.open_months)
    told = people.iloc[found["place"]].reset_index(drop=True)
    first = pd.to_datetime(found["day"], unit="D")
    usual, later = (natural(found["signal"], found[name], settings.warnings.overdue_most_days) for name in ("before", "now"))
    table = told[[KEY, "customer_name", "sales_rep", "is_key"]].assign(
        signal=found["signal"], is_red=found["is_red"], first_seen=first, days_since=(now.spans.until - first).dt.days,
        strength_months=found["arl_days"] / MONTH_DAYS, baseline=usual, now=later,
        clv_at_risk=told["clv"].clip(lower=0), clv_lo=told["clv_lo"].clip(lower=0), clv_hi=told["clv_hi"].clip(lower=0),
        risk=told[KEY].map(risks["risk"]), risk_before=told[KEY].map(risks["risk_before"]), last_contact=told["last_contact"],
    )  # fmt: skip
    order = ["is_red", "clv_at_risk", KEY, "signal"]
    return table.sort_values(order, ascending=[False, False, True, True], ignore_index=True)


def natural(signal: pd.Series, level: pd.Series, overdue_most_days: float) -> pd.Series:
    """A level as people say it: days, money, categories, a share, or a number a month."""
    level = level.where(signal != "overdue_days", level * overdue_most_days)
    logs = signal.isin(LOGARITHMS)
    return level.where(~logs, np.exp(level.where(logs))).where(signal != "usage", np.exp(level.where(signal == "usage")) - 1)


def signal_table(now: Watching, settings: Churn) -> pd.DataFrame:
    """The table ``warning_signals``."""
    raised = now.raised(1)["signal"].value_counts()
    still_open = now.warnings(settings.warnings.open_months)["signal"].value_counts()
    rows = []
    for name in SIGNALS:
        parts = now.signals.get(name, [])
        watched = sum(int(part.is_watched.sum()) for part in parts)
        who = np.concatenate([part.of.who for part in parts]) if parts else np.zeros(0, int)
        arl = np.concatenate([part.arl_days for part in parts]) if parts else np.zeros(0)
        runs = {
            group: 1 / np.mean(1 / arl[mine]) / MONTH_DAYS if (mine := np.isfinite(arl) & (now.is_key[who] == is_key)).any() else np.nan
            for group, is_key in (("key", True), ("other", False))
        }
        rows.append({
            "signal": name, "state": "observable" if watched else "too_little" if name in now.signals else "not_available",
            "needs": NEEDS[name], "watched": watched, "not_watched": now.ordering - watched if name in now.signals else 0,
            "key_run_months": runs["key"], "other_run_months": runs["other"],
            "expected": now.expected(1, name) if name in now.signals else np.nan,
            "raised": int(raised.get(name, 0)), "open_warnings": int(still_open.get(name, 0)),
        })  # fmt: skip
    return pd.DataFrame(rows)


def monthly_sales(now: Watching, orders: Orders, people: pd.DataFrame, drawn: pd.Series) -> pd.DataFrame:
    """Sales of each whole month of some customers, and the mean of those before they were watched."""
    place = np.flatnonzero(people[KEY].isin(drawn))
    inside = np.isin(orders.place, place) & (orders.day > day_number(now.spans.base_from))
    month = orders.day[inside].astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[ns]")
    sums = pd.DataFrame({"place": orders.place[inside], "month": month, "sales": orders.sales[inside]})
    found = sums.pivot_table(index="place", columns="month", values="sales", aggfunc="sum", fill_value=0.0)
    every = pd.date_range(now.spans.base_from + pd.Timedelta(days=1), now.spans.until, freq="MS")
    found = found.reindex(index=place, columns=every, fill_value=0.0).rename_axis(columns="month")
    begun = found.ne(0).cummax(axis=1)
    long = found.where(begun).stack().rename("sales").dropna().reset_index()
    base = long[long["month"] <= now.spans.watched_from].groupby("place")["sales"].mean()
    return pd.DataFrame({
        KEY: people[KEY].to_numpy()[long["place"]], "month": long["month"], "sales": long["sales"], "usual": long["place"].map(base),
    })  # fmt: skip
