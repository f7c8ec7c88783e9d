"""What a made-up world is made of: laws of its customers, its calendar and its mess. All numbers of the
world stand here, none in the code that draws from it; a new world is a new ``Preset``."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from analysis.simulate.world.mess import SOME, Mess


@dataclass(frozen=True)
class Segment:
    """One kind of customer.

    Parameters
    ----------
    share : part of all customers.
    orders_yearly, rate_shape : mean and shape of the gamma law of the purchase rate.
    regularity : lowest and highest k of the Erlang gaps; 1 is purely random, 6 nearly a timetable.
    exits_yearly : mean hazard of leaving for good; none where every customer orders once.
    employees : median of the company's size, which drives its wallet.
    wallet_share : median part of its wallet that is spent here.
    discount : lowest and highest negotiated discount.
    returned : part of the lines that come back.
    lines : mean lines of an order.
    known_before : part that was a customer before the history starts.
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


@dataclass(frozen=True)
class Preset:
    """One world.

    Parameters
    ----------
    last_complete : the last complete month ends here.
    tail_days : days of the month after it that are already in the exports.
    segments : the kinds of customer; their shares sum to one.
    wallet_base, wallet_power, wallet_spread : yearly wallet = base × employees ^ power × log-normal spread.
    share_spread : spread of the logit of the share of wallet.
    order_spread : spread of the logarithm of an order's value around the customer's level.
    order_floor : smallest level of an order's value.
    growth_yearly : growth of everybody's purchase rate.
    arrival_growth : how much likelier an arrival is at the end than at the start.
    price_change : when list prices were raised, in months before the end, and by how much.
    walk_in_share, walk_in_order, walk_in_spread : part of revenue sold over the counter, and its orders.
    framework_customers : the largest of them buy under a framework contract with a ledger of its own.
    missing_cost : part of the products whose cost nobody entered.
    """

    name: str
    last_complete: datetime.date
    tail_days: int
    segments: tuple[Segment, ...]
    wallet_base: float
    wallet_power: float
    wallet_spread: float
    employee_spread: float
    share_spread: float
    order_spread: float
    order_floor: float
    growth_yearly: float
    arrival_growth: float
    price_change: tuple[int, float]
    walk_in_share: float
    walk_in_order: float
    walk_in_spread: float
    return_delay_days: float
    framework_customers: int
    missing_cost: float
    mess: Mess


DISTRIBUTOR = Preset(
    name="distributor",
    last_complete=datetime.date(2026, 9, 30),
    tail_days=15,
    segments=(
        Segment("key", 0.06, 46.0, 6.0, (3, 6), 0.06, 420.0, 0.55, (0.06, 0.14), 0.012, 3.2, 0.75),
        Segment("potential", 0.14, 16.0, 4.0, (2, 4), 0.16, 300.0, 0.14, (0.03, 0.09), 0.018, 2.4, 0.5),
        Segment("ordinary", 0.38, 8.5, 2.5, (1, 3), 0.30, 38.0, 0.35, (0.0, 0.06), 0.02, 2.0, 0.45),
        Segment("marginal", 0.20, 3.0, 2.0, (1, 1), 0.40, 20.0, 0.10, (0.0, 0.03), 0.025, 1.4, 0.4),
        Segment("problem", 0.07, 15.0, 3.0, (1, 2), 0.25, 110.0, 0.25, (0.30, 0.46), 0.14, 2.6, 0.4),
        Segment("one_time", 0.15, 1.0, 4.0, (1, 1), 0.0, 30.0, 0.03, (0.0, 0.04), 0.03, 1.5, 0.0),
    ),
    wallet_base=4000.0,
    wallet_power=0.8,
    wallet_spread=0.55,
    employee_spread=0.6,
    share_spread=0.5,
    order_spread=0.5,
    order_floor=80.0,
    growth_yearly=0.05,
    arrival_growth=0.3,
    price_change=(15, 0.03),
    walk_in_share=0.08,
    walk_in_order=1300.0,
    walk_in_spread=0.7,
    return_delay_days=18.0,
    framework_customers=6,
    missing_cost=0.15,
    mess=SOME,
)
