"""Every number of the heat pump office: what it is, its unit, and where it comes from.

Sources: **E** the EnergyPlus data set (the curves HPACHeatCapFT and HPACHeatEIRFT of its example files) and its
Engineering Reference (frost on the outdoor coil), **A** AHRI 210/240 and ASHRAE 90.1, **V** ASHRAE 62.1, **J**
judgement. The rooms' own numbers are those of the standard building (``rooms/envelope.py``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from emulators.plants.psychrometrics import CP_DRY_AIR
from emulators.plants.rooms.envelope import (
    AIR_DENSITY,
    EAST,
    NORTH,
    SOUTH,
    STOREY_HEIGHT_M,
    WEST,
    Envelope,
    Facade,
    Leakage,
    Room,
    ZoneUse,
)


@dataclass(frozen=True, slots=True)
class HeatPumpZone:
    """One zone with a heat pump of its own: its place and size, who is there, and when (hours of a working day)."""

    name: str
    title: str
    facade: Facade
    area_m2: float
    facade_m: float
    people: int
    from_h: float
    to_h: float

    @property
    def outdoor_air_m3_s(self) -> float:
        """While the building is occupied: 0.3 l/s per m2 and 2.5 l/s per person (V, office space)."""
        return 0.3e-3 * self.area_m2 + 2.5e-3 * self.people

    @property
    def room(self) -> Room:
        """The zone as a room."""
        return Room(
            area_m2=self.area_m2,
            volume_m3=self.area_m2 * STOREY_HEIGHT_M,
            wall_m2=self.facade_m * STOREY_HEIGHT_M,
            facade=self.facade,
            minimum_kg_s=self.outdoor_air_m3_s * AIR_DENSITY,
        )


ZONES = (
    HeatPumpZone("ope", "open office", NORTH, 220.0, 36.0, 16, 8.0, 17.0),
    HeatPumpZone("mee", "meeting rooms", EAST, 90.0, 15.0, 14, 9.0, 16.0),
    HeatPumpZone("rec", "reception", SOUTH, 80.0, 20.0, 3, 7.0, 18.0),
    HeatPumpZone("wor", "workshop", WEST, 150.0, 25.0, 5, 7.0, 16.0),
    HeatPumpZone("lib", "library", NORTH, 120.0, 24.0, 5, 9.0, 18.0),
    HeatPumpZone("tra", "training room", EAST, 110.0, 18.0, 20, 9.0, 15.0),
    HeatPumpZone("caf", "cafe", SOUTH, 130.0, 28.0, 12, 7.0, 15.0),
    HeatPumpZone("arc", "archive", WEST, 100.0, 14.0, 1, 8.0, 17.0),
)
"""A middle floor of 60 m by 17 m along a corridor with closed doors (J)."""
ZONE_COUNT = len(ZONES)
FLOOR_AREA_M2 = sum(zone.area_m2 for zone in ZONES)


@dataclass(frozen=True, slots=True)
class UseGains:
    """What people, lights and plugs give off; all but people is on the meter."""

    lights_and_plugs_w_m2: float = 12.0
    radiant: float = 0.4
    person_sensible_w: float = 75.0
    person_latent_w: float = 55.0
    """Seated, light office work (ASHRAE Fundamentals)."""
    co2_kg_s_per_person: float = 8.64e-6
    standby: float = 0.08
    """Of lights and plugs, what stays on while nobody is there (J)."""


@dataclass(frozen=True, slots=True)
class AirSourceHeatPump:
    """One unit, sized by the floor that it heats. Rated at 8.3 degC outdoors (A)."""

    rated_w_m2: float = 95.0
    """As units are that were chosen for the cooling of summer, one ton per 37 m2 (J)."""
    rated_cop: float = 3.4
    """About the least that 90.1 asks for from packages of 19 to 40 kW."""
    capacity_curve: tuple[float, float, float, float] = (0.758746, 0.027626, 1.48716e-4, 3.4992e-6)
    input_curve: tuple[float, float, float, float] = (1.19248, -0.0300438, 1.03745e-3, -2.3328e-5)
    """Capacity, and electricity per heat, over the rated ones: cubics of the outdoor temperature in degC (E)."""
    lowest_c: float = -20.0
    highest_c: float = 20.0
    """The curves hold between these; below the lower one the compressor is locked out."""
    shortest_run_s: float = 180.0
    shortest_off_s: float = 300.0
    """The anti-short-cycle timer, which starts anew when power returns (J)."""
    starting_share: float = 4.0
    starting_s: float = 1.0
    """Power in the moment of a start over that of running, and the time in which it fades (J: locked-rotor current is
    five to seven times the rated one, at a poor power factor)."""
    warming_s: float = 60.0
    """Heat follows the compressor with this lag: refrigerant and coil have to warm up first (J)."""
    frost_kg_kg_h: float = 0.0012
    """Water taken out of the outdoor air times hours of running until the coil is full of frost (J)."""
    frosted_loss: float = 0.2
    """Of the capacity, on a coil that is full (J)."""
    defrost_every_s: float = 3600.0
    """Of running with the coil below 0 degC: a time-temperature control."""
    defrost_least_s: float = 60.0
    defrost_full_s: float = 360.0
    """A defrost lasts the one, and of the other the share of a full coil (J)."""
    defrost_power: float = 0.7
    defrost_heat: float = 0.3
    """Power over that of heating, and what is taken from the room over the rated capacity, while it lasts (J)."""
    backup_w_m2: float = 45.0
    """Electric resistance in the supply air."""
    warming_k: float = 15.0
    """By how much the rated capacity warms the supply air: it sizes the fan (J)."""
    fan_w_per_m3_s: float = 773.0
    """365 W per 1000 cubic feet per minute (A)."""

    def rated_w(self, area_m2: float) -> float:
        """Rated capacity."""
        return self.rated_w_m2 * area_m2

    def air_kg_s(self, area_m2: float) -> float:
        """Supply air while the fan runs."""
        return self.rated_w(area_m2) / (CP_DRY_AIR * self.warming_k)

    def fan_w(self, area_m2: float) -> float:
        """Power of the fan, which ends in the air."""
        return self.fan_w_per_m3_s * self.air_kg_s(area_m2) / AIR_DENSITY


@dataclass(frozen=True, slots=True)
class Thermostat:
    """A unit's own control, the same in all zones: a set-point by the clock, and two stages (J)."""

    occupied_c: float = 20.5
    vacant_c: float = 16.0
    lead_h: float = 2.0
    """All units start so long before occupancy, together: the clock of every thermostat is set alike."""
    band_k: float = 0.5
    backup_below_k: float = 1.5
    backup_after_s: float = 600.0
    """Too cold by so much for so long, the second stage comes on; it goes off within the band."""
    backup_outdoor_c: float = 5.0
    """Not above this outdoor temperature (A: 90.1 wants back-up locked out where the heat pump alone will do)."""


def _carpeted() -> Envelope:
    """The standard building's, but with carpets and suspended ceilings before the slab, and paper in the air (J)."""
    return Envelope(slab_w_m2k=3.0, air_storage_factor=5.0)


@dataclass(frozen=True, slots=True)
class HeatPumpOfficeParameters:
    """The whole building. Change one for a variant."""

    envelope: Envelope = field(default_factory=_carpeted)
    leakage: Leakage = field(default_factory=Leakage)
    gains: UseGains = field(default_factory=UseGains)
    heat_pump: AirSourceHeatPump = field(default_factory=AirSourceHeatPump)
    thermostat: Thermostat = field(default_factory=Thermostat)


def full_use(zone: HeatPumpZone, gains: UseGains) -> ZoneUse:
    """What the use of a zone gives off with everybody there."""
    electric = gains.lights_and_plugs_w_m2 * zone.area_m2
    people = gains.person_sensible_w * zone.people
    return ZoneUse(
        radiant=gains.radiant * (electric + people),
        convective=(1.0 - gains.radiant) * (electric + people),
        latent=gains.person_latent_w * zone.people,
        people=float(zone.people),
        co2=gains.co2_kg_s_per_person * zone.people,
    )
