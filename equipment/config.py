"""The equipment config files: one JSON file per equipment, all checked before anything is contacted.

Every problem of every file is told at once, with the file, the JSON path and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from equipment.config_conflicts import conflicts
from equipment.config_json import JsonDocument, check, check_part, read_document
from equipment.config_model import KNOWN_KEYS, EquipmentConfig
from points import Point, PointConfig, UnitSystem, make_point, point_problems
from utils.errors import ConfigError, Problem, Problems
from utils.unit_conversion import UnitConverter

__all__ = ["EquipmentConfig", "LoadedEquipment", "load_equipment_files"]


@dataclass(frozen=True, slots=True)
class LoadedEquipment:
    """An enabled equipment: what its file says, and its enabled points."""

    config: EquipmentConfig
    file: Path
    points: tuple[Point, ...]


def load_equipment_files(
    folder: Path, unit_system: UnitSystem, converter: UnitConverter
) -> tuple[LoadedEquipment, ...]:
    """Read every ``*.json`` of a folder, by name and without its sub-folders, and make the enabled points.

    ``unit_system`` is that of controllers whose file does not say. Raises :class:`ConfigError` with all problems.
    """
    problems = Problems()
    configs: dict[Path, EquipmentConfig] = {}
    for file in _config_files(folder):
        with problems.collecting():
            configs[file] = _read(file, converter)
    enabled = {file: config for file, config in configs.items() if config.enabled}
    problems.add(conflicts({file.name: config for file, config in enabled.items()}))
    problems.refuse()
    if not enabled:
        raise ConfigError([Problem(str(folder), 'every equipment in it has "enabled": false; enable one')])
    return tuple(_load(file, config, unit_system, converter) for file, config in enabled.items())


def _config_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise ConfigError([Problem(str(folder), "is not a folder; name the one with the equipment configs")])
    files = sorted(file for file in folder.glob("*.json") if file.is_file() or file.is_symlink())
    if not files:
        raise ConfigError(
            [Problem(str(folder), "has no equipment config; put a .json file into it (docs/configuration.md)")]
        )
    return files


def _read(file: Path, converter: UnitConverter) -> EquipmentConfig:
    document = read_document(file)
    problems = Problems()
    problems.add((*document.repeated_keys, *_key_problems(document, converter)))
    with problems.collecting():
        config = check(document, EquipmentConfig, KNOWN_KEYS)
    problems.refuse()
    return config


def _key_problems(document: JsonDocument, converter: UnitConverter) -> Iterator[Problem]:
    """Look into every point that can be read, also where another one cannot."""
    for index, part in enumerate(document.items("points")):
        point = check_part(part, PointConfig)
        for key, what in point_problems(point, converter) if point else ():
            yield Problem(document.where("points", index, key), what)


def _load(file: Path, config: EquipmentConfig, default: UnitSystem, converter: UnitConverter) -> LoadedEquipment:
    unit_system = config.unit_system or default
    enabled = (_completed(point, config) for point in config.points if point.enabled)
    return LoadedEquipment(config, file, tuple(make_point(point, unit_system, converter) for point in enabled))


def _completed(point: PointConfig, config: EquipmentConfig) -> PointConfig:
    """A point with what its file says for all that do not say it themselves."""
    if "take_occupied" in point.model_fields_set:
        return point
    return point.model_copy(update={"take_occupied": config.take_occupied})
