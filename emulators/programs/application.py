"""Which application a controller of the demo runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from emulators.program import ControlProgram
from emulators.programs.ahu import AhuProgram
from emulators.programs.monitor import ENERGY_POINTS, PLANT_POINTS, MonitorProgram
from emulators.programs.objects import UnitSystem
from emulators.programs.vav import BOXES, VavReheatProgram

_APPLICATIONS: Mapping[str, Callable[[UnitSystem], ControlProgram]] = {
    "AHU": AhuProgram,
    **{name: partial(VavReheatProgram, size=size) for name, size in BOXES.items()},
    "PLANT": partial(MonitorProgram, PLANT_POINTS),
    "ENERGY": partial(MonitorProgram, ENERGY_POINTS),
}


def standard_application(name: str, unit_system: UnitSystem) -> ControlProgram | None:
    """A new program for the equipment of that name, or None if there is no standard application for it."""
    application = _APPLICATIONS.get(name)
    return application(unit_system) if application else None
