"""What somebody has typed for an input of the simulation: is there such an input, and has it room for that?"""

from __future__ import annotations

from collections.abc import Mapping

from points import ActivationPoint, Bounds
from points.activation_point import ACTIVATION_SUFFIX
from utils.errors import BridgeError
from utils.names import did_you_mean
from utils.values import PointMetadata, is_finite_number

Metadata = Mapping[str, PointMetadata]
"""What the simulation tells about its points, by their names."""


class HandRefused(BridgeError):
    """What somebody asked for by hand cannot be done, in words. Nothing has changed.

    ``limits`` are those that a value is beyond, in the unit that it was typed in; None where that is not the reason.
    """

    def __init__(self, words: str, limits: Bounds | None = None) -> None:
        super().__init__(words)
        self.limits = limits


def input_named(name: str, metadata: Metadata) -> tuple[str, str | None]:
    """An input (``..._u``) and what puts it in force, if anything, by either's name. Raises :class:`HandRefused`."""
    known = metadata.get(name)
    if known is None:
        inputs = [one for one, point in metadata.items() if point.is_input]
        raise HandRefused(f"the simulation has no input named {name}{did_you_mean(name, inputs)}")
    if not known.is_input:
        raise HandRefused(f"{name} is measured: only inputs of the simulation can be held")
    value_name = ActivationPoint(name).bop_point if name.endswith(ACTIVATION_SUFFIX) else name
    activation = ActivationPoint.of(value_name).name
    return value_name, activation if activation in metadata else None


def input_value(name: str, typed: float, metadata: Metadata) -> float | None:
    """The value, in the simulation's unit; None for an activation of 0, as there is none then.

    Raises :class:`HandRefused` for no number, and for one beyond the input's limits.
    """
    if isinstance(typed, bool) or not is_finite_number(typed):
        raise HandRefused(f"{name}: {typed!r} is not a number")
    if name.endswith(ACTIVATION_SUFFIX):
        if typed != 0:
            value_name = ActivationPoint(name).bop_point
            raise HandRefused(f"{name} takes 0, the building's own control; to put a value in force hold {value_name}")
        return None
    limits = limits_of(name, metadata)
    if not limits.take(typed):
        unit = metadata[name].unit
        raise HandRefused(f"{name} takes {limits.words(unit_words(unit).strip())}, not {typed:g}", limits)
    return float(typed)


def limits_of(name: str, metadata: Metadata) -> Bounds:
    """What the simulation says that its input takes, in its unit."""
    known = metadata.get(name, PointMetadata(None))
    return Bounds(known.minimum, known.maximum)


def unit_words(unit: str | None) -> str:
    """A unit behind a number; BOPTEST's 1 is none."""
    return "" if unit in (None, "", "1") else f" {unit}"
