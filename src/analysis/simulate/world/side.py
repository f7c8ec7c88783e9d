"""All that the other tables of the firm are made from, beside the events of the world itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.simulate.world.agreements import make_contracts, make_usage
from analysis.simulate.world.budgets import Expense, Hours, Work, make_expenses, make_hours, make_work
from analysis.simulate.world.hearsay import make_exit_notes, make_words
from analysis.simulate.world.referrals import Referrals, make_referrals
from analysis.simulate.world.side_laws import SideLaws, side_laws
from analysis.simulate.world.spending_elsewhere import make_wallet_records
from analysis.simulate.world.surveys import make_surveys
from analysis.simulate.world.world import World


@dataclass(frozen=True)
class Side:
    """What lies beside the order lines of ``world``; each array is described where it is made."""

    world: World
    laws: SideLaws
    referrals: Referrals
    surveys: np.ndarray
    wallets: np.ndarray
    contracts: np.ndarray
    usage: np.ndarray
    exit_notes: np.ndarray
    words: np.ndarray
    work: list[Work]
    expenses: list[Expense]
    hours: list[Hours]


def make_side(world: World) -> Side:
    """Draw it all; nothing here changes what the world bought."""
    laws = side_laws(world.preset)
    referrals = make_referrals(world, laws.recommending)
    return Side(
        world=world, laws=laws, referrals=referrals,
        surveys=make_surveys(world, laws.asking),
        wallets=make_wallet_records(world, laws.knowing),
        contracts=make_contracts(world, for_all=laws.contracts_for_all),
        usage=make_usage(world, laws.using),
        exit_notes=make_exit_notes(world, laws.telling),
        words=make_words(world, laws.telling, referrals),
        work=make_work(world, laws.budgets),
        expenses=make_expenses(world, laws.budgets),
        hours=make_hours(world, laws.budgets),
    )  # fmt: skip
