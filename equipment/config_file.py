"""One equipment config file, as far as it can be read: what is wrong in it hides nothing of the rest.

A file is of one equipment, or with ``for_each`` of several.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from equipment.config_address import device_address
from equipment.config_conflicts import Claimant
from equipment.config_json import Json, JsonDocument, check_part, judge, read_document
from equipment.config_model import KNOWN_KEYS, EquipmentConfig, Protocol
from equipment.config_template import expanded
from points import PointConfig, point_problems
from utils.bacnet import SCHEME
from utils.errors import ConfigError, Problem
from utils.unit_conversion import UnitConverter

_POINTS = "points"


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """What a file says of one equipment, and all that is wrong in it."""

    file: Path
    problems: tuple[Problem, ...]
    is_enabled: bool = True
    config: EquipmentConfig | None = None
    """With its sound points alone; None where anything else is wrong: another unit system, say, would mislead."""
    claimant: Claimant | None = None
    """What can be compared with other files."""
    variables: frozenset[str] = frozenset()
    """Those in which it has an account of its own."""
    label: str = ""
    """What messages call it: the file, and which of its equipments."""
    is_bacnet: bool = False
    """Whether its controller asks nobody who he is."""

    @property
    def off_since(self) -> str:
        """Where the file is switched off."""
        return f"{self.file.name} (line {read_document(self.file).line_of('enabled')})"


def read_config_file(file: Path, converter: UnitConverter) -> list[ConfigFile]:
    """Read a file, and judge every key and point of each of its equipments that can be judged.

    What is wrong in all of them alike is told once.
    """
    try:
        documents = expanded(read_document(file))
    except ConfigError as error:
        return [ConfigFile(file, error.problems, label=file.name)]
    read = [_read(document, converter) for document in documents]
    if len(read) == 1:
        return read
    everywhere = set.intersection(*({_unlabelled(one, problem) for problem in one.problems} for one in read))
    for place, one in enumerate(read):
        own = [problem for problem in one.problems if _unlabelled(one, problem) not in everywhere]
        alike = [_unlabelled(one, problem) for problem in one.problems if _unlabelled(one, problem) in everywhere]
        read[place] = replace(one, problems=(*(alike if place == 0 else ()), *own))
    return read


def _unlabelled(one: ConfigFile, problem: Problem) -> Problem:
    """As of the file, whichever of its equipments it is in."""
    return Problem(problem.where.replace(one.label, one.file.name, 1), problem.what)


def _read(document: JsonDocument, converter: UnitConverter) -> ConfigFile:
    file = document.file
    judged = judge(document, EquipmentConfig, KNOWN_KEYS)
    parts = document.items(_POINTS)
    points = {index: point for index, part in enumerate(parts) if (point := check_part(part, PointConfig))}
    unfit = {(_POINTS, index, key): what for index, p in points.items() for key, what in point_problems(p, converter)}
    wrong = {
        place[: 2 if place[0] == _POINTS else 1] for place in (*judged.places, *document.repeated, *unfit) if place
    }
    sound = {index: point for index, point in points.items() if (_POINTS, index) not in wrong}
    content = document.content if isinstance(document.content, dict) else {}
    head = {key: value for key, value in content.items() if (key,) not in wrong and key != _POINTS}
    is_whole = all(place[0] == _POINTS for place in wrong)
    told = [Problem(document.where(*place), what) for place, what in unfit.items()]
    return ConfigFile(
        file,
        problems=(*document.repeated_keys, *told, *judged.problems),
        is_enabled=head.get("enabled") is not False,
        config=check_part({**head, _POINTS: [parts[index] for index in sound]}, EquipmentConfig) if is_whole else None,
        claimant=_claimant(head, sound),
        variables=frozenset(name for key in ("username_env", "password_env") if (name := _text(head, key))),
        label=document.label or file.name,
        is_bacnet=_is_bacnet(head),
    )


def _claimant(head: Mapping[str, Json], sound: Mapping[int, PointConfig]) -> Claimant:
    address, is_bacnet = None, _is_bacnet(head)
    with suppress(ValueError):
        spelled = device_address(str(head["device_ip"]), is_bacnet) if "device_ip" in head else None
        address = f"{SCHEME}{spelled}" if spelled and is_bacnet else spelled
    return Claimant(_text(head, "equipment_name"), address, _text(head, "heartbeat"), sound)


def _is_bacnet(head: Mapping[str, Json]) -> bool:
    return head.get("protocol") == Protocol.BACNET


def _text(head: Mapping[str, Json], key: str) -> str | None:
    value = head.get(key)
    return value if isinstance(value, str) else None
