"""What no file shows alone: two points or two files that want the same thing."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Self, TypeAlias

from equipment.config_model import EquipmentConfig
from points import POINT_CLASSES, PointConfig
from utils.errors import Problem
from utils.values import Role

_Place: TypeAlias = tuple[str, str]
"""A file and the JSON path in it."""


@dataclass(frozen=True, slots=True)
class Claimant:
    """What can be read of an enabled equipment. None, or a point that is absent, is one that cannot."""

    name: str | None
    device: str | None
    heartbeat: str | None
    points: Mapping[int, PointConfig]
    """By where they stand in the file."""

    @classmethod
    def of(cls, config: EquipmentConfig) -> Self:
        """All of it."""
        return cls(config.equipment_name, config.device, config.heartbeat, dict(enumerate(config.points)))


def conflicts(equipments: Mapping[str, Claimant]) -> Iterator[Problem]:
    """Yield the conflicts between enabled equipments, given by file name. Disabled points do not count."""
    names = (
        (one.name.casefold(), (file, "equipment_name"), f"the name {one.name!r} is taken")
        for file, one in equipments.items()
        if one.name is not None
    )
    yield from _repeated(names)
    yield from _repeated(_written_objects(equipments))
    yield from _repeated(_driven_inputs(equipments))


def _repeated(claims: Iterator[tuple[Hashable, _Place, str]]) -> Iterator[Problem]:
    first: dict[Hashable, _Place] = {}
    for key, (file, path), what in claims:
        if key in first:
            yield Problem(f"{file}: {path}", f"{what} by {': '.join(first[key])}; keep one of the two")
        first.setdefault(key, (file, path))


def _written_objects(equipments: Mapping[str, Claimant]) -> Iterator[tuple[Hashable, _Place, str]]:
    # By name alone: a controller's object names are unique over all types (ecy-rest-api §7).
    for device, place, point in _enabled_points(equipments):
        if POINT_CLASSES[point.object_type].role is not Role.READ:
            yield (device, point.ecy_point), _key(place, "ecy_point"), f"{point.ecy_point} is already written"
    for file, one in equipments.items():
        if one.heartbeat is not None:
            yield (_device(file, one), one.heartbeat), (file, "heartbeat"), f"{one.heartbeat} is already written"


def _driven_inputs(equipments: Mapping[str, Claimant]) -> Iterator[tuple[Hashable, _Place, str]]:
    for _, place, point in _enabled_points(equipments):
        if POINT_CLASSES[point.object_type].role is Role.READ:
            yield point.bop_point, _key(place, "bop_point"), f"{point.bop_point} is already driven"


def _enabled_points(equipments: Mapping[str, Claimant]) -> Iterator[tuple[str, _Place, PointConfig]]:
    for file, one in equipments.items():
        for index, point in one.points.items():
            if point.enabled:
                yield _device(file, one), (file, f"points[{index}]"), point


def _device(file: str, one: Claimant) -> str:
    """The controller; where its address cannot be read, one that no other file has."""
    return one.device if one.device is not None else f"that of {file}"


def _key(place: _Place, key: str) -> _Place:
    return place[0], f"{place[1]}.{key}"
