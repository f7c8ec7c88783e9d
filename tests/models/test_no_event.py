"""P(no event): learnt from the data, its intervals, and the number of entities without an event."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from analysis.models import no_event_logit
from analysis.models.bgnbd import fit_bgnbd
from analysis.models.forecast import probability_no_event
from analysis.models.no_event import axes_of, no_event
from analysis.models.no_event_logit import SIGNALS, fit_no_event_logit
from analysis.models.rates import CommonRate, TrailingRate
from analysis.models.uncertainty import draw_parameters

HORIZON = 90


@pytest.fixture(scope="module")
def base():
    """3,000 histories and whether each then had no event: the chance falls with repeats and rises with silence."""
    rng = np.random.default_rng(4)
    repeats = rng.poisson(rng.gamma(0.8, 4, 3000))
    span = np.where(repeats > 0, rng.integers(5, 600, 3000), 0)
    silence = rng.integers(0, 400, 3000)
    rows = pd.DataFrame({"customer_id": [f"c{n // 2}" for n in range(3000)], "repeats": repeats, "span_days": span,
                         "age_days": span + silence})  # fmt: skip
    odds = -1.5 + 0.6 * np.log1p(silence) - 0.7 * np.log1p(repeats)
    return rows, rng.random(3000) < 1 / (1 + np.exp(-odds))


def design(rows, gap):
    x, span, age = (rows[name].to_numpy(float) for name in ("repeats", "span_days", "age_days"))
    usual = (span + gap) / (x + 1)
    silence = age - span
    columns = np.column_stack([np.log1p(silence), np.log1p(x), np.log(usual), np.log1p(age), np.log1p(silence / usual)])
    return sm.add_constant((columns - columns.mean(axis=0)) / columns.std(axis=0))


def test_without_a_prior_the_logit_is_that_of_statsmodels_with_errors_by_entity(base, monkeypatch):
    monkeypatch.setattr(no_event_logit, "PRIOR", 1e6)
    rows, none = base
    fit = fit_no_event_logit(rows, none)
    gap = rows["span_days"].sum() / rows["repeats"].sum()
    glm = sm.GLM(none.astype(float), design(rows, gap), family=sm.families.Binomial())
    entity = pd.factorize(rows["customer_id"])[0]
    found = glm.fit(tol=1e-12, cov_type="cluster", cov_kwds={"groups": entity, "use_correction": False})
    assert fit.free == pytest.approx(found.params, rel=1e-5, abs=1e-6)
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(found.bse, rel=1e-4)
    x, span, age = (rows[name].to_numpy() for name in ("repeats", "span_days", "age_days"))
    assert fit.chance(x, span, age) == pytest.approx(found.fittedvalues, rel=1e-4)


def test_the_prior_moves_nothing_visibly_and_keeps_separated_outcomes_finite(base, monkeypatch):
    rows, none = base
    with_prior = fit_no_event_logit(rows, none).free
    silence = (rows["age_days"] - rows["span_days"]).to_numpy()
    apart = fit_no_event_logit(rows, silence > 200)
    assert np.abs(apart.free).max() < 100
    monkeypatch.setattr(no_event_logit, "PRIOR", 1e6)
    assert with_prior == pytest.approx(fit_no_event_logit(rows, none).free, abs=0.05)


def test_outcomes_that_are_too_rare_teach_nothing(base):
    rows, _ = base
    few = np.arange(3000) < 10 * (len(SIGNALS) + 1) - 1
    assert fit_no_event_logit(rows, few) is None
    assert fit_no_event_logit(rows, ~few) is None
    assert fit_no_event_logit(rows, few, signals=("silence",)) is not None
    assert fit_no_event_logit(rows.assign(repeats=0, span_days=0), rows["age_days"].to_numpy() > 200) is None


def test_the_probability_is_that_of_the_model(base):
    rows, _ = base
    fit = fit_bgnbd(rows)
    assert no_event(fit, (), rows, HORIZON).values == pytest.approx(
        probability_no_event(fit, rows, horizon_days=HORIZON).to_numpy()
    )


def test_intervals_and_total_agree_with_simulated_ones(base):
    rows, _ = base
    fit = fit_bgnbd(rows)
    found = no_event(fit, axes_of(fit), rows, HORIZON)
    drawn = np.array([probability_no_event(one, rows, horizon_days=HORIZON) for one in draw_parameters(fit, draws=1000, seed=1)])
    low, high = found.ends(level=0.9)
    wide = np.quantile(drawn, 0.95, axis=0) - np.quantile(drawn, 0.05, axis=0)
    assert (high - low).mean() == pytest.approx(wide.mean(), rel=0.06)
    weight = np.random.default_rng(2).gamma(1, 100, 3000)
    sums = (np.random.default_rng(3).random(drawn.shape) < drawn) @ weight
    value, below, above = found.total(weight, level=0.9)
    assert value == pytest.approx((found.values * weight).sum())
    assert above - below == pytest.approx(np.ptp(np.quantile(sums, (0.05, 0.95))), rel=0.1)


def test_an_error_of_the_level_that_all_share_widens_the_total_more_than_chance_does(base):
    rows, _ = base
    found = no_event(TrailingRate(), (), rows[rows["repeats"] > 0], HORIZON)
    n, p = found.values.size, found.values
    z = 1.6448536
    alone, shared = (found.total(np.ones(n), level=0.9, shared=shift) for shift in (0.0, 0.2))
    assert alone[2] - alone[0] == pytest.approx(z * np.sqrt((p * (1 - p)).sum()), rel=1e-6)
    assert shared[2] - shared[0] == pytest.approx(z * np.sqrt((p * (1 - p)).sum() + (0.2 * (p * (1 - p)).sum()) ** 2), rel=1e-6)
    low, high = found.ends(level=0.9, shared=0.2)
    inside = (p > 0.01) & (p < 0.99)
    odds = [np.log(one[inside] / (1 - one[inside])) for one in (low, p, high)]
    assert odds[2] - odds[1] == pytest.approx(z * 0.2, rel=1e-6)
    assert odds[1] - odds[0] == pytest.approx(z * 0.2, rel=1e-6)


def test_a_common_rate_from_25_events_is_open_by_a_fifth():
    (there, back), = axes_of(CommonRate(0.01, 25.0))
    assert np.log(there.rate / 0.01) == pytest.approx(1 / 5)
    assert there.rate * back.rate == pytest.approx(0.01**2)
    assert axes_of(TrailingRate()) == []


def test_a_correction_moves_the_log_odds_and_a_longer_time_has_no_more_risk():
    kinds = no_event(TrailingRate(), (), pd.DataFrame({"repeats": [2, 5], "span_days": [80, 90], "age_days": [100, 100]}), 30)
    moved = kinds.corrected(0.5, 2.0)
    odds, after = (np.log(one.values / (1 - one.values)) for one in (kinds, moved))
    assert after == pytest.approx(0.5 + 2 * odds)
    capped = dataclasses.replace(kinds, chance=np.array([0.9, 0.1])).at_most(dataclasses.replace(kinds, chance=np.array([0.5, 0.5])))
    assert capped.values.tolist() == [0.5, 0.1]
