"""C2: the drivers, each a number for every customer as it was known at the end of every month.

A driver stays as it was at the last order, or a month after it where goods come back and complaints come in later: it
neither grows nor fades while a customer is silent, so that it does not stand in for the silence itself. Only what a customer
answers counts whenever it answers, and for so many months: who has answered is compared with others who have.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analysis.churn import answers, deliveries
from analysis.churn.driver_panel import NOBODY, Panel
from analysis.core.params_churn_drivers import Drivers
from analysis.core.windows import MONTHS_PER_YEAR
from analysis.models.newton import Array

Measure = Callable[[Panel, Drivers], Array]
BEFORE, LATELY = "orders_before_", "orders_lately_"
ANSWERED = "answered"
AT_ONCE = 1_000  # months after the last order: more than there are
STEPS = 5  # in which one unit of a driver is told apart, so that equal rows can be counted together


@dataclass(frozen=True)
class Driver:
    """One thing that may go with a slower return.

    Attributes
    ----------
    name : as in the catalogue of words.
    ours : something that we did; otherwise something that the customer did.
    owner : who can act, as in the catalogue.
    needs : what the data must bring, as ``table.column``; and ``sums``, the names of the panel that it is made of.
    unit : the change that an effect is told for.
    most : it is cut there on either side, in units.
    after : months after that of the last order that count as well.
    among : control that a customer must have for the driver to be told, there or not.
    """

    name: str
    ours: bool
    owner: str
    needs: str
    sums: tuple[str, ...]
    unit: float
    most: float
    after: int
    measure: Measure
    among: str = ""


def _share(part: Array, whole: Array) -> Array:
    """Part over whole, and 0 where there is no whole: nothing happened."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _fall(panel: Panel, settings: Drivers, part: str, whole: str) -> Array:
    """By what share the mean ``part`` of one ``whole`` fell since the months before; 0 where there was none."""
    recent, earlier = (
        _share(panel.recent(part, months, back=back), panel.recent(whole, months, back=back))
        for months, back in ((settings.memory_months, 0), (settings.earlier_months, settings.memory_months))
    )
    return np.where((earlier > 0) & (recent > 0), 1 - _share(recent, earlier), 0.0)


def price_rise(panel: Panel, settings: Drivers) -> Array:
    """How much more was paid than what all customers had paid a year before, less what the customer always pays more than others.

    Not against the customer's own last price: who buys seldom would then look back further, and see a larger rise.
    """
    months, back = settings.memory_months, {"back": settings.memory_months}
    risen = _share(*(panel.recent(name, months) for name in ("rise_e4", "compared_e4")))
    usual = _share(*(panel.recent(name, settings.earlier_months, **back) for name in ("level_e4", "priced_e4")))
    known = (panel.recent("compared_e4", months) > 0) & (panel.recent("priced_e4", settings.earlier_months, **back) > 0)
    return np.where(known, np.expm1(risen - usual), 0.0)


def discount(panel: Panel, settings: Drivers) -> Array:
    """Share of the list price that was let off."""
    let_off, paid = (panel.recent(name, settings.memory_months) for name in ("let_off_e4", "told_e4"))
    return _share(let_off, let_off + paid)


def narrower_range(panel: Panel, settings: Drivers) -> Array:
    """By what share fewer kinds of goods are bought in a month with orders."""
    return _fall(panel, settings, "kinds", "buying_months")


def smaller_orders(panel: Panel, settings: Drivers) -> Array:
    """By what share the mean order is smaller."""
    return _fall(panel, settings, "bought_e4", "orders")


def returns(panel: Panel, settings: Drivers) -> Array:
    """Value returned over value bought."""
    bought = at_last_order(panel.recent("bought_e4", settings.memory_months), panel)
    return _share(panel.recent("returned_e4", settings.memory_months), bought)


def complaints(panel: Panel, settings: Drivers) -> Array:
    """Complaints an order."""
    orders = at_last_order(panel.recent("orders", settings.memory_months), panel)
    return _share(panel.recent("complaints", settings.memory_months), orders)


def slow_answers(panel: Panel, settings: Drivers) -> Array:
    """Complaints an order that were not answered within the time promised."""
    orders = at_last_order(panel.recent("orders", settings.memory_months), panel)
    return _share(panel.recent("slow", settings.memory_months), orders)


def late_deliveries(panel: Panel, settings: Drivers) -> Array:
    """Share of the orders due that were not delivered by the day promised."""
    return _share(*(panel.recent(name, settings.memory_months) for name in ("late", "due")))


def answered(panel: Panel, settings: Drivers) -> Array:
    """Whether an answer to a survey is known that is not too old."""
    return _last_answer(panel, settings) != NOBODY


def unsatisfied(panel: Panel, settings: Drivers) -> Array:
    """1 where the last answer that is known and not too old was not satisfied; 0 where it was, and where there is none."""
    place = _last_answer(panel, settings)
    return np.where(place != NOBODY, np.take_along_axis(panel.sums["unsatisfied"], np.maximum(place, 0), axis=1), 0.0)


def _last_answer(panel: Panel, settings: Drivers) -> Array:
    """Column of the last month with an answer up to each month."""
    now = np.arange(len(panel.months))
    place = np.maximum.accumulate(np.where(panel.sums["answers"] > 0, now, NOBODY), axis=1)
    return np.where(now - place < settings.answers_months, place, NOBODY)


def fewer_contacts(panel: Panel, settings: Drivers) -> Array:
    """By what share we met or spoke with the customer less often than in as many months before."""
    months = settings.memory_months
    recent, before = panel.recent("contacts", months), panel.recent("contacts", months, back=months)
    return np.where(before > 0, 1 - _share(recent, before), 0.0)


def rep_change(panel: Panel, settings: Drivers) -> Array:
    """1 where the order before the last ones was another sales rep's."""
    known = panel.reps != NOBODY
    place = np.maximum.accumulate(np.where(known, np.arange(len(panel.months)), NOBODY), axis=1)
    before = np.pad(place, ((0, 0), (1, 0)), constant_values=NOBODY)[:, :-1]
    former = np.take_along_axis(panel.reps, np.maximum(before, 0), axis=1)
    changed = known & (before >= 0) & (former != panel.reps)
    total = np.pad(np.cumsum(changed, axis=1), ((0, 0), (settings.memory_months, 0)))
    return np.asarray((total[:, settings.memory_months :] > total[:, : len(panel.months)]).astype(float))


DRIVERS = (
    Driver("price_rise", True, "pricing", "orders.unit_price", ("compared_e4",), 0.05, 5, 0, price_rise),
    Driver("discount", True, "pricing", "orders.discount", ("told_e4",), 0.05, 10, 0, discount),
    Driver("returns", True, "quality", "orders.line_type", ("returned_e4",), 0.1, 5, 1, returns),
    Driver("complaints", True, "quality", "tickets", ("complaints",), 0.1, 5, 1, complaints),
    Driver("slow_answers", True, "service", "tickets.first_response_at", ("slow",), 0.1, 5, 1, slow_answers),
    Driver("late_deliveries", True, "logistics", deliveries.NEEDS, ("due",), 0.1, 5, 1, late_deliveries),
    Driver("unsatisfied", True, "service", answers.NEEDS, ("answers",), 1.0, 1, AT_ONCE, unsatisfied, ANSWERED),
    Driver("fewer_contacts", True, "sales", "contacts", ("contacts",), 0.5, 2, 0, fewer_contacts),
    Driver("rep_change", True, "sales", "orders.sales_rep", (), 1.0, 1, 0, rep_change),
    Driver("narrower_range", False, "sales", "orders.category", ("kinds",), 0.25, 4, 0, narrower_range),
    Driver("smaller_orders", False, "sales", "orders.qty", ("bought_e4",), 0.25, 4, 0, smaller_orders),
)
BUILT_IN = {driver.name: driver for driver in DRIVERS}


def driver_values(panel: Panel, settings: Drivers) -> dict[str, Array]:
    """Each driver that the data tells, in its units, (customers, months); rounded to a fifth of a unit."""
    found = {}
    for driver in DRIVERS:
        if not all(name in panel.sums and panel.sums[name].any() for name in driver.sums):
            continue
        values = driver.measure(panel, settings) / driver.unit
        values = at_last_order(values, panel, driver.after)
        found[driver.name] = np.round(np.clip(values, -driver.most, driver.most) * STEPS) / STEPS
    return found


def controls(panel: Panel, settings: Drivers) -> dict[str, Array]:
    """What must be alike in customers who are compared, (customers, months), zeros and ones.

    How often a customer ordered in the months of the drivers, since of few orders a single one is a large share; and before
    them, as far back as is known, in classes; of younger customers that is not known, which is a class of its own. And whether its
    first order is long ago, and whether it has answered a survey lately: who is silent on that is not satisfied for it.
    """
    age = np.arange(len(panel.months)) - panel.active.argmax(axis=1)[:, None]  # months since that of the first order
    earlier = at_last_order(panel.recent("orders", len(panel.months), back=settings.memory_months), panel)
    seen = np.maximum(at_last_order(age, panel) - settings.memory_months + 1, 0).astype(float)
    lately = at_last_order(panel.recent("orders", settings.memory_months), panel)
    found = {}
    for kind, orders, months in ((BEFORE, earlier, seen), (LATELY, lately, np.full_like(lately, settings.memory_months))):
        yearly = MONTHS_PER_YEAR * _share(orders, months)
        classes = np.where(months == 0, 0, 1 + np.searchsorted(settings.orders_yearly, yearly, side="right"))
        found |= {f"{kind}{place}": (classes == place).astype(float) for place in range(len(settings.orders_yearly) + 2)}
    found["settled"] = (age >= settings.settled_months).astype(float)
    return found | ({ANSWERED: answered(panel, settings).astype(float)} if "answers" in panel.sums else {})


def at_last_order(values: Array, panel: Panel, after: int = 0) -> Array:
    """Values as they were in the month of the last order up to each month, or ``after`` months later."""
    until = np.minimum(panel.last_active + after, np.arange(len(panel.months)))
    return np.take_along_axis(values, np.maximum(until, 0), axis=1)
