"""What somebody has typed for an input of the simulation: is there such an input, and has it room for that?"""

from __future__ import annotations

from collections.abc import Mapping

from points import ActivationPoint
from points.activation_point import ACTIVATION_SUFFIX
from utils.errors import BridgeError
from utils.names import did_you_mean
from utils.values import PointMetadata, is_finite_number

Metadata = Mapping[str, PointMetadata]
"""What the simulation tells about its points, by their names."""


class HandRefused(BridgeError):
    """What somebody asked for by hand cannot be done, in words. Nothing has changed."""


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
    require_within(name, typed, metadata)
    return float(typed)


def require_within(name: str, value: float, metadata: Metadata) -> None:
    """Raises :class:`HandRefused` for a value beyond what the simulation says that its input takes."""
    known = metadata.get(name, PointMetadata(None))
    low, high = known.minimum, known.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        raise HandRefused(f"{name} takes {_range(low, high)}{unit_words(known.unit)}, not {value:g}")


def unit_words(unit: str | None) -> str:
    """A unit behind a number; BOPTEST's 1 is none."""
    return "" if unit in (None, "", "1") else f" {unit}"


def _range(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    return f"at least {low:g}" if low is not None else f"at most {high:g}"
