"""The embedded building's points as a list, and objects of controllers in one line each."""

from __future__ import annotations

from functools import cache

from emulators.plants.multizone_office.interface.points import points
from mapping import Listed, Proposed, propose
from utils.values import ObjectType

KINDS = {f"{kind.value[0]}{kind.value[6]}": kind for kind in ObjectType if not kind.is_multi_state}


@cache
def office() -> tuple[Listed, ...]:
    """What the standard building offers, activations left out."""
    told = points()
    measured = [Listed(name, meta.description, meta.unit, is_input=False) for name, meta in told.measurements.items()]
    inputs = [Listed(name, meta.description, meta.unit, is_input=True) for name, meta in told.inputs.items()]
    return (*measured, *(point for point in inputs if not point.name.endswith("_activate")))


def listed(line: str) -> Listed:
    """``VAV_South SpaceTemp AI degC``, and behind that a description; ``-`` stands for nothing told."""
    equipment, name, kind, unit, *description = line.split(" ", 4)
    return Listed(
        name,
        description[0] if description else "",
        None if unit == "-" else unit,
        "" if equipment == "-" else equipment,
        None if kind == "-" else KINDS[kind],
    )


def proposed(*lines: str) -> list[Proposed]:
    """What is proposed for these in the standard building."""
    return list(propose(office(), [listed(line) for line in lines]).points)


def found(one: Proposed) -> str | None:
    """The name that is proposed."""
    return one.simulation.name if one.simulation is not None else None
