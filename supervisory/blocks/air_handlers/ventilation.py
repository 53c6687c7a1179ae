"""Outdoor air by ASHRAE 62.1: what a zone needs, and what the air handler has to take in for all of them.

The rules are those of ASHRAE Guideline 36, 5.2.1.3 (zone) and 5.16.3.1 (air handler). Flows are in m3/s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from pydantic import Field, model_validator

from supervisory.blocks.time.timers import Line
from supervisory.program import Parameters


class VentilationDesign(Parameters):
    """What a zone was designed for; Guideline 36 names in brackets."""

    people_m3_s: float = Field(ge=0.0, description="Outdoor air for its people (Vbz-P).")
    area_m3_s: float = Field(ge=0.0, description="Outdoor air for its floor (Vbz-A).")
    minimum_m3_s: float = Field(ge=0.0, description="Lowest flow of its box with trusted CO2 (Vmin).")
    maximum_m3_s: float = Field(gt=0.0, description="Largest cooling flow of its box (Vcool-max).")
    fixed_minimum_m3_s: float = Field(ge=0.0, description="Lowest flow where no CO2 can be trusted.")
    co2_setpoint_ppm: float = Field(894.0, gt=0.0, description="By occupancy category; 894 is an office's.")
    permits_standby: bool = Field(True, description="Whether 62.1 lets its air be shut off while it is empty.")
    effectiveness_cooling: float = Field(1.0, gt=0.0, description="Ez with air no warmer than the zone.")
    effectiveness_heating: float = Field(0.8, gt=0.0, description="Ez with warmer air, and where it is not known.")

    @model_validator(mode="after")
    def _consistent(self) -> VentilationDesign:
        if not self.minimum_m3_s <= self.fixed_minimum_m3_s <= self.maximum_m3_s:
            raise ValueError("minimum_m3_s must not be above fixed_minimum_m3_s, nor that above maximum_m3_s")
        return self

    def effectiveness(self, discharge_degc: float | None, zone_degc: float | None) -> float:
        """Ez: how much of the supplied air reaches the people."""
        if discharge_degc is None or zone_degc is None or discharge_degc > zone_degc:
            return self.effectiveness_heating
        return self.effectiveness_cooling


class VentilationRule(Enum):
    """Which rule has decided about a zone's air."""

    OFF = "empty, and 62.1 permits standby: no air"
    EMPTY = "empty, but 62.1 does not permit standby: Vbz-P is 0, Vmin stays"
    CO2 = "people's air by CO2"
    DESIGN = "no CO2 that can be trusted: design outdoor air"


@dataclass(frozen=True, slots=True)
class ZoneAir:
    """What a zone asks for now: outdoor air at its people (Vbz-P*, Vbz-A*) and the lowest flow of its box (Vmin*)."""

    rule: VentilationRule
    people_m3_s: float
    area_m3_s: float
    minimum_m3_s: float
    effectiveness: float

    @property
    def breathing_zone_m3_s(self) -> float:
        """Vbz*."""
        return self.people_m3_s + self.area_m3_s

    @property
    def outdoor_m3_s(self) -> float:
        """Voz*: what the box has to bring of outdoor air."""
        return self.breathing_zone_m3_s / self.effectiveness


def co2_share(co2_ppm: float, setpoint_ppm: float, band_ppm: float = 200.0) -> float:
    """The CO2 loop, proportional only: 0 a band below the set-point, 1 at the set-point and above."""
    return Line(setpoint_ppm - band_ppm, 0.0, setpoint_ppm, 1.0).at(co2_ppm)


def zone_air(design: VentilationDesign, is_populated: bool, share: float | None, effectiveness: float) -> ZoneAir:
    """What an occupied zone asks for; ``share`` is its CO2 loop's output, None where no CO2 can be trusted."""
    area_m3_s, lowest_m3_s = design.area_m3_s, design.minimum_m3_s
    if not is_populated:
        if design.permits_standby:
            return ZoneAir(VentilationRule.OFF, 0.0, 0.0, 0.0, effectiveness)
        return ZoneAir(VentilationRule.EMPTY, 0.0, area_m3_s, lowest_m3_s, effectiveness)
    if share is None:
        people_m3_s, fixed_m3_s = design.people_m3_s, design.fixed_minimum_m3_s
        return ZoneAir(VentilationRule.DESIGN, people_m3_s, area_m3_s, fixed_m3_s, effectiveness)
    minimum_m3_s = lowest_m3_s + share * (design.maximum_m3_s - lowest_m3_s)
    return ZoneAir(VentilationRule.CO2, share * design.people_m3_s, area_m3_s, minimum_m3_s, effectiveness)


@dataclass(frozen=True, slots=True)
class IntakeDesign:
    """The air handler's design outdoor air, before and after the correction for several zones (DesVou, DesVot).

    ``least_efficiency`` is a floor under Ev, where one starved zone would ask for more than there is.
    """

    uncorrected_m3_s: float
    total_m3_s: float
    least_efficiency: float = 0.3


@dataclass(frozen=True, slots=True)
class OutdoorIntake:
    """What the air handler has to take in (Vot), and how it came about: Vou, Ev, and the zone with the largest Zp."""

    uncorrected_m3_s: float
    efficiency: float
    total_m3_s: float
    critical_zone: str = ""


def outdoor_intake(
    design: IntakeDesign, zones: Mapping[str, ZoneAir], flows_m3_s: Mapping[str, float]
) -> OutdoorIntake:
    """The multiple-spaces equation with the boxes' present flows (Vpz): Ev = 1 + Xs - max Zp, Vot = Vou / Ev.

    Without the flow of a zone that asks for air nobody knows its share: then it is the design's.
    """
    uncorrected = min(design.uncorrected_m3_s, sum(zone.breathing_zone_m3_s for zone in zones.values()))
    unknown = sorted(name for name, zone in zones.items() if zone.outdoor_m3_s > 0.0 and name not in flows_m3_s)
    if unknown:
        return OutdoorIntake(uncorrected, design.least_efficiency, design.total_m3_s, unknown[0])
    primary = sum(flow for name, flow in flows_m3_s.items() if name in zones)
    if uncorrected == 0.0 or primary <= 0.0:
        return OutdoorIntake(uncorrected, 1.0, min(uncorrected, design.total_m3_s))
    fractions = {name: _fraction(zone.outdoor_m3_s, flows_m3_s.get(name, 0.0)) for name, zone in zones.items()}
    critical = max(sorted(fractions), key=lambda name: fractions[name])
    efficiency = max(design.least_efficiency, 1.0 + uncorrected / primary - fractions[critical])
    return OutdoorIntake(uncorrected, efficiency, min(uncorrected / efficiency, design.total_m3_s), critical)


def _fraction(outdoor_m3_s: float, flow_m3_s: float) -> float:
    """Zp, at most 1: no box brings more than outdoor air alone."""
    if outdoor_m3_s <= 0.0:
        return 0.0
    return min(1.0, outdoor_m3_s / flow_m3_s) if flow_m3_s > 0.0 else 1.0
