"""An air handler of a few lines beside a fake context: it answers to what is commanded, with a lag and with faults."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from supervisory.programs.air_handler_commissioning import AirHandlerCommissioning
from tests.supervisory.programs.fakes import FakeContext

_LAG_S = 60.0
_FULL_K = 15.0
_DESIGN_M3_S = 2.0
COMMANDED = (
    *("fan_speed", "outdoor_damper", "return_damper", "exhaust_damper"),
    *("heating_valve", "cooling_valve", "heating_pump", "cooling_pump"),
)
READ_BACK = ("fan_speed", "outdoor_damper", "heating_valve", "cooling_valve")


@dataclass
class SmallAirHandler:
    """Shows itself to the context under its name. ``parts`` are the roles that it has."""

    ctx: FakeContext
    name: str = "ahu"
    parts: tuple[str, ...] = COMMANDED
    outdoor_sensor: str = "outdoor_air_temperature"
    outdoor_degc: float = 7.0
    room_degc: float = 22.0
    heating_leak: float = 0.0
    cooling_leak: float = 0.0
    outdoor_sticks_at: float | None = None
    mixed_bias_k: float = 0.0
    wanders_k: float = 0.0
    """By which the supply air goes up and down, so that it never settles."""
    throttled: float = 1.0
    """Of the air flow, what is left while the outdoor damper is to be open."""
    recirculates: bool = True
    """Whether air flows with the outdoor damper shut."""
    hot_water: bool = True
    operator: dict[str, float] = field(default_factory=dict)
    """What somebody else has in force, by role."""
    mixed: float = 22.0
    supply: float = 22.0

    def __post_init__(self) -> None:
        bound = {role: self.ctx.names(role) for role in self.parts}
        for role, names in bound.items():
            self.ctx.bind(role, *names, self.name)
        self.breathe(0.0)

    def breathe(self, seconds: float) -> None:
        """Let the air go on for so long, and show what there is to see."""
        flow = _DESIGN_M3_S * self._held("fan_speed") / 50.0
        commanded = self._held("outdoor_damper") / 100.0
        share = commanded if self.outdoor_sticks_at is None else self.outdoor_sticks_at
        flow *= self.throttled if commanded > 0.0 else float(self.recirculates)
        kept = 1.0 if flow <= 0.0 else 2.0 ** (-seconds / _LAG_S)
        target = self.room_degc + share * (self.outdoor_degc - self.room_degc)
        self.mixed = target + kept * (self.mixed - target)
        supplied = self.mixed + 0.4 + self._heat_k()
        self.supply = supplied + kept * (self.supply - supplied)
        self._show(flow)

    def _heat_k(self) -> float:
        heating = max(self._held("heating_valve") / 100.0, self.heating_leak) * self._held("heating_pump")
        cooling = max(self._held("cooling_valve") / 100.0, self.cooling_leak) * self._held("cooling_pump")
        return _FULL_K * (heating * self.hot_water - cooling)

    def _show(self, flow: float) -> None:
        wandering = self.wanders_k * (1.0 if int(self.ctx.time_s / 300.0) % 2 else -1.0)
        for role, value in {
            "mixed_air_temperature": self.mixed + self.mixed_bias_k,
            "return_air_temperature": self.room_degc,
            "supply_air_temperature": self.supply + wandering,
            self.outdoor_sensor: self.outdoor_degc,
            "supply_airflow": flow,
            **{f"{role}_in_force": self._held(role) for role in READ_BACK if role in self.parts},
        }.items():
            self.ctx.show(role, {self.name: value})

    def _held(self, role: str) -> float:
        return self.operator.get(role, float(self.ctx.slots.get((role, self.name), 0.0)))


def night(hour: int = 0) -> FakeContext:
    """A context at an hour of a night in May, with a zone."""
    ctx = FakeContext(AirHandlerCommissioning, datetime(2025, 5, 8, hour, 0))
    ctx.show("zone_temperature", {"core": 22.0})
    return ctx
