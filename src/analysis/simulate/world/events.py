"""The events of a made-up world, as arrays with one row an event, each in order of its day.

Customers, products and sales reps are places in their lists, days are counted from the first day of the history, money is in
cents. -1 stands for nobody and nothing.
"""

from __future__ import annotations

import numpy as np

# One order as it was promised, delivered and paid.
ORDER = np.dtype([
    ("order", np.int32), ("customer", np.int32), ("day", np.int32), ("minute", np.int32), ("rep", np.int32),
    ("promised_day", np.int32), ("delivered_day", np.int32), ("paid_day", np.int32), ("due_day", np.int32),
])  # fmt: skip

# Something that went wrong. ``kind`` is a place in INCIDENT_KINDS, severity runs from 1 to 5.
INCIDENT_KINDS = ("logistics", "quality", "size", "after_sales", "other")
INCIDENT = np.dtype([
    ("customer", np.int32), ("day", np.int32), ("order", np.int32), ("kind", np.int8), ("severity", np.int8),
    ("first_response_hours", np.float64), ("on_site_hours", np.float64), ("resolved_hours", np.float64),
    ("within_sla", np.bool_), ("minutes", np.int32),
])  # fmt: skip

# A contact with a customer. Kinds, outcomes and levels are places in the lists.
CONTACT_KINDS = ("visit", "call", "message", "event", "content", "executive")
CONTACT_OUTCOMES = ("met", "declined", "no answer")
CONTACT_LEVELS = ("buyer", "manager", "owner")
CONTACT = np.dtype([
    ("customer", np.int32), ("day", np.int32), ("kind", np.int8), ("minutes", np.int32), ("rep", np.int32),
    ("by_customer", np.bool_), ("level", np.int8), ("outcome", np.int8), ("cost", np.int64),
])  # fmt: skip

# A customer changes its sales rep.
REP_CHANGE = np.dtype([("customer", np.int32), ("day", np.int32), ("rep_before", np.int32), ("rep_after", np.int32)])

# A rival's offer to a customer, known to nobody here; ``depth`` is the part of our price by which it is cheaper.
OFFER = np.dtype([("customer", np.int32), ("day", np.int32), ("rival", np.int8), ("depth", np.float64)])

# A customer recommends us. A lead that nothing came of has ``referred`` -1. ``would_not_have_come`` is the truth.
REFERRAL_STATES = ("lead", "won", "lost")
REFERRAL = np.dtype([
    ("referrer", np.int32), ("referred", np.int32), ("day", np.int32), ("state", np.int8), ("reward", np.int64),
    ("would_not_have_come", np.bool_),
])  # fmt: skip

# Why a customer left for good: places of the cause in World.exit_cause.
EXIT_CAUSES = ("service", "product", "price", "competitor", "no need", "closed", "unknown")
