"""Finds the zones that drive a reset for all others (ASHRAE Guideline 36, 5.1.14.2): request-hours, alarm, proposal.

Trim and respond serves whoever asks. A zone that asks nearly always, for a fault or a wish that its box cannot serve,
keeps pressure and supply air where nobody else needs them. This program counts and tells; people decide. It commands
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field, model_validator

from supervisory.blocks.air_handlers.asking import Asking, CoolingAsking, PressureAsking
from supervisory.blocks.time.timers import SECONDS_PER_MINUTE
from supervisory.blocks.zones.requests import RequestHours
from supervisory.blocks.zones.sight import fan_proven, is_occupied, warn_of_unknown_zones
from supervisory.program import Command, Context, Parameters, Program, Read

PRESSURE, COOLING = "duct pressure", "colder air"
_PROGRAMS: Mapping[str, str] = {PRESSURE: "duct_static_reset", COOLING: "supply_air_temperature_reset"}
"""Whose parameter ``importance`` weighs these requests."""
_RESET = "reset"
_HOURS = "minutes"


class RogueSettings(Parameters):
    """The guideline's limits, and what the resets beside this program have been told."""

    rogue_above_pct: float = Field(70.0, gt=0.0, description="Share of request-hours above which a zone is rogue.")
    judged_after_h: float = Field(40.0, ge=0.0, description="Run-hours before anything is said of a zone.")
    reset_after_h: float = Field(400.0, gt=0.0, description="Run-hours after which a zone is counted anew.")
    count_every_min: float = Field(5.0, gt=0.0, description="Time between two counts.")
    pressure_importance: dict[str, float] = Field({}, description="By zone, as in duct_static_reset.")
    cooling_importance: dict[str, float] = Field({}, description="By zone, as in supply_air_temperature_reset.")
    occupied_from_h: float = Field(6.0, ge=0.0, le=24.0, description="Hour of the day, where no point tells.")
    occupied_to_h: float = Field(19.0, ge=0.0, le=24.0, description="Hour of the day, where no point tells.")
    fan_on_above_m3_s: float = Field(0.1, ge=0.0, description="Supply air flow that proves the fan.")
    design_airflow_m3_s: dict[str, float] = Field({}, description="By zone, where only a share of it is told.")

    @model_validator(mode="after")
    def _consistent(self) -> RogueSettings:
        if self.reset_after_h <= self.judged_after_h:
            raise ValueError("reset_after_h must be above judged_after_h: nobody would ever be judged")
        return self


@dataclass(frozen=True, slots=True)
class RankedZone:
    """What is to be said of one zone's requests of one kind."""

    zone: str
    kind: str
    hours: RequestHours
    is_rogue: bool
    is_excluded: bool
    never: bool

    def __str__(self) -> str:
        excluded = ", importance 0" if self.is_excluded else ""
        return f"{self.zone}, {self.kind}: {self.hours.pct:.0f} % of {self.hours.run_h:.1f} h{excluded}"


class RogueZones(Program):
    """One air handler and its boxes. What is bound of pressure and cooling requests is counted."""

    Settings = RogueSettings
    period_s = 30.0
    buttons: ClassVar[Mapping[str, str]] = {_RESET: "Active: all request-hours and run-hours begin anew"}
    points: ClassVar[Mapping[str, Read | Command]] = {
        **PressureAsking.points,
        **CoolingAsking.points,
        "supply_airflow": Read("m**3/s", required=False),
        "fan_status": Read(required=False),
        "occupied": Read(required=False),
    }

    settings: RogueSettings

    def on_start(self, ctx: Context) -> None:
        """Go on from what was counted before, of the zones that are there."""
        settings = self.settings
        self._importance = {PRESSURE: settings.pressure_importance, COOLING: settings.cooling_importance}
        self._asking: dict[str, Asking] = {
            PRESSURE: PressureAsking(settings.design_airflow_m3_s),
            COOLING: CoolingAsking(),
        }
        named = {PRESSURE: ctx.names("zone_airflow"), COOLING: ctx.names("zone_temperature")}
        kept = ctx.state.get(_HOURS, {})
        self._hours = {
            kind: {zone: RequestHours.remembered(kept.get(kind, {}).get(zone, (0.0, 0.0))) for zone in zones}
            for kind, zones in named.items()
        }
        self._due_s = ctx.time_s + settings.count_every_min * SECONDS_PER_MINUTE
        if not any(named.values()):
            ctx.alarm("neither zone_airflow nor zone_temperature is bound to anything: there is nothing to count")
        warn_of_unknown_zones(ctx, "zone_airflow", {*settings.pressure_importance, *settings.design_airflow_m3_s})
        warn_of_unknown_zones(ctx, "zone_temperature", settings.cooling_importance)

    def on_step(self, ctx: Context) -> None:
        """Listen, count when it is time, judge, tell."""
        requests = {kind: asking.step(ctx) for kind, asking in self._asking.items()}
        reset = ctx.pressed(_RESET)
        if reset:
            self._hours = {kind: {zone: RequestHours() for zone in zones} for kind, zones in self._hours.items()}
        why = self._not_counted(ctx)
        if self._is_due(ctx) and not why:
            self._count(requests)
        ranked = sorted(self._ranked(), key=lambda one: -one.hours.pct)
        ctx.state[_HOURS] = {
            kind: {zone: hours.minutes for zone, hours in zones.items()} for kind, zones in self._hours.items()
        }
        ctx.state["report"] = [str(one) for one in ranked]
        self._tell(ctx, ranked, "the operator's reset: counting begins anew" if reset else why or "counting")

    def _not_counted(self, ctx: Context) -> str:
        """Why this moment does not count; empty when it does."""
        if not is_occupied(ctx, self.settings.occupied_from_h, self.settings.occupied_to_h):
            return "not counted: unoccupied"
        fan_on = fan_proven(ctx, self.settings.fan_on_above_m3_s)
        if fan_on is None:
            return "not counted: it is not known whether the fan runs"
        return "" if fan_on else "not counted: the fan is off"

    def _is_due(self, ctx: Context) -> bool:
        """Whether it is time to count. What was missed is not made up for."""
        if ctx.time_s < self._due_s:
            return False
        every_s = self.settings.count_every_min * SECONDS_PER_MINUTE
        self._due_s += every_s
        if self._due_s <= ctx.time_s:
            self._due_s = ctx.time_s + every_s
        return True

    def _count(self, requests: Mapping[str, Mapping[str, int]]) -> None:
        """A zone that is not known has neither asked nor run."""
        minutes, reset_after_h = self.settings.count_every_min, self.settings.reset_after_h
        for kind, zones in requests.items():
            for zone, count in zones.items():
                self._hours[kind][zone].count(count, minutes, reset_after_h)

    def _ranked(self) -> Iterator[RankedZone]:
        for kind, zones in self._hours.items():
            for zone, hours in zones.items():
                is_judged = hours.run_h > self.settings.judged_after_h
                is_excluded = self._importance[kind].get(zone, 1.0) <= 0.0
                is_rogue = is_judged and not is_excluded and hours.pct > self.settings.rogue_above_pct
                yield RankedZone(zone, kind, hours, is_rogue, is_excluded, is_judged and not hours.request_min)

    def _tell(self, ctx: Context, ranked: list[RankedZone], why: str) -> None:
        """The alarm stands as long as the zone is rogue, so its words stay the same."""
        rogue = [one for one in ranked if one.is_rogue]
        for one in rogue:
            ctx.alarm(
                f"level 4: {one.zone} asks for {one.kind} in more than {self.settings.rogue_above_pct:g} % of its"
                f" run-hours; mend it, or give it importance 0 in {_PROGRAMS[one.kind]}"
            )
        ctx.explain(
            why=why,
            ranking=[str(one) for one in ranked if one.hours.request_min],
            proposed=[f"importance 0 in {_PROGRAMS[one.kind]} for {one}" for one in rogue],
            never=[f"{one.zone}, {one.kind}" for one in ranked if one.never],
        )
