"""A user's own parameters of the office: a JSON file with the names of ``parameters``, where they differ.

``{"envelope": {"window_w_m2k": 1.1}, "heat_pump": {"machine": {"capacity_w": 80000}}, "start": "as_boptest"}``
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from math import isfinite
from numbers import Real
from pathlib import Path
from typing import TypeVar, get_args

from emulators.plants.multizone_office.parameters import OfficeParameters, Start
from utils.errors import ConfigError, Problem, Problems
from utils.names import did_you_mean

_T = TypeVar("_T")

_MAY_BE_NOTHING = (
    "air_changes_per_h",
    "box_excess_per_pa",
    "co2_kg_s_per_person",
    "cooling_valve_leakage",
    "door_w_k",
    "emissivity",
    "facing_coefficient",
    "full_w_m2",
    "ground_reflectance",
    "heating_valve_leakage",
    "leaking_share",
    "outdoor_damper_opens_to",
    "outdoor_damper_shuts_to",
    "people_per_m2",
    "radiant_to_air",
    "return_damper_opens_to",
    "return_damper_shuts_to",
    "sky_view",
    "solar_to_air",
    "wall_absorptance",
    "window_solar_gain",
    "approach_water_k",
    "approach_air_k",
    "air_span_k",
)
_SHARES = (
    *("carnot_share", "convective", "diffuse_modifier", "efficiency", "emissivity", "ground_reflectance"),
    *("heated_share", "latent", "leaking_share", "pump_efficiency", "radiant", "radiant_to_air", "radiant_to_slab"),
    *("cooling_valve_leakage", "heating_valve_leakage", "outdoor_damper_opens_to", "outdoor_damper_shuts_to"),
    *("return_damper_opens_to", "return_damper_shuts_to"),
    *("sky_view", "solar_to_air", "solar_to_slab", "wall_absorptance", "window_solar_gain"),
)
_BIASES = ("mixed_air_bias_k", "outdoor_air_bias_k", "return_air_bias_k", "supply_air_bias_k")
_ANY_SIGN = ("set_point_c", "entering_c", "lowest_outdoor_c", *_BIASES)
_MOST_BIAS_K = 50.0
_MOST = 1e12


def read_parameters(path: Path, usual: OfficeParameters) -> OfficeParameters:
    """The usual parameters with those of the file in their places. Raises ConfigError with all that is wrong."""
    problems = Problems()

    def each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        names = [name for name, _ in pairs]
        twice = dict.fromkeys(name for name in names if names.count(name) > 1)
        problems.add([Problem(str(path), f"has {name!a} twice in the same braces; keep one") for name in twice])
        return dict(pairs)

    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"), object_pairs_hook=each_once)
    except (OSError, ValueError) as error:
        raise ConfigError([Problem(str(path), f"cannot be read as JSON: {error}; mend it or name another")]) from error
    parameters = _changed(usual, told, str(path), "", problems)
    problems.refuse()
    return parameters


def _changed(part: _T, told: object, path: str, place: str, problems: Problems) -> _T:
    """The part with what is told of it, as far as that is sound."""
    where = f"{path} {place}" if place else path
    if not isinstance(told, Mapping):
        problems.add([Problem(where, f"is {_short(told)}; write names and values in braces")])
        return part
    known = [field.name for field in fields(part)]  # type: ignore[arg-type]
    values: dict[str, object] = {}
    for name, value in told.items():
        if name in known:
            inner = f"{place}.{name}" if place else name
            values[name] = _value(name, getattr(part, name), value, (path, inner), problems)
        else:
            hint = did_you_mean(name, known) or f"; there is {', '.join(known)}"
            problems.add([Problem(where, f"has no {name!a}{hint}")])
    return replace(part, **values)  # type: ignore[type-var]


def _value(name: str, usual: object, value: object, place: tuple[str, str], problems: Problems) -> object:
    path, inner = place
    where = f"{path} {inner}"
    if is_dataclass(usual):
        return _changed(usual, value, path, inner, problems)
    if isinstance(usual, str):
        if value in get_args(Start):
            return value
        problems.add([Problem(where, f"is {_short(value)}; it is one of {', '.join(get_args(Start))}")])
    elif isinstance(usual, tuple):
        if isinstance(value, list) and len(value) == len(usual) and all(_is_number(item) for item in value):
            return tuple(float(item) for item in value)
        problems.add([Problem(where, f"is {_short(value)}; write {len(usual)} numbers in brackets")])
    elif wrong := wrong_with(name, value, usual):
        problems.add([Problem(where, wrong)])
    else:
        return float(value)  # type: ignore[arg-type]
    return usual


def wrong_with(name: str, value: object, usual: object) -> str:
    """Why a parameter, by the last name of its path, cannot have that value, and what to do; empty if it can."""
    wrong = _wrong_kind_of_number(name, value, usual)
    return f"is {_short(value)}; {wrong}" if wrong else ""


def _wrong_kind_of_number(name: str, value: object, usual: object) -> str:
    if not isinstance(value, Real) or not _is_number(value):
        return "write a number"
    number = float(value)
    if abs(number) > _MOST:
        return "write a number"
    if name in _BIASES and abs(number) > _MOST_BIAS_K:
        return f"write a number from {-_MOST_BIAS_K:g} to {_MOST_BIAS_K:g}"
    if name in _ANY_SIGN:
        return ""
    if number < 0.0 or (number == 0.0 and name not in _MAY_BE_NOTHING):
        return "write a number from 0 on" if name in _MAY_BE_NOTHING else "write a number above 0"
    # The chiller's efficiency is heat by power, as its usual number shows, and no share.
    is_share = name in _SHARES and isinstance(usual, float) and usual <= 1.0
    return "it is a share; write a number up to 1" if is_share and number > 1.0 else ""


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and isfinite(value)


def _short(value: object) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 40 else f"{text[:37]}..."
