"""An air handler that a program borrows while the building is empty: what it is asked, what forbids it, what it gives.

Two ways to make one run, by what the config binds. ``run`` asks its own application (an occupancy command): fan proof,
low limit and heating stay with it. ``fan_speed`` and the dampers drive the outputs of a unit that stays off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import log

from supervisory.blocks.time.timers import good_number, good_numbers
from supervisory.program import Command, Context, Read

AIR_HANDLER: Mapping[str, Read | Command] = {
    "run": Command(many=True, required=False),
    "fan_speed": Command("percent", minimum=0.0, maximum=100.0, many=True, required=False),
    "outdoor_air_damper": Command("percent", minimum=0.0, maximum=100.0, many=True, required=False),
    "return_air_damper": Command("percent", minimum=0.0, maximum=100.0, many=True, required=False),
    "interlock": Read(required=False, many=True),
    "occupied": Read(required=False, many=True),
    "mixed_air_temperature": Read("degC", required=False, many=True),
    "return_air_temperature": Read("degC", required=False),
    "supply_airflow": Read("m**3/s", required=False),
}
"""Roles of both programs that run an air handler at night."""

_AIR_KJ_M3K = 1.2 * 1.006
"""Heat in a cubic metre of air at 1.2 kg/m3, per kelvin."""
_MAGNUS, _MAGNUS_C = 17.62, 243.12
"""Of the saturation pressure over water (WMO-No. 8, annex 4.B)."""


def dew_point_degc(temperature_degc: float, humidity_percent: float) -> float:
    """The dew point of air with this relative humidity, by the Magnus formula. Raises ValueError for none above 0."""
    ratio = log(humidity_percent / 100.0) + _MAGNUS * temperature_degc / (_MAGNUS_C + temperature_degc)
    return _MAGNUS_C * ratio / (_MAGNUS - ratio)


def outdoor_dew_point_degc(ctx: Context) -> float | None:
    """By ``outdoor_dew_point``, else from ``outdoor_humidity`` and the temperature; None when neither tells."""
    told = good_number(ctx.reading("outdoor_dew_point"))
    if told is not None:
        return told
    outdoor_degc = good_number(ctx.reading("outdoor_air_temperature"))
    humidity = good_number(ctx.reading("outdoor_humidity"))
    if outdoor_degc is None or humidity is None or humidity <= 0.0:
        return None
    return dew_point_degc(outdoor_degc, humidity)


def sensible_kw(flow_m3_s: float, warm_degc: float, cold_degc: float) -> float:
    """What air carries off that comes at the one temperature and leaves at the other."""
    return _AIR_KJ_M3K * flow_m3_s * (warm_degc - cold_degc)


def outdoor_share(outdoor_degc: float, return_degc: float, mixed_degc: float, least_k: float) -> float | None:
    """Share of outdoor air in the mixed air by the balance of heat; None where the two differ by less than that."""
    difference = outdoor_degc - return_degc
    if abs(difference) < least_k:
        return None
    return min(1.0, max(0.0, (mixed_degc - return_degc) / difference))


def forbidden(ctx: Context, mixed_above_degc: float) -> str | None:
    """What forbids to run the unit at night, at once: people, an interlock, air near frost; or not to know of them."""
    people = _not_surely(ctx, "occupied", lambda value: value < 0.5)
    if people:
        return f"the building is occupied, or may be: {people}"
    tripped = _not_surely(ctx, "interlock", lambda value: value < 0.5)
    if tripped:
        return f"interlock on, or not known: {tripped}"
    cold = _not_surely(ctx, "mixed_air_temperature", lambda value: value >= mixed_above_degc)
    return f"mixed air below {mixed_above_degc:g} degC, or not known: {cold}" if cold else None


def _not_surely(ctx: Context, role: str, good: Callable[[float], bool]) -> str:
    """Names of a role's points that are not known to be good, as a list for people; empty when all are."""
    readings = ctx.readings(role)
    surely = {name for name, value in good_numbers(readings).items() if good(value)}
    return ", ".join(sorted(readings.keys() - surely))


def command_all(ctx: Context, wanted: Mapping[str, float]) -> None:
    """Command all points of each role; none where the config has none."""
    for role, value in wanted.items():
        for name in ctx.names(role):
            ctx.command(role, value, name)


def give_back(ctx: Context, roles: Iterable[str]) -> None:
    """Release all points of these roles."""
    for role in roles:
        for name in ctx.names(role):
            ctx.release(role, name)


def warn_of_no_fan(ctx: Context) -> None:
    """An alarm when the config binds nothing that would make the air move."""
    if not (ctx.names("run") or ctx.names("fan_speed")):
        ctx.alarm("the config binds neither run nor fan_speed: nothing will move any air")
