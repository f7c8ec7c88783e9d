"""The laws of what only the other tables of a firm tell: who recommends, answers, spends elsewhere, signs, acts.

Rates are per year; a ``spread`` is the standard deviation of a logarithm. All numbers stand here, by preset.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from analysis.simulate.world.laws import Preset


@dataclass(frozen=True)
class Recommending:
    """Who recommends us.

    Parameters
    ----------
    referred : part of the new customers that somebody recommended us to.
    capital_spread, hubs, hub_times : social capital: its spread, the part of hubs, and how much more they have.
    mood : how the rate grows with satisfaction, on the logarithm for a satisfaction higher by one.
    inside : part of the recommendations within the own region.
    type_one : a and b of the beta law of the chance that the new customer would not have come otherwise.
    lost : leads that come to nothing, for each that is won; ``open_days``: younger ones are still open.
    lead_days : mean days from the word to the first order.
    reward, rewarded : part of the first order that is paid, and how often.
    """

    referred: float
    capital_spread: float
    hubs: float
    hub_times: float
    mood: float
    inside: float
    type_one: tuple[float, float]
    lost: float
    open_days: int
    lead_days: float
    reward: float
    rewarded: float


@dataclass(frozen=True)
class Asking:
    """Who answers, and what.

    Parameters
    ----------
    every_days, first_day : days between two waves, and the day of the first.
    answered, mood : part that answers at usual satisfaction, and how that grows with it, on the logit.
    noise : of an answer around the satisfaction, which runs from 0 to 1.
    ranked, needs : part of the answers that name the other suppliers, and a need.
    rivals : mean suppliers beside us and one other.
    after_ticket : part of the settled tickets that are asked about.
    """

    every_days: int
    first_day: int
    answered: float
    mood: float
    noise: float
    ranked: float
    needs: float
    rivals: float
    after_ticket: float


@dataclass(frozen=True)
class Knowing:
    """What is known of wallets: part of the customers of usual size, its growth with size, years back, and per source
    its share, error, bias and confidence; ``least`` is the smallest part of the wallet worth a line."""

    covered: float
    size_power: float
    years: int
    least: float
    sources: dict[str, tuple[float, float, float, float]]
    share_told: float


@dataclass(frozen=True)
class Acting:
    """Actions and their effect on the orders of the ``window_days`` after them.

    Parameters
    ----------
    uplift : orders more or less that an action of each type brings, on average.
    uplift_spread : spread of the effect between customers; some are worse off with a good action.
    months, a_month : months in which actions were given out, and how many of 1,000 customers got one.
    held_out : part drawn by lot to get nothing.
    done : part of the treated whose action is done; the others get it too late to be written down.
    cost : of an action of each type.
    """

    uplift: dict[str, float]
    uplift_spread: float
    months: int
    a_month: float
    held_out: float
    window_days: int
    done: float
    cost: dict[str, float]


@dataclass(frozen=True)
class Using:
    """Use of the service: the metric, part of the customers, usual value and spread, noise, and how it changes before an
    exit: it runs ``lead_weeks`` ahead of the purchases, and falls to ``before_factor`` ``before_days`` before the end."""

    metric: str
    covered: float
    usual: float
    spread: float
    noise: float
    lead_weeks: int
    before_days: int
    before_factor: float


@dataclass(frozen=True)
class Telling:
    """What is noted down: exit reasons told, those told rightly and those unknown; public words a customer says a year."""

    exits_told: float
    exits_right: float
    exits_unknown: float
    after_days: float
    words: float
    reach: float
    reach_spread: float


@dataclass(frozen=True)
class Budgets:
    """Money and time: cost of a new customer by channel, of keeping one a month, of the brand; idle part of the capacity."""

    channels: dict[str, float]
    keeping_monthly: float
    brand_monthly: float
    spread: float
    idle: float
    hours: float
    travel_minutes: float


@dataclass(frozen=True)
class Gaps:
    """What the tables lack and have too much, as parts of their rows or customers."""

    customers_missing: float
    unknown: float
    duplicate: float
    unreadable: float


@dataclass(frozen=True)
class SideLaws:
    """Everything beside order lines; ``contracts_for_all`` where everybody has a yearly contract."""

    recommending: Recommending
    asking: Asking
    knowing: Knowing
    acting: Acting
    using: Using
    telling: Telling
    budgets: Budgets
    gaps: Gaps
    contracts_for_all: bool


USUAL = SideLaws(
    recommending=Recommending(
        referred=0.18, capital_spread=0.8, hubs=0.04, hub_times=6.0, mood=4.0, inside=0.75, type_one=(5.0, 4.0), lost=1.4,
        open_days=60, lead_days=20.0, reward=0.05, rewarded=0.7,
    ),
    asking=Asking(
        every_days=182, first_day=80, answered=0.3, mood=3.0, noise=0.12, ranked=0.5, needs=0.2, rivals=1.2, after_ticket=0.5,
    ),
    knowing=Knowing(
        covered=0.18, size_power=0.5, years=2, least=0.02, share_told=0.5,
        sources={"declared": (0.45, 0.10, 0.0, 0.8), "rep estimate": (0.4, 0.35, -0.1, 0.5), "tender": (0.15, 0.04, 0.0, 0.95)},
    ),
    acting=Acting(
        uplift={"visit": 0.25, "call": 0.10, "coupon": 0.15, "win_back": 0.05, "reminder_mail": -0.08}, uplift_spread=0.5,
        months=12, a_month=60.0, held_out=0.2, window_days=60, done=0.9,
        cost={"visit": 160.0, "call": 15.0, "coupon": 80.0, "win_back": 220.0, "reminder_mail": 1.0},
    ),
    using=Using("shop_logins", 0.45, 9.0, 0.7, 0.2, 4, 60, 0.5),
    telling=Telling(0.55, 0.7, 0.15, 45.0, 0.25, 300.0, 1.0),
    budgets=Budgets(
        {"exhibition": 2600.0, "online": 1200.0, "cold_calls": 1800.0}, 14.0, 6000.0, 0.15, 0.18, 150.0, 35.0,
    ),
    gaps=Gaps(customers_missing=0.05, unknown=0.004, duplicate=0.006, unreadable=0.003),
    contracts_for_all=False,
)  # fmt: skip

# Actions that do nothing: the orders are those of the world's own laws.
IDLE = replace(USUAL.acting, uplift=dict.fromkeys(USUAL.acting.uplift, 0.0), uplift_spread=0.0)

OWN: dict[str, SideLaws] = {
    "saas": replace(USUAL, contracts_for_all=True, using=Using("logins", 0.95, 60.0, 0.8, 0.15, 6, 75, 0.4)),
    "telecom_key_accounts": replace(USUAL, using=Using("call_minutes", 0.97, 2400.0, 1.0, 0.12, 6, 75, 0.4)),
    "it_services": replace(USUAL, recommending=replace(USUAL.recommending, referred=0.4, mood=5.0)),
    "b2c_retail": replace(
        USUAL, acting=IDLE, asking=replace(USUAL.asking, answered=0.08, ranked=0.1), telling=replace(USUAL.telling, exits_told=0.02),
        knowing=replace(USUAL.knowing, covered=0.01),
        budgets=replace(USUAL.budgets, channels={"search": 60.0, "social": 45.0, "shops": 80.0}, keeping_monthly=0.8),
    ),
    "null_treatment": replace(USUAL, acting=IDLE),
    "null_changes": replace(USUAL, acting=IDLE),
    "null_equal": replace(USUAL, acting=IDLE),
}  # fmt: skip


def side_laws(preset: Preset) -> SideLaws:
    """The laws of ``preset``, the usual ones where it has none of its own."""
    return OWN.get(preset.name, USUAL)
