"""What spaces may name where controllers are in the loop: the building's points, theirs, and their age."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path

from bridge.acting import Turn
from equipment.config_json import read_document
from equipment.equipment_manager import Equipment
from equipment.set_points import SetPoint
from learning.server import KPIS
from learning.spaces import KnownPoints, SpacesFile
from utils.errors import ConfigError, Problem
from utils.values import PointMetadata, Role

AGE = " age"
"""Behind the name of an equipment: how long ago (wall s) anything of it was heard."""


def shipped_loop_spaces() -> Path:
    """The file that ships for the controllers of the demo."""
    return Path(str(resources.files(__package__).joinpath("office_controllers.json")))


def known_points(
    metadata: Mapping[str, PointMetadata], equipments: Sequence[Equipment], acted: Sequence[str]
) -> KnownPoints:
    """What can be known before the controllers are asked; ``acted`` are the set-points that the file names itself."""
    outputs = [f"{one.name}.{point.ecy_point}" for one in equipments for point in one.points if point.role is Role.READ]
    ages = [f"{one.name}{AGE}" for one in equipments]
    measured = [name for name, meta in metadata.items() if not meta.is_input]
    return KnownPoints(None, [*measured, *outputs, *acted, *ages], None, KPIS)


def points_acted_on(file: Path) -> list[str]:
    """What the actions of a file name, as far as it can be read: what is wrong with it is told elsewhere."""
    actions = read_document(file).items("actions")
    named = [action.get("points") for action in actions if isinstance(action, dict)]
    return [point for points in named if isinstance(points, list) for point in points if isinstance(point, str)]


def set_points_of(spaces: SpacesFile) -> tuple[SetPoint, ...]:
    """The set-points that the actions lead. Raises :class:`ConfigError` for names that are none of an equipment's."""
    named = [(action, point, *point.partition(".")) for action in spaces.actions for point in action.points]
    wrong = [
        Problem(f"action {action.name}", f"names {point!a}; write EQUIPMENT.Object, as in AHU.SupplyAirTempSp")
        for action, point, equipment, _, name in named
        if not (equipment and name)
    ]
    if wrong:
        raise ConfigError(wrong)
    return tuple(
        SetPoint(equipment, name, action.low, action.high, action.unit, action.rate_per_h)
        for action, _, equipment, _, name in named
    )


def measured_in(turn: Turn, name: str) -> float:
    """A measurement of a turn by the name that spaces have for it; NaN where it is missing."""
    if name.endswith(AGE):
        owner = f"{name.removesuffix(AGE)}."
        return min((seen.age_s for point, seen in turn.seen.items() if point.startswith(owner)), default=math.inf)
    if name in turn.seen:
        value = turn.seen[name].value
        return math.nan if value is None else value
    return turn.frame.values.get(name, math.nan)
