"""The worlds by name. All numbers of a world stand in its preset, none in the code that draws from it; a new
world is a new ``Preset``."""

from __future__ import annotations

from analysis.simulate.world.laws import Preset, Segment
from analysis.simulate.world.mess import Mess
from analysis.simulate.world.scenarios import DISTRIBUTOR

__all__ = ["DISTRIBUTOR", "PRESETS", "Mess", "Preset", "Segment"]

PRESETS: dict[str, Preset] = {preset.name: preset for preset in (DISTRIBUTOR,)}
