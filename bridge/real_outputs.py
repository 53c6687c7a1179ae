"""Terminals that will follow the simulation: who they are, and the warning."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from rich.text import Text

from equipment.equipment_manager import Equipment
from utils.settings import ControllerSettings
from utils.values import Role

log = logging.getLogger(__name__)


def wired_equipments(equipments: Iterable[Equipment], settings: ControllerSettings) -> tuple[str, ...]:
    """The equipments whose terminals may drive something real, for all that the settings and configs say."""
    if settings.bench == "isolated":
        return ()
    return tuple(
        equipment.name
        for equipment in equipments
        if not equipment.isolate_outputs and any(point.role is Role.READ for point in equipment.points)
    )


def warn_of_real_outputs(equipments: Iterable[Equipment], settings: ControllerSettings) -> None:
    """Say which terminals will follow the simulation: in the log, and in bold on a terminal."""
    names = wired_equipments(equipments, settings)
    if names:
        log.warning(
            "REAL OUTPUTS: the terminals of %s will follow a simulated building. Make sure that nothing is wired to "
            "them and set ECY_BENCH=isolated, or have them isolated with isolate_outputs in the configs",
            ", ".join(names),
            extra={"highlighter": _bold},
        )


def _bold(text: Text) -> Text:
    text.stylize("bold red")
    return text
