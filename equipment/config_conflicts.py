"""What no file shows alone: two points or two files that want the same thing."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import TypeAlias

from equipment.config_model import EquipmentConfig
from points import POINT_CLASSES, PointConfig
from utils.errors import Problem
from utils.values import Role

_Place: TypeAlias = tuple[str, str]
"""A file and the JSON path in it."""


def conflicts(equipments: Mapping[str, EquipmentConfig]) -> Iterator[Problem]:
    """Yield the conflicts between enabled equipments, given by file name. Disabled points do not count."""
    names = (
        (config.equipment_name.casefold(), (file, "equipment_name"), f"the name {config.equipment_name!r} is taken")
        for file, config in equipments.items()
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


def _written_objects(equipments: Mapping[str, EquipmentConfig]) -> Iterator[tuple[Hashable, _Place, str]]:
    # By name alone: a controller's object names are unique over all types (ecy-rest-api §7).
    for device, place, point in _enabled_points(equipments):
        if POINT_CLASSES[point.object_type].role is not Role.READ:
            yield (device, point.ecy_point), _key(place, "ecy_point"), f"{point.ecy_point} is already written"
    for file, config in equipments.items():
        if config.heartbeat is not None:
            yield (config.device_ip, config.heartbeat), (file, "heartbeat"), f"{config.heartbeat} is already written"


def _driven_inputs(equipments: Mapping[str, EquipmentConfig]) -> Iterator[tuple[Hashable, _Place, str]]:
    for _, place, point in _enabled_points(equipments):
        if POINT_CLASSES[point.object_type].role is Role.READ:
            yield point.bop_point, _key(place, "bop_point"), f"{point.bop_point} is already driven"


def _enabled_points(equipments: Mapping[str, EquipmentConfig]) -> Iterator[tuple[str, _Place, PointConfig]]:
    for file, config in equipments.items():
        for index, point in enumerate(config.points):
            if point.enabled:
                yield config.device_ip, (file, f"points[{index}]"), point


def _key(place: _Place, key: str) -> _Place:
    return place[0], f"{place[1]}.{key}"
