"""What a checkout did not test: what no bench can, and what was left out in this one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.checkout.trying import PointPlace
from bridge.real_outputs import wired_equipments
from utils.settings import ControllerSettings


@dataclass(frozen=True, slots=True)
class CheckoutParts:
    """What is tried: inputs and outputs at the controllers, and how the building responds to its actuators."""

    inputs: bool = True
    outputs: bool = True
    response: bool = True


EVERYTHING = CheckoutParts()


ALWAYS = (
    "Not tested here, and for a hand: wiring, terminals, sensor types, and ranges in the controller.",
    "Not tested here: what the application makes of its points; a read-back proves the object, and no sensor.",
)


def not_tested(
    places: Sequence[PointPlace],
    settings: ControllerSettings,
    parts: CheckoutParts,
    lost: str = "",
    *,
    was_stopped: bool = False,
) -> tuple[str, ...]:
    """The first lines of every report. ``lost`` is why the simulation could not be looked at to the end."""
    told = list(ALWAYS)
    if not parts.inputs:
        told.append("Inputs were left out.")
    if not parts.outputs:
        told.append("Outputs were left out.")
    elif wired := wired_equipments(dict.fromkeys(place.equipment for place in places), settings):
        told.append(f"Outputs of {', '.join(wired)} are not commanded: their terminals may drive something real.")
    if not parts.response:
        told.append("That each pair means the right point was left out: no actuator of the building was moved.")
    if was_stopped:
        told.append("It was stopped before its end: a pass is one of what had been tried by then.")
    if lost:
        told.append(f"The building could not be looked at to the end: {lost}.")
    return tuple(told)
