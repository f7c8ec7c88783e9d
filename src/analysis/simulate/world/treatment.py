"""The laws of what a firm does to its customers, and of what they buy and feel; see laws.py for the units."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Contacts:
    """Who is visited and called. Reps follow size and grade, but in one region visits are drawn by lot.

    Parameters
    ----------
    done : visits made of those due, for a customer of usual size.
    size_power, noise : the rate grows with the wallet to this power; its spread by customer.
    random_region : place of the region where the rate is one of ``random_rates``, whoever the customer is.
    calls : calls and messages for each visit.
    inbound : contacts that the customer begins, a year.
    gain, call_gain, fade : of what is missing to a full relation, gained by a visit or call; lost each week.
    refused, refused_leaving : part of the contacts that are declined; of a customer on the way out.
    executive : part of the visits that an executive makes.
    rep_leaves : hazard of a sales rep to leave, who hands all customers to a successor.
    working_days : days of a week on which contacts are made.
    levels : whom one meets, by CONTACT_LEVELS; ``call_kinds``: what is no visit, by CONTACT_KINDS from the call on.
    no_answer : part of the calls that nobody takes.
    always : so many visits a year for everybody, to see what visits do; none in an ordinary world.
    """

    done: float
    size_power: float
    noise: float
    random_region: int
    random_rates: tuple[float, ...]
    calls: float
    inbound: float
    gain: float
    call_gain: float
    fade: float
    refused: float
    refused_leaving: float
    executive: float
    rep_leaves: float
    visit_minutes: float
    call_minutes: float
    visit_cost: float
    working_days: int
    levels: tuple[float, ...]
    call_kinds: tuple[float, ...]
    no_answer: float
    always: float | None = None


@dataclass(frozen=True)
class Service:
    """Deliveries and incidents.

    Parameters
    ----------
    late, late_spread, late_season : part of the orders that come late; its spread by customer and by quarter.
    late_days, promise_days : mean delay; days promised.
    defects, defects_spread : incidents an order.
    slow, slow_spread : part of the incidents answered later than ``response_hours``.
    response_hours : the promise.
    kinds : parts of the kinds of incident, by INCIDENT_KINDS; ``because_late``: part of the late ones that are
        about the delay.
    severity : chance that a severity is one higher.
    ticket_minutes : mean minutes of work for a step of severity.
    terms_days, overdue : days to pay, and part paid late.
    hurt : effect of one step of severity on the logarithm of the hazard; ``hurt_share`` times that on the share.
    kappa_past, kappa_relation, kappa_recent : how former orders and the relation soften it, and recent incidents
        sharpen it.
    recovered : part of the effect undone where the promise is kept.
    fade : part of the hurt that is gone each week.
    """

    late: float
    late_spread: float
    late_season: float
    late_days: float
    promise_days: tuple[int, int]
    defects: float
    defects_spread: float
    slow: float
    slow_spread: float
    response_hours: float
    kinds: tuple[float, ...]
    because_late: float
    severity: float
    ticket_minutes: float
    terms_days: int
    overdue: float
    hurt: float
    hurt_share: float
    kappa_past: float
    kappa_relation: float
    kappa_recent: float
    recovered: float
    fade: float


@dataclass(frozen=True)
class Mood:
    """How content customers are, from 0 to 1.

    Parameters
    ----------
    level, spread : mean over the customers, and their spread.
    relation, hurt : what a full relation adds and one unit of hurt takes away.
    pull, noise : weekly return to its level, and weekly noise.
    """

    level: float
    spread: float
    relation: float
    hurt: float
    pull: float
    noise: float


@dataclass(frozen=True)
class Goods:
    """What is bought.

    Parameters
    ----------
    assortment : name of the price list.
    taste : Dirichlet weight of each category; small: most customers buy from two or three.
    stockers : part of the customers who keep a stock of consumables; ``stocked`` of them each, at most.
    stock_days : days that a pack lasts, from and to; ``stock_spread`` by the single pack.
    stock_value : value of a refill, as a part of the usual order.
    pairs : true complements, ``null_pairs`` that look as likely and are none.
    lift, lag_days : chance that the one follows the other; mean days between.
    window_days : if no basket comes for so many days, the other is bought elsewhere.
    """

    assortment: str
    taste: float
    stockers: float
    stocked: int
    stock_days: tuple[float, float]
    stock_spread: float
    stock_value: float
    pairs: int
    null_pairs: int
    lift: tuple[float, float]
    lag_days: tuple[float, float]
    window_days: int
