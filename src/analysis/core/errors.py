"""Errors that a user can act on: where, what, got, remedy."""

from __future__ import annotations

import unicodedata

from analysis.core.credentials import without_passwords

# What a header or a name may hold and a terminal would obey: controls, signs that turn the line, half signs, line ends.
UNSHOWN = ("Cc", "Cf", "Cs", "Zl", "Zp")
LONGEST_PART = 500  # characters of a name or value from the data: several files may be named at once

LONGEST_SENTENCE = 1_500  # characters: thirty headers are listed, and one of them may have lost its line's end


class AnalysisError(Exception):
    """Something the user can mend; shown as one sentence, without a traceback.

    Parameters
    ----------
    where : the file, sheet, section or table, relative to the project's root.
    what : what must hold, or what went wrong.
    got : the offending value; never a customer's row. ``None`` leaves the part out.
    remedy : what to do about it, as a full sentence without its final stop.

    Examples
    --------
    >>> print(ParamsError("params.yaml, section segment", "recency_days must be at least 1", 0, "Raise it"))
    params.yaml, section segment: recency_days must be at least 1, got 0. Raise it.
    """

    def __init__(self, where: str, what: str, got: object, remedy: str) -> None:
        self.where, self.what, self.got, self.remedy = where, what, got, remedy
        seen = "" if got is None else f", got {_short(repr(got))}"
        said = without_passwords(f"{_short(where)}: {_short(what, LONGEST_SENTENCE)}{seen}. {_short(remedy, LONGEST_SENTENCE)}.")
        super().__init__("".join(" " if unicodedata.category(sign) in UNSHOWN else sign for sign in said))


def _short(text: str, longest: int = LONGEST_PART) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"


class ParamsError(AnalysisError):
    """A parameter is unknown, missing, repeated or out of range."""


class DataError(AnalysisError):
    """The input data cannot be read as it stands."""


class ContractError(AnalysisError):
    """A table does not keep the contract that other stages rely on."""


class FitError(AnalysisError):
    """A model cannot be fitted to what it was given."""
