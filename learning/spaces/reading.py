"""From a file of spaces to checked spaces: all that is wrong with it is told at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from equipment.config_json import Json, JsonDocument, Keys, judge, read_document
from learning.spaces.model import ActionSpace, ForecastSpace, Limit, SeenPoint, SpacesFile
from utils.errors import ConfigError, Problem
from utils.names import did_you_mean

_KEYS: Keys = {
    (): tuple(SpacesFile.model_fields),
    ("actions",): tuple(ActionSpace.model_fields),
    ("observations",): tuple(SeenPoint.model_fields),
    ("forecasts",): tuple(ForecastSpace.model_fields),
    ("forecasts", "points"): tuple(SeenPoint.model_fields),
    ("limits",): tuple(Limit.model_fields),
}


@dataclass(frozen=True, slots=True)
class KnownPoints:
    """What a world has, for a file to be held against.

    ``actions`` maps what may be acted on to its limits. Without ``actions`` or ``forecasts`` nobody can tell before
    they are asked.
    """

    actions: Mapping[str, tuple[float, float]] | None
    measurements: Collection[str]
    forecasts: Collection[str] | None
    kpis: Sequence[str]


def shipped_spaces() -> Path:
    """The file that ships for the embedded office."""
    return Path(str(resources.files(__package__).joinpath("multizone_office.json")))


def read_spaces(file: Path, known: KnownPoints) -> SpacesFile:
    """Read a file for a world. Raises :class:`ConfigError` with every problem, of its form and of its names."""
    document = read_document(file)
    judged = judge(document, SpacesFile, _KEYS)
    problems = [*document.repeated_keys, *judged.problems, *_names(document, known)]
    if judged.model is None or problems:
        raise ConfigError(problems)
    return judged.model


def _names(document: JsonDocument, known: KnownPoints) -> Iterator[Problem]:
    """What is wrong with names and limits, as far as the document can be read."""
    for number, action in _objects(document.items("actions")):
        yield from _action(document, number, action, known)
    for key in ("observations", "limits"):
        for number, seen in _objects(document.items(key)):
            yield from _unknown(
                document.where(key, number, "point"), seen.get("point"), known.measurements, "measurement"
            )
    content = document.content if isinstance(document.content, dict) else {}
    forecasts = content.get("forecasts")
    if isinstance(forecasts, dict) and known.forecasts is not None:
        points = forecasts.get("points")
        for number, seen in _objects(points if isinstance(points, list) else []):
            where = document.where("forecasts", "points", number, "point")
            yield from _unknown(where, seen.get("point"), known.forecasts, "forecast point")
    for key in ("reward", "cost"):
        weights = content.get(key)
        for name in weights if isinstance(weights, dict) else ():
            yield from _unknown(document.where(key, name), name, known.kpis, "KPI")


def _action(document: JsonDocument, number: int, action: Mapping[str, Json], known: KnownPoints) -> Iterator[Problem]:
    points = action.get("points")
    if known.actions is None:
        return
    if action.get("unit") is not None:
        yield Problem(document.where("actions", number, "unit"), "is for set-points in controllers; leave it out")
    for place, name in enumerate(points if isinstance(points, list) else []):
        where = document.where("actions", number, "points", place)
        yield from _unknown(where, name, known.actions, "input")
        if isinstance(name, str) and name in known.actions:
            low, high = known.actions[name]
            for key, value in (("low", action.get("low")), ("high", action.get("high"))):
                if isinstance(value, int | float) and not low <= value <= high:
                    what = f"is {value:g}, and {name} takes {low:g} to {high:g}; write a number between them"
                    yield Problem(document.where("actions", number, key), what)


def _unknown(where: str, name: Json, names: Collection[str], kind: str) -> Iterator[Problem]:
    if isinstance(name, str) and name not in names:
        near = did_you_mean(name, names) or f"; there is {', '.join([*names][:3])} and so on"
        yield Problem(where, f"there is no {kind} {name!a}{near}")


def _objects(items: Sequence[Json]) -> Iterator[tuple[int, Mapping[str, Json]]]:
    return ((number, item) for number, item in enumerate(items) if isinstance(item, dict))
