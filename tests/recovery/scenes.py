"""The worlds that rows share: each is made and cleaned once a seed, whatever number of rows looks at it."""

from analysis.simulate.world.presets import PRESETS
from tests.recovery.worlds import Scene

KNOWN, AHEAD = 36, 12  # months

TRADE = Scene("distributor", customers=600, known_months=KNOWN, ahead_months=AHEAD)
TRADE_WITH_GAPS = Scene("distributor", customers=600, known_months=KNOWN, costed=False)
SERVED_TRADE = Scene("building_materials", customers=500, known_months=KNOWN, served=True)
TOLD_TRADE = Scene("distributor", customers=1200, known_months=KNOWN, told=True)
TOLD_NOTHING = Scene("null_independent", customers=1200, known_months=KNOWN, told=True)  # what is told has to do with nothing
SMALL_TRADE = Scene("distributor", customers=60, known_months=KNOWN, ahead_months=AHEAD)
RETAIL = Scene("b2c_retail", customers=3000, known_months=24, ahead_months=AHEAD)
# Customers so slow that hardly two orders of one fall on one day, which counts as one purchase.
SLOW_RATE = (0.9, 150.0)
SLOW_RETAIL = Scene("b2c_retail", customers=3000, known_months=24, rate=SLOW_RATE)
STOP = PRESETS["b2c_retail"].leaving.stop
EQUAL = Scene("null_equal", customers=400, known_months=24)
UNCHANGED = Scene("null_changes", customers=400, known_months=KNOWN)
DISCOUNTED_TRADE = Scene("distributor", customers=600, known_months=KNOWN, discounted=True)
DISCOUNTED_EQUAL = Scene("null_equal", customers=400, known_months=24, discounted=True)
FAILED_TRADE = Scene("distributor", customers=1000, known_months=KNOWN, served=True)
HURT_TRADE = Scene("distributor", customers=1000, known_months=KNOWN, served=True, hurt=4.0)  # eight times as much
UNHURT_TRADE = Scene("null_drivers", customers=1000, known_months=KNOWN, served=True)  # failures change nothing
LOSING_TRADE = Scene("distributor", customers=1000, known_months=KNOWN, ahead_months=AHEAD)
SERVED_DRIVEN_TRADE = Scene("distributor", customers=1200, known_months=KNOWN, served=True, discounted=True)
UNDRIVEN_TRADE = Scene("null_drivers", customers=1200, known_months=KNOWN, served=True, discounted=True)  # nothing drives anybody away
