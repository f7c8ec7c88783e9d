"""What if entities stopped less often from now on: time runs slower for stopping, and for nothing else.

While active, events come at a steady rate and each moment is as likely to be the last. With the chance of
stopping times f, an entity is after the time t as likely still active as it otherwise is after f t, and the
events until it stops are those of f t, over f:

    P_f(active after t) = P(active after f t),    E_f[N(t)] = E[N(f t)] / f

which for a rate q and a probability p of stopping at an event reads E[N(t)] = (1 - e^(-p q t)) / p. It holds
for every entity, so it holds for their mixture given what is known of them. What already happened is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from analysis.models.newton import Array


class StoppingModel(Protocol):
    """What a model must say of the future for the question to have an answer."""

    def log_odds_stopped(self, x: Array, span: Array, age: Array) -> Array: ...
    def expected_if_active(self, x: Array, age: Array, horizon: Array) -> Array: ...
    def still_active(self, x: Array, age: Array, horizon: Array) -> Array: ...


@dataclass(frozen=True)
class SlowerStopping:
    """A fitted model whose chance of stopping is times ``factor`` from now on.

    Parameters
    ----------
    model : with steady events and stopping that does not depend on time since the last event.
    factor : above 0; 1 changes nothing.
    """

    model: StoppingModel
    factor: float

    def log_odds_stopped(self, x: Array, span: Array, age: Array) -> Array:
        """Who has stopped by now has stopped."""
        return self.model.log_odds_stopped(x, span, age)

    def expected_if_active(self, x: Array, age: Array, horizon: Array) -> Array:
        """Expected events in the horizon of an entity that is still active."""
        return self.model.expected_if_active(x, age, self.factor * horizon) / self.factor

    def still_active(self, x: Array, age: Array, horizon: Array) -> Array:
        """P(still active after the horizon) of an entity that is active now."""
        return self.model.still_active(x, age, self.factor * horizon)
