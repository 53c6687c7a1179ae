"""Demand controlled ventilation on CO2 and occupancy sensors (ASHRAE Guideline 36, 5.2.1.3 and 5.16.3.1; 62.1).

Each box gets the lowest flow that its people need, and the air handler the outdoor air that 62.1 asks for the zones
as they are now. Only while the building is occupied; at other times all slots are empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field, model_validator

from supervisory.blocks.air_handlers.ventilation import (
    IntakeDesign,
    OutdoorIntake,
    VentilationDesign,
    ZoneAir,
    co2_share,
    outdoor_intake,
    zone_air,
)
from supervisory.blocks.time.timers import SECONDS_PER_HOUR, SECONDS_PER_MINUTE, TrueFor, good_number, good_numbers
from supervisory.blocks.zones.co2_sensor import Co2Limits, Co2Sensor, Co2Verdict
from supervisory.blocks.zones.population import Population, PopulationSettings
from supervisory.blocks.zones.sight import is_occupied, warn_of_unknown_zones
from supervisory.program import Command, Context, Program, Read

_FLOW_DEADBAND_M3_S = 0.001


class DemandVentilationSettings(PopulationSettings):
    """What zones and air handler were designed for, and what sensors are believed."""

    zones: dict[str, VentilationDesign] = Field(min_length=1, description="By zone: what it was designed for.")
    design_uncorrected_m3_s: float = Field(gt=0.0, description="Outdoor air of all zones at design (DesVou).")
    design_total_m3_s: float = Field(gt=0.0, description="Outdoor air of the air handler at design (DesVot).")
    least_efficiency: float = Field(0.3, gt=0.0, le=1.0, description="Floor under Ev.")
    co2_band_ppm: float = Field(200.0, gt=0.0, description="The CO2 loop begins so far below the set-point.")
    co2_lowest_ppm: float = Field(300.0, ge=0.0, description="A sensor that reads less is not believed.")
    co2_highest_ppm: float = Field(5000.0, gt=0.0, description="A sensor that reads more is not believed.")
    stuck_after_h: float = Field(2.0, gt=0.0, description="Nor is one that stands still for so long with people there.")
    short_below_share: float = Field(0.9, gt=0.0, le=1.0, description="Of the set-point: less is too little.")
    short_after_min: float = Field(15.0, ge=0.0, description="Too little outdoor air for so long is an alarm.")

    @model_validator(mode="after")
    def _consistent(self) -> DemandVentilationSettings:
        if self.co2_lowest_ppm >= self.co2_highest_ppm:
            raise ValueError("co2_lowest_ppm must be below co2_highest_ppm")
        if self.design_total_m3_s < self.design_uncorrected_m3_s:
            raise ValueError(
                "design_total_m3_s must not be below design_uncorrected_m3_s: Ev is never above 1 at design"
            )
        return self

    @property
    def intake(self) -> IntakeDesign:
        """The air handler's design."""
        return IntakeDesign(self.design_uncorrected_m3_s, self.design_total_m3_s, self.least_efficiency)

    @property
    def limits(self) -> Co2Limits:
        """Of CO2 sensors, in seconds."""
        return Co2Limits(self.co2_lowest_ppm, self.co2_highest_ppm, stuck_after_s=self.stuck_after_h * SECONDS_PER_HOUR)


class _Watched:
    """The two sensors of one zone."""

    def __init__(self, settings: DemandVentilationSettings) -> None:
        self.population = Population(settings.population_times)
        self.co2 = Co2Sensor(settings.limits)


class DemandControlledVentilation(Program):
    """One air handler and its boxes. Zones without an occupancy sensor are populated, without CO2 at design."""

    Settings = DemandVentilationSettings
    period_s = 30.0
    points: ClassVar[Mapping[str, Read | Command]] = {
        "minimum_outdoor_airflow": Command("m**3/s", minimum=0.0, deadband=_FLOW_DEADBAND_M3_S),
        "zone_minimum_airflow": Command("m**3/s", minimum=0.0, deadband=_FLOW_DEADBAND_M3_S, many=True),
        "zone_co2": Read("ppm", required=False, many=True),
        "zone_occupancy": Read(required=False, many=True),
        "zone_airflow": Read("m**3/s", required=False, many=True),
        "zone_temperature": Read("degC", required=False, many=True),
        "zone_discharge_temperature": Read("degC", required=False, many=True),
        "outdoor_airflow": Read("m**3/s", required=False),
        "occupied": Read(required=False),
    }

    settings: DemandVentilationSettings

    def on_start(self, ctx: Context) -> None:
        """Begin anew: every zone is populated, every sensor is good until it proves otherwise."""
        self._zones = {zone: _Watched(self.settings) for zone in self.settings.zones}
        self._short = TrueFor(self.settings.short_after_min * SECONDS_PER_MINUTE)
        warn_of_unknown_zones(ctx, "zone_minimum_airflow", self.settings.zones)
        undesigned = sorted({*ctx.names("zone_minimum_airflow"), *ctx.names("zone_airflow")} - set(self.settings.zones))
        if undesigned:
            ctx.alarm(f"the parameters design no air for these zones, which get none: {', '.join(undesigned)}")

    def on_step(self, ctx: Context) -> None:
        """Judge sensors, find each zone's air and the air handler's, command."""
        in_use = is_occupied(ctx, self.settings.occupied_from_h, self.settings.occupied_to_h)
        shares = self._shares(ctx, in_use)
        if not in_use:
            self._short.step(ctx.time_s, False)
            ctx.release("minimum_outdoor_airflow")
            for zone in ctx.names("zone_minimum_airflow"):
                ctx.release("zone_minimum_airflow", zone)
            ctx.explain(why="not occupied: nothing is commanded")
            return
        airs = self._airs(ctx, shares)
        intake = outdoor_intake(self.settings.intake, airs, good_numbers(ctx.readings("zone_airflow")))
        ctx.command("minimum_outdoor_airflow", intake.total_m3_s)
        for zone in set(airs) & set(ctx.names("zone_minimum_airflow")):
            ctx.command("zone_minimum_airflow", airs[zone].minimum_m3_s, zone)
        self._tell(ctx, airs, intake)

    def _shares(self, ctx: Context, in_use: bool) -> dict[str, float | None]:
        """The CO2 loop of each zone, None where no CO2 can be trusted; sensors are judged on the way."""
        co2_ppm = good_numbers(ctx.readings("zone_co2"))
        seen = good_numbers(ctx.readings("zone_occupancy"))
        return {zone: self._share(ctx, zone, co2_ppm.get(zone), seen.get(zone), in_use) for zone in self._zones}

    def _share(self, ctx: Context, zone: str, co2_ppm: float | None, seen: float | None, in_use: bool) -> float | None:
        watched = self._zones[zone]
        populated = watched.population.step(ctx.time_s, None if seen is None else seen > 0.5, in_use)
        verdict = watched.co2.step(ctx.time_s, co2_ppm, populated and in_use)
        if watched.population.is_stuck:
            ctx.alarm(f"{zone}: the occupancy sensor has seen nobody for too long; the zone counts as populated")
        if verdict is not Co2Verdict.GOOD and zone in ctx.names("zone_co2"):
            ctx.alarm(f"{zone}: CO2 {verdict.value}; the zone gets its design outdoor air")
        if co2_ppm is None or verdict is not Co2Verdict.GOOD:
            return None
        return co2_share(co2_ppm, self.settings.zones[zone].co2_setpoint_ppm, self.settings.co2_band_ppm)

    def _airs(self, ctx: Context, shares: Mapping[str, float | None]) -> dict[str, ZoneAir]:
        discharge_degc = good_numbers(ctx.readings("zone_discharge_temperature"))
        zone_degc = good_numbers(ctx.readings("zone_temperature"))
        return {
            zone: zone_air(
                design,
                self._zones[zone].population.is_populated,
                shares[zone],
                design.effectiveness(discharge_degc.get(zone), zone_degc.get(zone)),
            )
            for zone, design in self.settings.zones.items()
        }

    def _tell(self, ctx: Context, airs: Mapping[str, ZoneAir], intake: OutdoorIntake) -> None:
        measured = good_number(ctx.reading("outdoor_airflow"))
        least = self.settings.short_below_share * intake.total_m3_s
        short = self._short.step(ctx.time_s, measured is not None and measured < least)
        if short:
            ctx.alarm("the air handler takes in less outdoor air than it is asked for")
        ctx.explain(
            why="too little outdoor air" if short else "ventilation by demand",
            outdoor_setpoint_m3_s=round(intake.total_m3_s, 3),
            outdoor_m3_s=None if measured is None else round(measured, 3),
            uncorrected_m3_s=round(intake.uncorrected_m3_s, 3),
            efficiency=round(intake.efficiency, 3),
            critical_zone=intake.critical_zone,
            rules={zone: air.rule.value for zone, air in sorted(airs.items())},
        )
