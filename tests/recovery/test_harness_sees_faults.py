"""Each check turns red when what it guards is broken on purpose: estimators are spoilt in memory, one at a time."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from analysis.clean.cleaning import Cleaning
from analysis.lifetime_value.intervals import Widening
from analysis.models.bgnbd import BgNbd
from analysis.models.history import History
from analysis.models.leave_one_out import LeaveOneOut
from analysis.models.quantile import HeldOut
from analysis.models.result import MaximumLikelihood
from analysis.models.value_paths import ValuePaths
from tests.recovery.ground import OWN
from tests.recovery.harness import judge
from tests.recovery.registry import all_rows

PREDICTIVE = "analysis.lifetime_value.predictive"
RISK = "analysis.churn.risk"
CURVE = "analysis.profit.concentration"
INTERVALS = "analysis.profit.curve.curve_intervals"


@pytest.fixture
def faults_of(play, monkeypatch, tmp_path):
    """What a row finds in its first worlds, computed anew from the cleaned tables, or from a new cleaning."""

    def faults(name, *, worlds=1, cleaned_anew=False):
        row = all_rows()[name]
        found = []
        for seed in range(1, worlds + 1):
            ground = play(row.scene, seed)
            # What a spoilt cleaning makes must not stay in the folder that the other tests share.
            folder = tmp_path / f"{seed}" if cleaned_anew else ground.folder
            found.append(row.record(dataclasses.replace(ground, folder=folder)))
        return judge(row, found).faults

    monkeypatch.setitem(OWN, "lifetime_value", {"models": ("bgnbd",), "origins": 2, "draws": 100})  # a fault shows as well
    faults.spoil = monkeypatch.setattr
    return faults


def original(path):
    """A function or method by its full name."""
    module, _, name = path.rpartition(".")
    return getattr(__import__(module, fromlist=[name]), name)


def spoilt(faults_of, path, change):
    """Let a function hand out what ``change`` makes of its result."""
    whole = original(path)
    faults_of.spoil(path, lambda *args, **named: change(whole(*args, **named)))


def spoilt_risks(faults_of, change):
    """Let every risk that is published be what ``change`` makes of it."""

    def changed(by_days):
        return {days: dataclasses.replace(found, chance=change(found.chance)) for days, found in by_days.items()}

    spoilt(faults_of, f"{RISK}.no_order", changed)


def spoilt_sql(faults_of, step, old, new):
    """Let one step of the cleaning run another statement."""
    whole = Cleaning._sql

    def sql(self, asked, **values):
        text = whole(self, asked, **values)
        if asked == step:
            assert old in text
            text = text.replace(old, new)
        return text

    faults_of.spoil(Cleaning, "_sql", sql)


# --- orders and value -------------------------------------------------------------------------


@pytest.mark.parametrize("row", ["CLV: expected orders of a year", "CLV: tenth with the highest", "trade, CLV: expected orders of a year"])
def test_orders_that_are_predicted_too_high_are_seen(faults_of, row):
    spoilt(faults_of, f"{PREDICTIVE}.monthly_orders", lambda sums: {months: tuple(one * 1.5 for one in each) for months, each in sums.items()})
    assert any(fault.startswith("bias +0.") for fault in faults_of(row))


def test_intervals_of_the_base_that_are_too_narrow_are_seen(faults_of):
    whole = Widening.ends

    def narrow(self, value, *asked):
        return tuple(value + (end - value) / 3 for end in whole(self, value, *asked))

    faults_of.spoil(Widening, "ends", narrow)
    [fault] = faults_of("CLV: total of a year", worlds=2)
    assert fault.endswith("outside 0.85 to 0.95")


def test_intervals_of_the_customers_that_are_too_narrow_are_seen(faults_of):
    whole = ValuePaths.spread

    def narrow(self, **asked):
        spread = whole(self, **asked)
        middle, third = (spread.low + spread.high) / 2, (spread.high - spread.low) / 6
        return dataclasses.replace(spread, low=middle - third, high=middle + third)

    faults_of.spoil(ValuePaths, "spread", narrow)
    assert any(fault.startswith("bias -0.") for fault in faults_of("CLV: share of customers inside their interval"))


@pytest.mark.parametrize("row", ["BG/NBD: r", "Gamma-Gamma: q"])
def test_intervals_of_the_parameters_that_are_too_narrow_are_seen(faults_of, row):
    whole = MaximumLikelihood.conf_int

    def narrow(self, level):
        ends, middle = whole(self, level), self.params.to_numpy()[:, None]
        return middle * (ends / middle) ** (1 / 4)

    faults_of.spoil(MaximumLikelihood, "conf_int", narrow)
    assert any("intervals hold the truth" in fault for fault in faults_of(row, worlds=2))


def test_a_parameter_that_is_off_by_a_third_is_seen(faults_of):
    def off(fit):
        return dataclasses.replace(fit, alpha=fit.alpha * 4 / 3) if isinstance(fit, BgNbd) else fit

    spoilt(faults_of, "analysis.lifetime_value.orders.fit_way", off)
    assert any(fault.startswith("bias +0.") for fault in faults_of("BG/NBD: alpha"))


def test_a_value_per_order_that_is_off_by_a_quarter_is_seen(faults_of):
    spoilt(faults_of, f"{PREDICTIVE}.expected_value_per_order", lambda value: value * 0.75)
    assert any(fault.startswith("bias -0.") for fault in faults_of("CLV: total of a year"))


def test_a_ranking_without_sense_is_seen(faults_of):
    def by_number(sums):
        return {months: tuple(one * 0 + np.arange(len(one)) for one in each) for months, each in sums.items()}

    spoilt(faults_of, f"{PREDICTIVE}.monthly_orders", by_number)
    assert any(fault.startswith("bias -0.") for fault in faults_of("CLV: rank correlation over that of the trailing rate"))


# --- risk -------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [30, 90, 180])
def test_risks_that_are_too_sure_are_seen(faults_of, days):
    row = f"risk: calibration slope, {days} days"

    def surer(risk):
        risk = np.minimum(risk, 1 - 1e-6)
        odds = (risk / (1 - risk)) ** 2
        return odds / (1 + odds)

    spoilt_risks(faults_of, surer)
    assert any(fault.startswith("bias -0.") for fault in faults_of(row))


@pytest.mark.parametrize("row", ["risk: customers without an order, 90 days", "risk: value at risk, 90 days"])
def test_risks_that_are_too_low_are_seen(faults_of, row):
    spoilt_risks(faults_of, lambda risk: risk * 0.8)
    assert any(fault.startswith("bias -0.") for fault in faults_of(row))


def test_a_risk_that_ranks_worse_than_silence_is_seen(faults_of):
    spoilt_risks(faults_of, lambda risk: 1 - risk)
    assert any(fault.startswith("bias -") for fault in faults_of("risk: lift of the top tenth over recency, 90 days"))


# --- totals, curve, segments ------------------------------------------------------------------


@pytest.mark.parametrize("row", ["totals: booked revenue", "whale curve: total, full costs"])
def test_returns_that_count_as_sales_are_seen(faults_of, row):
    spoilt_sql(faults_of, "months", "sum(amount_e4)", "sum(abs(amount_e4))")
    spoilt_sql(faults_of, "months", "sum(contribution_e4)", "sum(abs(contribution_e4))")
    assert any(fault.startswith("bias +") for fault in faults_of(row, cleaned_anew=True))


@pytest.mark.parametrize("what", ["peak", "peak position", "Gini"])
def test_a_curve_that_leaves_out_the_loss_makers_is_seen(faults_of, what):
    spoilt(faults_of, f"{CURVE}.rank_customers", lambda values: values[values > 0])
    assert faults_of(f"whale curve: {what}, full costs") != ()


def test_a_curve_that_ranks_by_a_wrong_order_is_seen(faults_of):
    spoilt(faults_of, f"{CURVE}.rank_customers", lambda values: values.iloc[::-1])
    assert faults_of("whale curve: share of the top 20 %, full costs") != ()


def test_a_bootstrap_band_that_is_too_narrow_is_seen(faults_of):
    spoilt(faults_of, INTERVALS, lambda found: dict.fromkeys(found, (0.0, 0.0)))
    assert any("intervals hold the truth" in fault for fault in faults_of("whale curve: Gini, cost gaps", worlds=2))


def test_a_whale_that_is_always_claimed_is_seen(faults_of):
    spoilt(faults_of, f"{CURVE}._shape", lambda _: "humped")
    assert "false findings" in faults_of("whale curve: a whale where all customers are equal")[0]


@pytest.mark.parametrize("row", ["RFM: recency and frequency of each customer", "RFM: segment of each customer", "migration: move of each customer"])
def test_a_purchase_day_that_is_not_counted_is_seen(faults_of, row):
    whole = History._sql
    some = "extract(day FROM d.order_date) % 10 > 0 AND d.order_date <= "
    faults_of.spoil(History, "_sql", lambda *asked, **values: whole(*asked, **values).replace("d.order_date <= ", some))
    assert "false findings" in faults_of(row)[0]


def test_payments_without_the_returns_are_seen(faults_of):
    spoilt_sql(faults_of, "months", "CAST(sum(amount_e4) AS BIGINT)", "CAST(sum(abs(amount_e4)) AS BIGINT)")
    assert "false findings" in faults_of("tiers: payments of each customer", cleaned_anew=True)[0]


def test_limits_fitted_to_another_share_are_seen(faults_of):
    whole = original("analysis.segment.tiers.fit_limits")
    faults_of.spoil("analysis.segment.tiers.fit_limits", lambda paid, value, shares: whole(paid, value, [share / 2 for share in shares]))
    assert "false findings" in faults_of("tiers: limits that do not hold the fewest payers")[0]


def test_money_that_forgets_the_returns_is_seen(faults_of):
    spoilt_sql(faults_of, "returns", "HAVING sum(piece_e4) > 0", "HAVING sum(piece_e4) < 0")
    assert "false findings" in faults_of("RFM: money of each customer", cleaned_anew=True)[0]


@pytest.mark.parametrize("row", [
    "growth: of each customer", "growth: against the peers", "growth: named where nobody changes",
    "growth: intervals apart from the peers where nobody changes", "growth: named where all are equal",
    "growth: intervals apart from the peers where all are equal",
])  # fmt: skip
def test_growths_that_are_too_sure_are_seen(faults_of, row):
    spoilt(faults_of, "analysis.segment.growth.fit_trends", lambda trends: dataclasses.replace(trends, std_error=trends.std_error / 3))
    [fault] = faults_of(row)
    assert "false findings" in fault or "intervals hold the truth" in fault


@pytest.mark.parametrize("row", ["growth: of each customer", "growth: of the peers"])
def test_a_growth_that_takes_a_season_for_a_trend_is_seen(faults_of, row):
    spoilt(faults_of, "analysis.segment.growth.fit_cycle", lambda cycle: cycle * 0.99 ** np.arange(len(cycle)))
    assert any(fault.startswith("bias +0.1") for fault in faults_of(row))


# --- sameness and gate ------------------------------------------------------------------------


def test_a_table_that_hangs_on_the_order_of_the_rows_is_seen(faults_of):
    spoilt_sql(faults_of, "days", "CAST(count(*) AS BIGINT) AS lines", "min(row_no) AS lines")
    row = "determinism: tables changed by another order of the rows"
    assert "false findings" in faults_of(row, cleaned_anew=True)[0]


def test_a_history_that_knows_what_comes_later_is_seen(faults_of):
    later = pd.Timedelta(days=60)
    whole = Cleaning._rule_values

    def values(self):
        self.period = dataclasses.replace(self.period, as_of=self.period.as_of + later.to_pytimedelta())
        return whole(self)

    faults_of.spoil(Cleaning, "_rule_values", values)
    row = "as-of: tables changed by rows after as_of"
    assert "false findings" in faults_of(row, cleaned_anew=True)[0]


def test_a_gate_that_is_always_open_is_seen(faults_of):
    spoilt(faults_of, "analysis.clean.cleaning.open_gate", lambda gate: gate.assign(status="available"))
    row = "gate: capabilities with a wrong status where a column is missing"
    assert "false findings" in faults_of(row, cleaned_anew=True)[0]


@pytest.mark.parametrize("name", [
    "serving: customers with a wrong cost of orders, lines, deliveries or returns", "serving: total cost",
    "profit: peak of the whale curve",
])  # fmt: skip
def test_work_that_costs_twice_its_price_is_seen(faults_of, name):
    spoilt(faults_of, "analysis.profit.serving.unit_costs", lambda costs: 2 * costs)
    assert faults_of(name, cleaned_anew=True)


def test_work_that_costs_nothing_is_seen(faults_of):
    """Whoever loses money there loses it by far, so that dearer work makes hardly anybody else a loser."""
    spoilt(faults_of, "analysis.profit.serving.unit_costs", lambda costs: 0 * costs)
    assert faults_of("profit: share of customers below zero", cleaned_anew=True)


# --- wallets and quadrants --------------------------------------------------------------------


def test_heights_that_are_too_low_are_seen(faults_of):
    spoilt(faults_of, "analysis.models.quantile.fit_quantile", lambda b: b - 0.5 * (np.arange(len(b)) == 0))
    [fault] = faults_of("wallet: customers left out who buy less than predicted, tau 0.9")
    assert fault.startswith("bias -0.")


def test_wallets_in_a_wrong_order_are_seen(faults_of):
    whole = original("analysis.segment.potential.views")
    faults_of.spoil("analysis.segment.potential.views", lambda sales, high: whole(sales, high[::-1]))
    assert any(fault.startswith("bias -0.") for fault in faults_of("wallet: rank correlation over that of own sales"))


def test_intervals_of_wallets_that_are_too_narrow_are_seen(faults_of):
    whole = LeaveOneOut.quantile
    faults_of.spoil(LeaveOneOut, "quantile", lambda self, share: whole(self, 0.5 + (share - 0.5) / 2))
    assert any(fault.startswith("bias -0.") for fault in faults_of("wallet: share of the estimated inside their interval"))


def test_sources_that_are_trusted_too_much_are_seen(faults_of):
    spoilt(faults_of, "analysis.segment.potential.spread_of_sources", lambda spread: spread / 3)
    assert any(fault.startswith("bias -0.") for fault in faults_of("wallet: share of the told inside their interval"))


def test_names_that_are_too_sure_are_seen(faults_of):
    def surer(found):
        return (found == found.max(axis=1, keepdims=True)).astype(float)

    spoilt(faults_of, "analysis.segment.quadrant.probabilities", surer)
    [fault] = faults_of("quadrant: share of right names over the probability stated")
    assert fault.startswith("bias -0.")


def test_names_of_the_field_beside_are_seen(faults_of):
    spoilt(faults_of, "analysis.segment.quadrant.probabilities", lambda found: found[:, [1, 0, 3, 2]])
    [fault] = faults_of("quadrant: share of right names over the probability stated, told wallets alone")
    assert fault.startswith("bias -0.")


def test_estimates_without_a_proof_are_seen(faults_of):
    faults_of.spoil(HeldOut, "helps", property(lambda _: True))
    faults_of.spoil(LeaveOneOut, "gain", lambda self, level: (1.0, 1.0, 1.0))  # noqa: ARG005
    [fault] = faults_of("quadrant: customers named by estimates where wallets have to do with nothing")
    assert "false findings" in fault


# --- drivers ----------------------------------------------------------------------------------


def test_segments_that_are_told_apart_too_easily_are_seen(faults_of):
    spoilt(faults_of, "analysis.churn.driver_segments.adjust_p_values", lambda found: found.assign(benjamini_hochberg=found["p_value"] / 10))
    [fault] = faults_of("drivers: regions that differ by chance")
    assert "false findings" in fault


def test_an_effect_that_is_mixed_up_between_segments_is_seen(faults_of):
    turned = dict(zip("ABC", "BCA", strict=True))
    spoilt(faults_of, "tests.recovery.driver_rows.effects_by_segment", lambda table: table.assign(segment=table["segment"].map(turned)))
    assert any("intervals hold the truth" in fault for fault in faults_of("drivers: complaints, log ratio by region", worlds=2))


# --- failures and returns ---------------------------------------------------------------------


def test_customers_compared_with_others_who_leave_more_are_seen(faults_of):
    spoilt(faults_of, "analysis.churn.tolerance.expected_stay", lambda found: found | {"expected": found["expected"] * 0.9})
    assert any(fault.startswith("bias +0.") for fault in faults_of("tolerance: by severity"))


def test_severities_that_are_mixed_up_are_seen(faults_of):
    spoilt(faults_of, "analysis.churn.tolerance.incidents_of", lambda rows: rows.assign(severity=6 - rows["severity"]))
    assert faults_of("tolerance: by severity, where failures hurt much")


def test_returns_that_are_predicted_too_often_are_seen(faults_of):
    spoilt(faults_of, "analysis.churn.win_back.chance_of", lambda chance: (chance * 4).clip(upper=1))
    assert any(fault.startswith("bias +0.") for fault in faults_of("win-back: share of the silent that returns"))
