"""Which tolerances outputs have when they are played again."""

from __future__ import annotations

import math
from collections.abc import Sequence

from recording.comparing.funnel import EXACT, Tolerance
from recording.words import Signal
from utils.values import REAL32_RELATIVE

VALUE_SHARE = 0.01
"""Part of an output's own range in the recording by which a real controller may be off."""
STEPS = 2
"""So many steps earlier or later it may be: its program is not scanned at the moments at which it was."""


def exact(signal: Signal, values: Sequence[float]) -> Tolerance:
    """To the last bit: emulators that are scanned with the simulation."""
    return EXACT


def usual(step_s: float, signal: Signal, values: Sequence[float]) -> Tolerance:
    """Of a real controller, with steps of ``step_s`` of model time. A switch is off in time only."""
    known = [value for value in values if not math.isnan(value)]
    if not known or set(known) <= {0.0, 1.0}:
        return Tolerance(0.0, STEPS * step_s)
    span, largest = max(known) - min(known), max(map(abs, known))
    return Tolerance(max(VALUE_SHARE * span, REAL32_RELATIVE * largest), STEPS * step_s)
