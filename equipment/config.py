"""The equipment config files: one JSON file per equipment, all checked before anything is contacted.

Every problem of every file is told at once, with the file, the JSON path and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from equipment.config_conflicts import conflicts
from equipment.config_file import ConfigFile, read_config_file
from equipment.config_model import EquipmentConfig
from points import Point, PointConfig, UnitSystem, make_point
from utils.errors import ConfigError, Problem, Problems
from utils.home import CALLED
from utils.settings import SettingsSource
from utils.unit_conversion import UnitConverter

__all__ = [
    "EquipmentConfig",
    "LoadedEquipment",
    "ReadEquipments",
    "beside_configs",
    "load_equipment_files",
    "read_equipment_files",
]


@dataclass(frozen=True, slots=True)
class LoadedEquipment:
    """An enabled equipment: what its file says, and its enabled points."""

    config: EquipmentConfig
    file: Path
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class ReadEquipments:
    """What a folder of configs says: the equipments that can be used, each with its sound points, and what is wrong."""

    equipments: tuple[LoadedEquipment, ...]
    problems: tuple[Problem, ...]
    variables: frozenset[str]
    """Those in which controllers have accounts of their own."""
    wants_account: bool = True
    """Whether there is a controller that may be signed in to with the account of all."""
    switched_off: Mapping[str, str] = field(default_factory=dict)
    """Where the equipments are switched off that are, by their names."""

    def told(self, source: SettingsSource) -> SettingsSource:
        """The settings, knowing what the configs ask of them."""
        return source.naming(self.variables, wants_account=self.wants_account)


def beside_configs(source: SettingsSource, folder: Path) -> SettingsSource:
    """The settings, knowing what a folder of configs asks of them; nothing is known of one that cannot be read."""
    with Problems().collecting():
        return read_equipment_files(folder, "SI", UnitConverter()).told(source)
    return source


def load_equipment_files(
    folder: Path, unit_system: UnitSystem, converter: UnitConverter
) -> tuple[LoadedEquipment, ...]:
    """Read every ``*.json`` of a folder, by name and without its sub-folders, and make the enabled points.

    ``unit_system`` is that of controllers whose file does not say. Raises :class:`ConfigError` with all problems.
    """
    read = read_equipment_files(folder, unit_system, converter)
    if read.problems:
        raise ConfigError(read.problems)
    return read.equipments


def read_equipment_files(folder: Path, unit_system: UnitSystem, converter: UnitConverter) -> ReadEquipments:
    """The same, as far as the files can be used. Raises :class:`ConfigError` where there are none."""
    files = [one for file in _config_files(folder) for one in read_config_file(file, converter)]
    enabled = [one for one in files if one.is_enabled]
    problems = [problem for one in files for problem in one.problems]
    problems += conflicts({one.label: one.claimant for one in enabled if one.claimant is not None})
    if not enabled:
        problems.append(_all_off(folder, files))
    usable: dict[str, LoadedEquipment] = {}
    for one in enabled:
        if one.config is not None:
            usable.setdefault(one.config.equipment_name, _load(one.file, one.config, unit_system, converter))
    variables = frozenset[str]().union(*(one.variables for one in files))
    wants_account = not enabled or any(not one.is_bacnet for one in enabled)
    return ReadEquipments(tuple(usable.values()), tuple(problems), variables, wants_account, _switched_off(files))


def _switched_off(files: Iterable[ConfigFile]) -> dict[str, str]:
    off = [(one.claimant.name, one.off_since) for one in files if one.claimant is not None and not one.is_enabled]
    return {name: since for name, since in off if name is not None}


def _config_files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        what = f"is not a folder; name the one with the equipment configs, or begin with {CALLED} init"
        raise ConfigError([Problem(str(folder), what)])
    files = sorted(file for file in folder.glob("*.json") if file.is_file() or file.is_symlink())
    if not files:
        raise ConfigError(
            [Problem(str(folder), "has no equipment config; put a .json file into it (docs/configuration.md)")]
        )
    return files


def _all_off(folder: Path, files: Iterable[ConfigFile]) -> Problem:
    places = " or ".join(one.off_since for one in files)
    what = "every equipment in it is switched off: put your controller's address into device_ip, and remove the line"
    return Problem(str(folder), f'{what} "enabled": false from {places}')


def _load(file: Path, config: EquipmentConfig, default: UnitSystem, converter: UnitConverter) -> LoadedEquipment:
    unit_system = config.unit_system or default
    enabled = (_completed(point, config) for point in config.points if point.enabled)
    return LoadedEquipment(config, file, tuple(make_point(point, unit_system, converter) for point in enabled))


def _completed(point: PointConfig, config: EquipmentConfig) -> PointConfig:
    """A point with what its file says for all that do not say it themselves."""
    if "take_occupied" in point.model_fields_set:
        return point
    return point.model_copy(update={"take_occupied": config.take_occupied})
