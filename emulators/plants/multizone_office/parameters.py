"""Every number of the office: what it is, its unit, and where it comes from.

Sources (embedded-plant section 4): **M** the BOPTEST model MultiZoneOfficeSimpleAir, **B** the VAVReheat examples of
the Modelica Buildings library, **D** the BOPTEST case's documentation, **I** the DOE medium office, **T** tuned
against a detailed EnergyPlus model of the same floor, **R** chosen to meet the reference values of the BOPTEST case,
**F** fitted to the published baseline (``benchmarks.baseline.fit``; docs/building.md has the table), **J** judgement.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log
from typing import Literal, TypeAlias

from emulators.plants.components import required_conductance
from emulators.plants.machines import CarnotHeatPump, CurveChiller, Machine
from emulators.plants.psychrometrics import CP_DRY_AIR
from emulators.plants.rooms.envelope import (
    AIR_DENSITY,
    EAST,
    NO_FACADE,
    NORTH,
    SOUTH,
    STOREY_HEIGHT_M,
    WEST,
    Envelope,
    Leakage,
    Room,
)

CP_WATER = 4186.0
"""J/(kg K)."""


@dataclass(frozen=True, slots=True)
class Zone:
    """One zone of the floor. ``facade_m`` is the length of its outer wall; the core has none."""

    name: str
    area_m2: float
    air_changes_per_h: float
    facade_m: float
    outdoor_air_m3_s: float

    @property
    def volume_m3(self) -> float:
        """Air in the zone."""
        return self.area_m2 * STOREY_HEIGHT_M

    @property
    def design_flow_m3_s(self) -> float:
        """Largest supply air flow of its box."""
        return self.air_changes_per_h * self.volume_m3 / 3600.0

    @property
    def wall_m2(self) -> float:
        """Outer wall, windows included."""
        return self.facade_m * STOREY_HEIGHT_M

    @property
    def minimum_share(self) -> float:
        """Smallest flow set-point: 1.5 times the outdoor air of the zone, and at least 15 % (M)."""
        return max(1.5 * self.outdoor_air_m3_s / self.design_flow_m3_s, 0.15)


ZONES = (
    Zone("cor", 984.672, 6.0, 0.0, 0.523107),
    Zone("sou", 207.58, 6.0, 49.91, 0.1102769),
    Zone("eas", 131.416, 9.0, 33.27, 0.0698148),
    Zone("nor", 207.58, 6.0, 49.91, 0.1102769),
    Zone("wes", 131.416, 7.0, 33.27, 0.0698148),
)
"""The floor (M, D table 1); the core comes first."""
_FACADES = {"nor": NORTH, "eas": EAST, "sou": SOUTH, "wes": WEST}


def room_of(zone: Zone) -> Room:
    """A zone as a room."""
    return Room(
        area_m2=zone.area_m2,
        volume_m3=zone.volume_m3,
        wall_m2=zone.wall_m2,
        facade=_FACADES.get(zone.name, NO_FACADE),
        minimum_kg_s=zone.minimum_share * zone.design_flow_m3_s * AIR_DENSITY,
    )


@dataclass(frozen=True, slots=True)
class Gains:
    """People, lights and plugs (D, B); the course of the day is in ``boundary``."""

    full_w_m2: float = 20.0
    radiant: float = 0.4
    convective: float = 0.4
    latent: float = 0.2
    people_per_m2: float = 0.05
    co2_kg_s_per_person: float = 8.64e-6


@dataclass(frozen=True, slots=True)
class Fan:
    """Supply fan: pressure = shut_off * y2 * (1 - V / (2 * V_design * y)) (M)."""

    shut_off_pa: float = 2 * (780.0 + 10.0 + 12.0)
    efficiency: float = 0.7 * 0.7
    """Hydraulic times motor; all of the power ends in the air stream."""
    rise_time_s: float = 30.0


@dataclass(frozen=True, slots=True)
class AirPath:
    """Pressure losses at the design flow, Pa, and the mixing box (M, B VAVReheatBox)."""

    coils_and_filter_pa: float = 540.0
    return_damper_pa: float = 5.0
    outdoor_damper_pa: float = 5.85
    """The exhaust damper's too. M has 5, with which the mixing box takes in 38.0 % of outdoor air at noon of day 0; the
    reference has 36.4 % (R)."""
    mixing_fixed_pa: float = 5.0
    box_damper_pa: float = 20.0
    box_fixed_pa: float = 130.0
    box_excess_per_pa: float = 0.01 / 20.0
    """Of the design flow, what a box passes above its set-point per Pa above what that needs (PressureIndependent)."""
    return_duct_pa: float = 40.0
    leaking_share: float = 0.289
    """Of the outdoor air taken in, what leaves through the envelope and not through the exhaust damper (R)."""
    mixing_damper_rise_s: float = 15.0
    box_actuator_rise_s: float = 120.0
    duct_sensor_lag_s: float = 1.0
    """At design flow (B); 10 to 30 would be nearer to hardware."""
    duct_drift_s: float = 1e9
    """With which standing air follows the rooms (J)."""


@dataclass(frozen=True, slots=True)
class Coil:
    """A water coil of the air handler with valve and injection pump."""

    conductance_w_k: float
    pump_kg_s: float
    valve_kg_s: float
    storage_j_k: float
    """Of metal, water and air in the coil; the outlet follows it."""
    valve_rise_s: float = 120.0
    pump_rise_s: float = 30.0
    pump_head_pa: float = 3e3
    pump_efficiency: float = 0.49
    water_lag_s: float = 20.0
    """Water that circulates through the coil, in s of the pump's full flow: two splitters of 10 s (M), and how fast the
    coil cools on the January day when its valve has shut (R)."""
    water_drift_s: float = 1e9


@dataclass(frozen=True, slots=True)
class WaterSource:
    """A chiller or heat pump with its distribution loop."""

    set_point_c: float
    machine: Machine
    design_flow_kg_s: float
    supply_kg: float
    return_kg: float
    """Water that is mixed behind the machine, and before it."""
    return_drift_s: float = 1e9
    pump_head_pa: float = 45e3
    pump_efficiency: float = 0.49
    """Head and efficiency give the reference values exactly (R)."""


SYSTEM_FLOW_M3_S = 0.7 * sum(zone.design_flow_m3_s for zone in ZONES)
"""Design flow of the air handler: 70 % diversity (M)."""
SYSTEM_FLOW_KG_S = SYSTEM_FLOW_M3_S * AIR_DENSITY
LEAST_AIR_KG_S = 1e-3 * SYSTEM_FLOW_KG_S
"""Below this the air in a coil or duct counts as standing: no smaller flow is divided by."""
_AIR_CAPACITY = SYSTEM_FLOW_KG_S * CP_DRY_AIR

HOT_WATER_C = 45.0
CHILLED_WATER_C = 6.0
HEATING_VALVE_OVERSIZED_KG_S = SYSTEM_FLOW_KG_S * 30.0 / 4.2 / 10.0
"""The valve of the BOPTEST model (M): it works in the lowest twentieth of its stroke."""
HEATING_VALVE_SIZED_KG_S = 2.05
"""Full flow for the coil's design heat at 10 K."""
_HEATING_PUMP_KG_S = HEATING_VALVE_OVERSIZED_KG_S
_COOLING_WATER_KG_S = SYSTEM_FLOW_KG_S * 15.0 / 4.2 / 10.0


def _log_mean(first_k: float, second_k: float) -> float:
    return (first_k - second_k) / log(first_k / second_k)


def heating_coil(valve_kg_s: float = HEATING_VALVE_SIZED_KG_S) -> Coil:
    """Sized to warm the design flow by 12.7 K from 4 degC (M)."""
    return Coil(
        conductance_w_k=required_conductance(
            _AIR_CAPACITY * 12.7, HOT_WATER_C - 4.0, _HEATING_PUMP_KG_S * CP_WATER, _AIR_CAPACITY
        ),
        pump_kg_s=_HEATING_PUMP_KG_S,
        valve_kg_s=valve_kg_s,
        storage_j_k=1.0 * _AIR_CAPACITY,
    )


def cooling_coil() -> Coil:
    """Three times the sensible conductance for 26.2/12.8 degC air on 6/16 degC water, for the moisture (M).

    It stores what four elements of metal (5 s of twice the conductance in all of them), water (10 s) and air (2 s each)
    do (WetCoilCounterFlow).
    """
    conductance_w_k = 3.0 * SYSTEM_FLOW_KG_S * 1000.0 * 15.0 / _log_mean(26.2 - 16.0, 12.8 - 6.0)
    return Coil(
        conductance_w_k=conductance_w_k,
        pump_kg_s=_COOLING_WATER_KG_S,
        valve_kg_s=_COOLING_WATER_KG_S,
        storage_j_k=2.0 * conductance_w_k * 5.0 / 4.0 + 10.0 * _COOLING_WATER_KG_S * CP_WATER + 8.0 * _AIR_CAPACITY,
    )


@dataclass(frozen=True, slots=True)
class Reheat:
    """The reheat coil of a box: 20 K at 30 % of the design flow, from 12 degC, on 45 degC water with 10 K (M)."""

    heated_share: float = 0.3
    rise_k: float = 20.0
    entering_c: float = 12.0
    water_span_k: float = 10.0
    head_pa: float = 45e3
    valve_pa: float = 3.0e3
    shared_pa: float = 2.9e3
    """The pump's head; what the valve loses at its design flow (R: the flows and positions of the January day); and of
    the 35 kPa of the junction at 4.8 kg/s, what the boxes' 1.38 kg/s lose (M)."""
    valve_rise_s: float = 0.1
    """Next to nothing: on the January day the water follows the signal at once, in the ramp at 6 h and at 19 h (R)."""
    discharge_lag_s: float = 1.0
    discharge_drift_s: float = 1e9


def heat_pump_source() -> WaterSource:
    """85 % of what all hot coils draw at design, 10 K of water; each junction holds 60 s of its flow (M)."""
    reheat = Reheat()
    boxes_w = sum(zone.design_flow_m3_s for zone in ZONES) * AIR_DENSITY * reheat.heated_share * 1004.0 * reheat.rise_k
    capacity_w = 0.85 * (boxes_w + SYSTEM_FLOW_KG_S * 1006.0 * 12.7)
    return WaterSource(
        set_point_c=HOT_WATER_C,
        machine=CarnotHeatPump(capacity_w),
        design_flow_kg_s=capacity_w / CP_WATER / 10.0,
        supply_kg=60.0 * _HEATING_PUMP_KG_S,
        return_kg=60.0 * _HEATING_PUMP_KG_S,
    )


def chiller_source() -> WaterSource:
    """30 s of its design flow of 4.3 kg/s in the evaporator, and before it no more than a sensor's second (M)."""
    return WaterSource(
        set_point_c=CHILLED_WATER_C,
        machine=CurveChiller(),
        design_flow_kg_s=4.3,
        supply_kg=30.0 * 4.3,
        return_kg=1.0 * 4.3,
    )


@dataclass(frozen=True, slots=True)
class AirHandlerFaults:
    """What is wrong with the air handler, for people and programs to find; without anything told it is sound (J)."""

    heating_valve_leakage: float = 0.0
    """Of the valve's full flow, what passes however far it shuts: while the coil's pump runs, and none without."""
    cooling_valve_leakage: float = 0.0
    outdoor_damper_shuts_to: float = 0.0
    """The exhaust damper's too. A damper whose ends meet is stuck; where they cross, it is stuck at this one."""
    outdoor_damper_opens_to: float = 1.0
    return_damper_shuts_to: float = 0.0
    return_damper_opens_to: float = 1.0
    mixed_air_bias_k: float = 0.0
    """What the sensor shows too much; the building's own control goes by it, too."""
    return_air_bias_k: float = 0.0
    supply_air_bias_k: float = 0.0
    outdoor_air_bias_k: float = 0.0
    """Of the weather station, which the air handler's economizer and the choice of the mode go by."""


Start: TypeAlias = Literal["settled", "as_boptest"]


@dataclass(frozen=True, slots=True)
class OfficeParameters:
    """The whole building. Change one for a variant or a training fault, an oversized valve say."""

    envelope: Envelope = field(default_factory=Envelope)
    leakage: Leakage = field(default_factory=Leakage)
    gains: Gains = field(default_factory=Gains)
    fan: Fan = field(default_factory=Fan)
    air_path: AirPath = field(default_factory=AirPath)
    heating_coil: Coil = field(default_factory=heating_coil)
    cooling_coil: Coil = field(default_factory=cooling_coil)
    reheat: Reheat = field(default_factory=Reheat)
    heat_pump: WaterSource = field(default_factory=heat_pump_source)
    chiller: WaterSource = field(default_factory=chiller_source)
    faults: AirHandlerFaults = field(default_factory=AirHandlerFaults, repr=False)
    """A sound building goes by the name that it had before there were any (``starting.OfficeIdentity``)."""
    start: Start = "settled"
    """What ``initialize`` leaves: the state after a season of running, or BOPTEST's, all at 20 degC."""


def as_boptest() -> OfficeParameters:
    """The building as the BOPTEST case has it: its start, and its oversized heating valve (M)."""
    return OfficeParameters(heating_coil=heating_coil(HEATING_VALVE_OVERSIZED_KG_S), start="as_boptest")
