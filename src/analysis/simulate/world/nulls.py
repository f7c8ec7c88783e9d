"""Worlds in which one thing is not there, so that nothing may be found of it; and worlds of unusual size."""

from __future__ import annotations

from dataclasses import replace

from analysis.simulate.world.firms import FORGIVEN, NO_DRIFT
from analysis.simulate.world.laws import DRIVERS, Preset, Segment
from analysis.simulate.world.mess import MOST
from analysis.simulate.world.scenarios import CONTACTS, DISTRIBUTOR, GOODS, LEAVING, MOOD

NO_BETAS = dict.fromkeys(DRIVERS, 0.0)
STAYING = replace(
    LEAVING, betas=NO_BETAS, uncontrollable=0.0, young_extra=0.0, frailty_shape=0.0, partial=0.0
)

# Customers leave as before, but nothing that we do has to do with it.
NULL_DRIVERS = replace(
    DISTRIBUTOR, name="null_drivers", leaving=replace(LEAVING, betas=NO_BETAS), service=FORGIVEN
)
# No product makes another likelier.
NULL_PAIRS = replace(
    DISTRIBUTOR, name="null_pairs",
    goods=replace(GOODS, pairs=0, null_pairs=GOODS.pairs + GOODS.null_pairs),
)  # fmt: skip
# Nobody leaves and nobody changes: every alarm is a false one.
NULL_CHANGES = replace(
    DISTRIBUTOR, name="null_changes",
    segments=tuple(replace(kind, exits_yearly=0.0) for kind in DISTRIBUTOR.segments if not kind.once),
    growth_yearly=0.0, price_changes=(), rival_changes=(), leaving=STAYING, drift=NO_DRIFT,
    contacts=replace(CONTACTS, rep_leaves=0.0), service=FORGIVEN,
    mood=replace(MOOD, relation=0.0, hurt=0.0),
)  # fmt: skip
# Visits and calls do nothing.
NULL_TREATMENT = replace(
    DISTRIBUTOR, name="null_treatment", contacts=replace(CONTACTS, gain=0.0, call_gain=0.0),
    leaving=replace(LEAVING, betas=LEAVING.betas | {"contact_shortfall": 0.0}),
    drift=replace(DISTRIBUTOR.drift, relation_weight=0.0),
)  # fmt: skip
# All customers are one and the same; only chance tells them apart.
NULL_EQUAL = replace(
    DISTRIBUTOR, name="null_equal", customers=600,
    segments=(Segment("equal", 1.0, 12.0, 1e9, (2, 2), 0.15, 60.0, 0.35, (0.02, 0.02), 0.02, 2.0, 1.0, 4.0),),
    wallet_spread=0.0, employee_spread=0.0, industry_spread=0.0, share_spread=0.0, order_floor=0.0,
    framework_customers=0,
    leaving=replace(STAYING, uncontrollable=0.03),
    drift=NO_DRIFT, service=replace(FORGIVEN, late_spread=0.0, defects_spread=0.0, slow_spread=0.0),
    contacts=replace(CONTACTS, size_power=0.0, noise=0.0, random_rates=(CONTACTS.done * 4.0,)),
    mood=replace(MOOD, spread=0.0, relation=0.0, hurt=0.0), goods=replace(GOODS, taste=1e9, stockers=0.0),
)  # fmt: skip
# Neither the wallet nor the share has to do with anything that can be seen, the spend included.
NULL_INDEPENDENT = replace(
    DISTRIBUTOR, name="null_independent",
    segments=(Segment("any", 1.0, 9.0, 2.5, (1, 3), 0.10, 60.0, 0.2, (0.0, 0.08), 0.02, 2.0, 0.7, 4.0),),
    wallet_base=600_000.0, wallet_power=0.0, wallet_spread=0.5, industry_spread=0.0, own_spend=(30_000.0, 0.7),
    drift=NO_DRIFT, contacts=replace(CONTACTS, size_power=0.0), service=FORGIVEN,
)  # fmt: skip

TINY = replace(DISTRIBUTOR, name="tiny", customers=30, months=18)
DIRTY = replace(DISTRIBUTOR, name="dirty", customers=600, mess=MOST)
# Five million lines.
HUGE = replace(
    DISTRIBUTOR, name="huge", customers=40_000,
    segments=tuple(replace(kind, orders_yearly=kind.orders_yearly * 2.9) for kind in DISTRIBUTOR.segments),
    wallet_base=DISTRIBUTOR.wallet_base * 2.9,
)  # fmt: skip

NULLS: tuple[Preset, ...] = (
    NULL_DRIVERS, NULL_PAIRS, NULL_CHANGES, NULL_TREATMENT, NULL_EQUAL, NULL_INDEPENDENT,
)  # fmt: skip
SIZES: tuple[Preset, ...] = (TINY, DIRTY, HUGE)
