"""One customer at a time: ``from analysis import customer``, then ``customer.story("C0042")``."""

from __future__ import annotations

from analysis.explore.story import Story, tell

__all__ = ["Story", "story"]


def story(customer_id: str, params_file: str = "params.yaml") -> Story:
    """Everything that the last refresh has found out about one customer.

    In a notebook the result shows itself as a page: orders over time with the present silence, value now and before
    with its rank, tier, segment and quadrant, lifetime value and risk with their intervals, open warnings, reasons, and
    the next action; each figure says how it was come by, and what is not known is said. Its parts are DataFrames:
    ``orders``, ``months``, ``value``, ``grades``, ``rfm``, ``lifetime``, ``risk``, ``warnings``, ``reasons``,
    ``win_back``, ``action``, ``drivers``.

    Parameters
    ----------
    customer_id : as the export has it; ``stored.customers`` lists all.
    params_file : where the language of the page and the masking of names are set.

    Raises
    ------
    DataError : there is no such customer; the message names those whose number or name is nearest.

    Examples
    --------
    >>> from analysis import customer                                                           # doctest: +SKIP
    >>> one = customer.story("KH00141")                                                         # doctest: +SKIP
    >>> one                                                                                     # doctest: +SKIP
    >>> one.orders["gap_days"].describe()                                                       # doctest: +SKIP
    >>> one.risk[["horizon_days", "risk", "lo", "hi"]]                                          # doctest: +SKIP
    """
    return tell(customer_id, params_file)
