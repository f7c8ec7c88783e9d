"""Firms of other trades, as the articles behind the workbook tell of them."""

from __future__ import annotations

from dataclasses import replace

from analysis.simulate.world.laws import Drift, Preset, Segment
from analysis.simulate.world.scenarios import (
    DISTRIBUTOR,
    DRIFT,
    GOODS,
    LEAVING,
    SERVICE,
)
from analysis.simulate.world.treatment import Contacts, Service

# Of 500 customers 100 buy for more than a million a year and make 85 % of profit; the others buy for less than
# 100,000 on average, and those who want visits and send small things back are not worth their cost. Hardly any of them
# leaves, so that nearly all of the 500 are there in the last year, of which the article tells.
BUILDING_MATERIALS = replace(
    DISTRIBUTOR,
    name="building_materials",
    customers=500,
    segments=(
        Segment("key", 0.205, 40.0, 8.0, (2, 4), 0.001, 350.0, 0.6, (0.05, 0.09), 0.008, 3.0, 1.0, 30.0),
        Segment("ordinary", 0.535, 10.0, 4.0, (1, 3), 0.005, 15.0, 0.40, (0.0, 0.04), 0.02, 2.0, 0.97, 4.0),
        Segment("marginal", 0.08, 4.0, 2.0, (1, 1), 0.02, 9.0, 0.20, (0.0, 0.02), 0.02, 1.5, 0.95, 1.0),
        Segment("problem", 0.17, 16.0, 3.0, (1, 2), 0.005, 7.0, 0.25, (0.06, 0.12), 0.30, 3.2, 0.97, 80.0),
        Segment("one_time", 0.01, 1.0, 4.0, (1, 1), 0.0, 9.0, 0.03, (0.0, 0.02), 0.02, 1.5, 0.0, 0.0, once=True),
    ),
    wallet_base=32_000.0,
    wallet_spread=0.1,
    employee_spread=0.2,
    share_spread=0.15,
    industry_spread=0.05,
    order_floor=500.0,
    walk_in_order=2500.0,
    framework_customers=8,
    goods=replace(GOODS, assortment="building", stockers=0.1, pairs=5, null_pairs=5),
    drift=replace(DRIFT, losses=0.005, wallet_growth=0.03, noise=0.015, offers=0.3),
    leaving=replace(LEAVING, uncontrollable=0.005),
    activity_costs={
        "order": 25.0, "line": 4.0, "delivery": 120.0, "return": 320.0, "visit": 480.0, "ticket_minute": 1.5,
    },
)  # fmt: skip

NO_CONTACTS = Contacts(
    done=0.0, size_power=0.0, noise=0.0, random_region=0, random_rates=(0.0,), calls=0.0, inbound=0.0, gain=0.0,
    call_gain=0.0, fade=0.02, refused=0.0, refused_leaving=0.0, executive=0.0, rep_leaves=0.0,
    visit_minutes=60.0, call_minutes=9.0, visit_cost=60.0, working_days=5, levels=(1.0, 0.0, 0.0),
    call_kinds=(1.0, 0.0, 0.0, 0.0), no_answer=0.0,
)  # fmt: skip
NO_DRIFT = Drift(
    pull=0.0, noise=0.0, relation_weight=0.0, offers=0.0, offer_depth=(0.03, 0.15), offer_size_power=0.0, rivals=3,
    sensitivity=0.0, sensitivity_spread=0.5, losses=0.0, loss_floor=0.05, repricing=0.0, repricing_steps=(1, 5),
    wallet_growth=0.0, industry_growth=0.0,
)  # fmt: skip
FORGIVEN = replace(SERVICE, hurt=0.0, hurt_share=0.0)
NO_LEAVING = replace(LEAVING, uncontrollable=0.0, partial=0.0, young_extra=0.0, frailty_shape=0.0)

# Yearly contracts in three tiers, invoiced by the month; who does not renew is gone.
SAAS = replace(
    DISTRIBUTOR,
    name="saas",
    customers=800,
    months=48,
    segments=(
        Segment("key", 0.08, 12.0, 1e6, (6, 6), 0.0, 400.0, 0.6, (0.05, 0.15), 0.0, 2.6, 0.2, 12.0),
        Segment("potential", 0.27, 12.0, 1e6, (6, 6), 0.0, 120.0, 0.35, (0.0, 0.10), 0.0, 1.8, 0.2, 6.0),
        Segment("ordinary", 0.65, 12.0, 1e6, (6, 6), 0.0, 30.0, 0.30, (0.0, 0.05), 0.0, 1.3, 0.2, 2.0),
    ),
    wallet_base=5500.0,
    season=False,
    walk_in_share=0.0,
    framework_customers=0,
    drift=replace(NO_DRIFT, wallet_growth=0.12),
    leaving=replace(NO_LEAVING, law="contract", stop=(0.7637, 1.2958)),
    service=FORGIVEN,
    goods=replace(GOODS, assortment="software", stockers=0.15, stocked=1, pairs=3, null_pairs=3),
    activity_costs={
        "order": 5.0, "line": 0.5, "delivery": 0.0, "return": 20.0, "visit": 400.0, "ticket_minute": 2.0,
    },
)  # fmt: skip

# Fewer than one customer in ten makes more than 60 % of profit; rivals court them, and they leave step by step.
TELECOM_KEY_ACCOUNTS = replace(
    DISTRIBUTOR,
    name="telecom_key_accounts",
    customers=600,
    segments=(
        Segment("key", 0.08, 12.0, 60.0, (6, 6), 0.03, 1500.0, 0.75, (0.08, 0.18), 0.0, 4.0, 0.9, 42.0),
        Segment("potential", 0.17, 12.0, 60.0, (5, 6), 0.05, 350.0, 0.18, (0.03, 0.10), 0.0, 2.4, 0.7, 12.0),
        Segment("ordinary", 0.45, 12.0, 60.0, (5, 6), 0.07, 35.0, 0.70, (0.0, 0.05), 0.0, 1.8, 0.7, 4.0),
        Segment("marginal", 0.30, 12.0, 60.0, (4, 6), 0.09, 25.0, 0.12, (0.0, 0.02), 0.0, 1.3, 0.7, 1.0),
    ),
    wallet_base=3000.0,
    season=False,
    walk_in_share=0.0,
    drift=replace(DRIFT, offers=2.0, offer_depth=(0.05, 0.25), sensitivity=2.5, losses=0.03),
    leaving=replace(LEAVING, partial=0.9, decline_weeks=(12, 30)),
    goods=replace(GOODS, assortment="telecom", taste=0.8, stockers=0.0, stocked=1, pairs=3, null_pairs=3),
)

# Whoever runs out of paper orders paper.
OFFICE_SUPPLIES = replace(
    DISTRIBUTOR,
    name="office_supplies",
    customers=600,
    months=30,
    segments=(
        Segment("key", 0.10, 20.0, 6.0, (2, 5), 0.03, 300.0, 0.6, (0.05, 0.12), 0.01, 3.0, 0.8, 12.0),
        Segment("potential", 0.20, 10.0, 4.0, (1, 4), 0.07, 180.0, 0.15, (0.02, 0.08), 0.012, 2.2, 0.6, 6.0),
        Segment("ordinary", 0.60, 6.0, 3.0, (1, 3), 0.10, 40.0, 0.40, (0.0, 0.05), 0.015, 1.8, 0.5, 3.0),
        Segment("one_time", 0.10, 1.0, 4.0, (1, 1), 0.0, 20.0, 0.03, (0.0, 0.02), 0.02, 1.4, 0.0, 0.0, once=True),
    ),
    wallet_base=1500.0,
    goods=replace(
        GOODS, assortment="office", stockers=0.9, stocked=3, stock_days=(18.0, 90.0), stock_value=0.5, pairs=6,
        null_pairs=6,
    ),
)  # fmt: skip

# People who may stop after any purchase: the laws of Fader, Hardie & Lee 2005, on a calendar without holidays.
B2C_RETAIL = replace(
    DISTRIBUTOR,
    name="b2c_retail",
    customers=20_000,
    months=24,
    segments=(Segment("consumer", 1.0, 7.3, 1.0, (1, 1), 0.0, 1.0, 0.3, (0.0, 0.10), 0.03, 1.6, 0.0, 0.0),),
    wallet_base=4500.0,
    wallet_spread=0.5,
    employee_spread=0.0,
    order_floor=15.0,
    season=False,
    growth_yearly=0.0,
    walk_in_share=0.0,
    framework_customers=0,
    leaving=replace(NO_LEAVING, law="bgnbd", stop=(0.8, 2.5), rate=(0.6, 30.0)),
    drift=NO_DRIFT,
    contacts=NO_CONTACTS,
    service=replace(FORGIVEN, defects=0.015),
    goods=replace(GOODS, assortment="retail", stockers=0.0, stocked=1, pairs=4, null_pairs=4),
    activity_costs={
        "order": 3.0, "line": 0.5, "delivery": 6.0, "return": 9.0, "visit": 0.0, "ticket_minute": 0.8,
    },
)  # fmt: skip

# Work that fails now and then, for customers who forgive those they know.
IT_SERVICES = replace(
    DISTRIBUTOR,
    name="it_services",
    customers=250,
    months=48,
    segments=(
        Segment("key", 0.12, 18.0, 6.0, (2, 4), 0.03, 600.0, 0.6, (0.04, 0.10), 0.004, 2.4, 0.6, 30.0),
        Segment("potential", 0.28, 9.0, 4.0, (1, 3), 0.06, 350.0, 0.2, (0.02, 0.08), 0.006, 1.8, 0.5, 12.0),
        Segment("ordinary", 0.60, 7.0, 3.0, (1, 3), 0.08, 70.0, 0.4, (0.0, 0.05), 0.006, 1.5, 0.5, 4.0),
    ),
    wallet_base=9000.0,
    season=True,
    walk_in_share=0.0,
    service=Service(
        late=0.10, late_spread=0.7, late_season=0.4, late_days=5.0, promise_days=(5, 20), defects=0.22,
        defects_spread=0.6, slow=0.3, slow_spread=0.8, response_hours=2.0, kinds=(0.05, 0.35, 0.0, 0.5, 0.1),
        because_late=0.3, severity=0.5, ticket_minutes=60.0, terms_days=45, overdue=0.2, hurt=0.9, hurt_share=0.3,
        kappa_past=0.35, kappa_relation=1.0, kappa_recent=0.25, recovered=0.6, fade=0.10,
    ),
    leaving=replace(LEAVING, betas=LEAVING.betas | {"defects": 0.8}),
    goods=replace(GOODS, assortment="it", taste=0.7, stockers=0.0, stocked=1, pairs=4, null_pairs=4),
    activity_costs={
        "order": 60.0, "line": 5.0, "delivery": 90.0, "return": 60.0, "visit": 500.0, "ticket_minute": 3.0,
    },
)  # fmt: skip

FIRMS: tuple[Preset, ...] = (
    DISTRIBUTOR, BUILDING_MATERIALS, SAAS, TELECOM_KEY_ACCOUNTS, OFFICE_SUPPLIES, B2C_RETAIL, IT_SERVICES,
)  # fmt: skip
