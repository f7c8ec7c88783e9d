"""The worlds that rows share: each is made and cleaned once a seed, whatever number of rows looks at it."""

from tests.recovery.worlds import Scene

KNOWN, AHEAD = 36, 12  # months

TRADE = Scene("distributor", customers=600, known_months=KNOWN, ahead_months=AHEAD)
TRADE_WITH_GAPS = Scene("distributor", customers=600, known_months=KNOWN, ahead_months=AHEAD, costed=False)
