"""The laws of a made-up world: what a ``Preset`` says of it. Rates are per year, hazards too; a ``spread`` is the
standard deviation of a logarithm or of a logit."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal

from analysis.simulate.world.mess import Mess
from analysis.simulate.world.treatment import Contacts, Goods, Mood, Service

# What drives customers away, in the order of World.drivers and of the columns of every array about them:
# part of the orders delivered late, incidents an order, part of the incidents answered too late, price rise
# against the rivals, part of the due visits not made, change of the sales rep, part of the categories given up.
DRIVERS = (
    "late_delivery", "defects", "slow_response", "price_rise", "contact_shortfall", "rep_change",
    "breadth_loss",
)  # fmt: skip


@dataclass(frozen=True)
class Segment:
    """One kind of customer.

    Parameters
    ----------
    share : part of all customers.
    orders_yearly, rate_shape : mean and shape of the gamma law of the purchase rate.
    regularity : lowest and highest k of the Erlang gaps; 1 is purely random, 6 nearly a timetable.
    exits_yearly : hazard of leaving for good while no driver is at work.
    employees : median of the company's size, which drives its wallet.
    wallet_share : median part of its wallet that is spent here.
    discount : lowest and highest negotiated discount.
    returned : part of the lines that come back.
    lines : mean lines of an order.
    known_before : part that was a customer before the history starts.
    visits_due : visits a year that its grade deserves.
    once : orders once and never again.
    """

    name: str
    share: float
    orders_yearly: float
    rate_shape: float
    regularity: tuple[int, int]
    exits_yearly: float
    employees: float
    wallet_share: float
    discount: tuple[float, float]
    returned: float
    lines: float
    known_before: float
    visits_due: float
    once: bool = False


@dataclass(frozen=True)
class Leaving:
    """Why and how customers leave.

    Parameters
    ----------
    law : "hazard" by the week, with the drivers; "bgnbd" after each repeat order with a chance that is the customer's
        own; "contract" at each anniversary with a chance that is the customer's own.
    betas : what one unit of each driver adds to the logarithm of the hazard.
    memory_weeks : a driver is what happened in so many weeks before.
    uncontrollable : hazard of closing down or needing nothing more.
    closed : part of the uncontrollable exits that are firms that closed.
    young_extra, young_years : the hazard of a new customer is higher by this part, which fades within the years.
    frailty_shape : shape of the gamma law of the customers' own factor of mean one; 0: all are equal.
    partial : part of the leavers whose share drifts down before their last order.
    decline_weeks : for so many weeks, from and to.
    decline_to : part of the share that is left at the end of it.
    decline_losses : how much faster they give up categories meanwhile.
    stop : a and b of the beta law of the customer's own chance under the laws "bgnbd" and "contract".
    rate : r and alpha, in days, of the gamma law of the rates under the law "bgnbd".
    """

    law: Literal["hazard", "bgnbd", "contract"]
    betas: dict[str, float]
    memory_weeks: int
    uncontrollable: float
    closed: float
    young_extra: float
    young_years: float
    frailty_shape: float
    partial: float
    decline_weeks: tuple[int, int]
    decline_to: float
    decline_losses: float
    stop: tuple[float, float]
    rate: tuple[float, float]


@dataclass(frozen=True)
class Drift:
    """How the share of wallet moves, on the logit.

    Parameters
    ----------
    pull, noise : weekly return to its level, and weekly noise.
    relation_weight : what a full relation adds to the level.
    offers : offers of rivals a year to a customer of usual size; ``offer_depth`` from and to.
    sensitivity, sensitivity_spread : median response of the logit to a price that is higher by one, and spread.
    offer_size_power : offers grow with the wallet to this power; ``rivals`` make them.
    losses : hazard of giving up a category.
    loss_floor : a category counts as held from this part of the purchases on.
    repricing : how often a year the own discount is cut, in ``repricing_steps`` of one percent, from and to.
    wallet_growth : spread of the customers' own yearly growth of the wallet; ``industry_growth`` of industries.
    """

    pull: float
    noise: float
    relation_weight: float
    offers: float
    offer_depth: tuple[float, float]
    offer_size_power: float
    rivals: int
    sensitivity: float
    sensitivity_spread: float
    losses: float
    loss_floor: float
    repricing: float
    repricing_steps: tuple[int, int]
    wallet_growth: float
    industry_growth: float


@dataclass(frozen=True)
class Preset:
    """One world.

    Parameters
    ----------
    customers, months : how many and how long, where nobody says otherwise.
    last_complete : the last complete month ends here.
    tail_days : days of the month after it that are already in the exports.
    segments : the kinds of customer; their shares sum to one.
    wallet_base, wallet_power, wallet_spread : yearly wallet = base × employees ^ power × log-normal spread.
    industry_spread : spread of the wallets of industries.
    share_spread : spread of the logit of the share of wallet.
    own_spend : median and spread of the yearly spend where it has nothing to do with the wallet.
    least_rate : lowest purchase rate, as a part of the mean.
    order_spread : spread of the logarithm of an order's value around the customer's level.
    order_floor : smallest level of an order's value.
    season : holidays and weekdays count.
    growth_yearly : growth of everybody's purchase rate.
    shock : months before the end, weeks, and factor on everybody's purchase rate; none in most worlds.
    arrival_growth : how much likelier an arrival is at the end than at the start.
    price_changes : when list prices were raised, in months before the end, and by how much.
    rival_changes : the same for the rivals.
    walk_in_share, walk_in_order, walk_in_spread : part of revenue sold over the counter, and its orders.
    framework_customers : the largest of them buy under a framework contract with a ledger of its own.
    missing_cost : part of the products whose cost nobody entered.
    activity_costs : what one order, line, delivery, return, visit or minute of a ticket costs.
    """

    name: str
    customers: int
    months: int
    last_complete: datetime.date
    tail_days: int
    segments: tuple[Segment, ...]
    wallet_base: float
    wallet_power: float
    wallet_spread: float
    employee_spread: float
    industry_spread: float
    share_spread: float
    own_spend: tuple[float, float] | None
    least_rate: float
    order_spread: float
    order_floor: float
    season: bool
    growth_yearly: float
    shock: tuple[int, int, float] | None
    arrival_growth: float
    price_changes: tuple[tuple[int, float], ...]
    rival_changes: tuple[tuple[int, float], ...]
    walk_in_share: float
    walk_in_order: float
    walk_in_spread: float
    return_delay_days: float
    framework_customers: int
    missing_cost: float
    leaving: Leaving
    drift: Drift
    contacts: Contacts
    service: Service
    mood: Mood
    goods: Goods
    activity_costs: dict[str, float]
    mess: Mess
