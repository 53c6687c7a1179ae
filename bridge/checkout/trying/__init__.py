"""Trying points on the controllers of a session: rounds are shown or commanded, and what they hold is looked at."""

from bridge.checkout.trying.bench import PointPlace, TriedBench
from bridge.checkout.trying.inputs import try_inputs
from bridge.checkout.trying.outputs import try_outputs

__all__ = ["PointPlace", "TriedBench", "try_inputs", "try_outputs"]
