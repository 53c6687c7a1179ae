"""One of the air handlers of a config, by its name: what it has, what its sensors show, and how it is put."""

from __future__ import annotations

from collections.abc import Iterator

from supervisory.blocks.commissioning.course import AirSeen, Stage
from supervisory.blocks.time.timers import good_number
from supervisory.program import Context

_ANALOG = ("outdoor_damper", "return_damper", "exhaust_damper", "heating_valve", "cooling_valve")
_PUMPS = ("heating_pump", "cooling_pump")
_FAN = "fan_speed"
_NEEDED = ("outdoor_damper", "mixed_air_temperature", "return_air_temperature", "supply_air_temperature")
_OUTDOOR, _SHARED = "outdoor_air_temperature", "shared_outdoor_air_temperature"
_PROOFS = ("fan_status", "supply_airflow")
_MAY_DIFFER_PCT = 3.0


class AirHandler:
    """``fan_pct`` is the speed that it is tested at, ``flows_above_m3_s`` what proves its fan where no status does."""

    def __init__(self, ctx: Context, name: str, fan_pct: float, flows_above_m3_s: float) -> None:
        self.name = name
        self.parts = frozenset(role for role in (*_ANALOG, *_PUMPS) if name in ctx.names(role))
        self.shares_outdoor_sensor = name not in ctx.names(_OUTDOOR)
        self._fan_pct = fan_pct
        self._flows_above_m3_s = flows_above_m3_s

    def lacking(self, ctx: Context) -> list[str]:
        """Roles without which it cannot be tested."""
        missing = [role for role in _NEEDED if self.name not in ctx.names(role)]
        if self.shares_outdoor_sensor and not ctx.names(_SHARED):
            missing.append(f"{_OUTDOOR} or {_SHARED}")
        if not any(self.name in ctx.names(role) for role in _PROOFS):
            missing.append(" or ".join(_PROOFS))
        return missing

    def see(self, ctx: Context) -> AirSeen | str:
        """What its sensors show; or which of them shows nothing good."""
        shown = {role: good_number(ctx.reading(role, self.name)) for role in _NEEDED[1:]}
        shown[_OUTDOOR] = self.outdoor_degc(ctx)
        flow, air_flows = self._air(ctx)
        unknown = [role for role, value in shown.items() if value is None]
        if air_flows is None:
            unknown.append("whether the fan runs")
        known = {role: value for role, value in shown.items() if value is not None}
        if unknown:
            return f"not known: {', '.join(unknown)}"
        mixed, returned, supply = (known[role] for role in _NEEDED[1:])
        return AirSeen(known[_OUTDOOR], returned, mixed, supply, bool(air_flows), flow)

    def outdoor_degc(self, ctx: Context) -> float | None:
        """Outdoors, by its own sensor, or by the one that is shared."""
        if not self.shares_outdoor_sensor:
            return good_number(ctx.reading(_OUTDOOR, self.name))
        shared = (good_number(reading) for reading in ctx.readings(_SHARED).values())
        return next((value for value in shared if value is not None), None)

    def put(self, ctx: Context, stage: Stage) -> None:
        """Command all that it has; return and exhaust damper go in step with the outdoor one."""
        ctx.command(_FAN, self._fan_pct, self.name)
        for role, value in self._wanted(stage):
            ctx.command(role, value, self.name)

    def let_go(self, ctx: Context) -> None:
        """Give all of it back."""
        for role in (_FAN, *self.parts):
            ctx.release(role, self.name)

    def is_commanded_otherwise(self, ctx: Context, stage: Stage) -> str:
        """What of it is in force that is not what the stage has; empty when nothing is, as far as that is read."""
        for role, wanted in ((_FAN, self._fan_pct), *self._wanted(stage)):
            held = good_number(ctx.reading(f"{role}_in_force", self.name)) if role in IN_FORCE else None
            if held is not None and abs(held - wanted) > _MAY_DIFFER_PCT:
                return f"somebody else commands the {role.replace('_', ' ')}: {held:.0f} % is in force"
        return ""

    def _wanted(self, stage: Stage) -> Iterator[tuple[str, float]]:
        position = stage.position
        outdoor_pct = position.outdoor_pct
        analog = (outdoor_pct, 100.0 - outdoor_pct, outdoor_pct, position.heating_pct, position.cooling_pct)
        pumps = (float(position.heating_pump), float(position.cooling_pump))
        for role, value in zip((*_ANALOG, *_PUMPS), (*analog, *pumps), strict=True):
            if role in self.parts:
                yield role, value

    def _air(self, ctx: Context) -> tuple[float | None, bool | None]:
        """The air flow, and whether there is any: by the flow where it is measured, as a fan may run against a wall."""
        flow = good_number(ctx.reading("supply_airflow", self.name))
        if flow is not None:
            return flow, flow > self._flows_above_m3_s
        status = good_number(ctx.reading("fan_status", self.name))
        return None, None if status is None else status > 0.5


IN_FORCE = (_FAN, "outdoor_damper", "heating_valve", "cooling_valve")
"""Roles whose objects may be read back, as ``..._in_force``."""
