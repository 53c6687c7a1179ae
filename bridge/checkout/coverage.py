"""What a checkout did not test: what no bench can, and what was left out in this one."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.checkout.trying import Place
from bridge.real_outputs import wired_equipments
from utils.settings import ControllerSettings

ALWAYS = (
    "Not tested here, and for a hand: wiring, terminals, sensor types, and ranges in the controller.",
    "Not tested here: what the application makes of its points; a read-back proves the object, and no sensor.",
)


def not_tested(
    places: Sequence[Place], settings: ControllerSettings, has_inputs: bool, has_outputs: bool
) -> tuple[str, ...]:
    """The first lines of every report."""
    told = list(ALWAYS)
    if not has_inputs:
        told.append("Inputs were left out.")
    if not has_outputs:
        told.append("Outputs were left out.")
    elif wired := wired_equipments(dict.fromkeys(place.equipment for place in places), settings):
        told.append(f"Outputs of {', '.join(wired)} were not commanded: their terminals may drive something real.")
    return tuple(told)
