"""G4: wallets that somebody told, beside own sales of the same customer, categories and calendar year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.core.windows import MONTHS_PER_YEAR, Window, is_covered
from analysis.models.periods import months_before

KEYS = ["customer_id", "wallet_year"]
ROUNDS = 30  # after which the weights no longer move
LEAST = 1e-3  # of the mean square: no source is trusted more than this
SIGN = ["customer_id", "wallet_year", "category", "file_no", "row_no"]


def usable_rows(
    told: pd.DataFrame, *, first_date: pd.Timestamp, as_of: pd.Timestamp, slack_days: int
) -> pd.DataFrame:
    """The rows that own sales can be held against: of a year that the order lines cover whole, for what we sell.

    A row without a category is the whole wallet of its year, and then the customer's single categories do not count.

    Parameters
    ----------
    told : by wallet_told.sql.

    Returns
    -------
    The same columns, ``category`` empty where the row is the whole, in the order of their keys.
    """
    years = [
        year for year in told["wallet_year"].unique() if _is_whole(int(year), first_date, as_of, slack_days)
    ]
    rows = told[told["wallet_year"].isin(years) & told["is_sold"]].sort_values(
        SIGN, kind="stable", na_position="first"
    )
    whole = rows["category"].isna()
    has_whole = whole.groupby([rows[key] for key in KEYS]).transform("any")
    kept = rows[whole | ~has_whole.astype(bool)]
    sums = {
        "annual_spend_e4": "sum",
        "sales_e4": "first",
        "year_sales_e4": "first",
        "customer_name": "first",
        "source": "first",
    }
    found = kept.assign(category=kept["category"].fillna("")).groupby(
        [*KEYS, "category"], as_index=False, dropna=False
    )
    return found.agg(sums)


def _is_whole(year: int, first_date: pd.Timestamp, as_of: pd.Timestamp, slack_days: int) -> bool:
    whole = Window(pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 1))
    return is_covered(whole, first_date, slack_days) and whole.end <= as_of


def year_to(day: pd.Timestamp) -> pd.Timestamp:
    """The first day of the twelve months that end on ``day``."""
    return months_before(day, MONTHS_PER_YEAR) + pd.Timedelta(days=1)


def totals(rows: pd.DataFrame) -> pd.DataFrame:
    """By customer and year: what was told and what was sold in the same categories, and the source of most of it.

    Parameters
    ----------
    rows : by ``usable_rows``.

    Returns
    -------
    ``customer_id, wallet_year, source, told_e4, sales_e4, told_share``: the last is the share of the customer's sales of
    the year that lies in the categories told.
    """
    ordered = rows.sort_values(
        [*KEYS, "annual_spend_e4", "category"], ascending=[True, True, False, True], kind="stable"
    )
    found = ordered.groupby(KEYS, as_index=False).agg(
        source=("source", "first"), told_e4=("annual_spend_e4", "sum"), sales_e4=("sales_e4", "sum"),
        year_sales_e4=("year_sales_e4", "first"),
    )  # fmt: skip
    sold = found.pop("year_sales_e4")
    return found.assign(told_share=found["sales_e4"] / sold.where(sold > 0))


def spread_of_sources(rows: pd.DataFrame, *, told_from: int) -> pd.Series:
    """How far what a source tells lies from the wallet, as a standard deviation of the logarithm.

    Two wallets of one customer and the same categories, told for two years that follow one another, differ by what both
    sources get wrong and by what the wallet really did. With ``d`` the logarithm of their ratio less its median,
    ``E d^2 = v(first source) + v(second source)``, solved for all pairs by non-negative least squares in which each pair
    weighs the less the larger its own v is (Fisher scoring of the normal likelihood). Real change counts as error here,
    so that the spread is rather too wide than too narrow.

    Parameters
    ----------
    rows : by ``usable_rows``.
    told_from : sources in fewer pairs stand together.

    Returns
    -------
    By source; empty where there are fewer pairs than ``told_from``: then a wallet is stated as it was told.
    """
    from scipy.optimize import nnls

    first, second = _pairs(rows)
    if len(first) < told_from:
        return pd.Series(dtype="float64")
    change = np.log(second["told_e4"].to_numpy(dtype=float) / first["told_e4"].to_numpy(dtype=float))
    sources = [part["source"].fillna("").to_numpy(dtype=object) for part in (first, second)]
    counts = pd.Series(np.concatenate(sources)).value_counts()
    known = sorted(counts[counts >= told_from].index)
    seen = [
        np.stack([part == source for source in known] + [~np.isin(part, known)], axis=1) for part in sources
    ]
    design = np.sum(seen, axis=0, dtype=float)
    used = design.any(axis=0)
    square = (change - np.median(change)) ** 2
    variance = np.full(int(used.sum()), square.mean() / len(sources))
    for _ in range(ROUNDS if square.any() else 0):
        weight = 1 / np.maximum(design[:, used] @ variance, square.mean() * LEAST)
        variance, _ = nnls(design[:, used] * weight[:, None], square * weight)
    named = pd.Series(np.sqrt(variance), np.array([*known, ""], dtype=object)[used])
    pooled = float(np.sqrt(square.mean() / len(sources)))
    every = rows["source"].fillna("").unique()
    return pd.Series({source: named.get(source, named.get("", pooled)) for source in sorted(every)})


def _pairs(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Totals of two years that follow one another, over the categories told in both; one row a pair in each."""
    ahead = rows.assign(wallet_year=rows["wallet_year"] - 1)
    keys = [*KEYS, "category"]
    first = rows.merge(ahead[keys], on=keys)
    second = ahead.merge(rows[keys], on=keys)
    return totals(first), totals(second)
