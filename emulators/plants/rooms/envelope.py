"""What rooms are made of and what is outside of them: every number with its unit and where it comes from.

Sources (embedded-plant section 4): **M** the BOPTEST model MultiZoneOfficeSimpleAir, **B** the VAVReheat examples of
the Modelica Buildings library, **I** the DOE medium office, **T** tuned against a detailed EnergyPlus model of that
floor, **F** fitted to the published baseline of the BOPTEST case (docs/building.md has the table).
"""

from __future__ import annotations

from dataclasses import dataclass

AIR_DENSITY = 1.2
"""kg/m3, constant; flows are at this density (M)."""
STOREY_HEIGHT_M = 2.74
WINDOW_SHARE = 0.33
"""Of the outer wall (I)."""
OUTDOOR_CO2_PPM = 400.0
ROOM_C = 20.0
"""What pipes and standing water drift to, and where everything stands before the building is settled."""
START_HUMIDITY = 0.005
"""kg/kg, before the building is settled."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Heat transfer and storage of the building."""

    wall_w_m2k: float = 0.473
    """U-value of the opaque wall: 10 mm of wood, 87 mm of insulation, 12.7 mm of gypsum, and films (B Floor)."""
    window_w_m2k: float = 2.45
    """Effective U-value of the windows from the room's one node (B: two panes of clear glass in a frame; F)."""
    window_solar_gain: float = 0.576
    """Solar heat gain coefficient at normal incidence, frame included (B, F)."""
    diffuse_modifier: float = 0.893
    """The same for diffuse radiation, as a share: hemispherical mean of clear double glazing."""
    sky_view: float = 0.5
    emissivity: float = 0.9
    """Of outer surfaces, for long waves: half of what they see is sky (M)."""
    wall_absorptance: float = 0.78
    outside_film_w_m2k: float = 20.0
    ground_reflectance: float = 0.2
    furniture_m2_per_m2: float = 1.9976
    """Surface of the furniture per floor area (B)."""
    furniture_w_m2k: float = 1.91
    """Between air and furniture (F)."""
    furniture_j_m2k: float = 33.0e3
    """Of 0.15 m of plywood with air on both sides, the outer third (B Floor: 545 kg/m3, 1210 J/(kg K))."""
    furniture_core_j_m2k: float = 65.9e3
    """The rest of it, which takes a day to follow."""
    furniture_core_w_m2k: float = 6.4
    """Between the middles of these layers, on both sides: 0.12 W/(m K) over 0.0375 m (B Floor)."""
    slab_w_m2k: float = 6.50
    """Between air and floor plus ceiling, per floor area (B, F)."""
    slab_j_m2k: float = 187e3
    """I, T."""
    solar_to_slab: float = 0.65
    """Share of what reaches masses: half on the floor, the other half by area on all but it (MixedAir, B Floor)."""
    radiant_to_slab: float = 1.0 / 3.0
    """The same of radiant gains, by area: floor and ceiling to both sides of the furniture (MixedAir, B Floor)."""
    radiant_to_air: float = 0.0878
    """Share of the radiant gains that becomes air heat at once: light walls and windows (F)."""
    solar_to_air: float = 0.0515
    """Share of the sun through the windows that becomes air heat at once (F)."""
    air_storage_factor: float = 1.0
    """Storage of the air node over that of dry air: the rooms of the case have no other (M)."""
    door_w_k: float = 1456.0
    """Exchange through an open door of 10 x 2.1 m between core and perimeter, per square root of kelvin (B)."""
    door_laminar_k: float = 0.05
    """Below this difference the exchange fades out: the pressure over the door is then below 0.01 Pa (B)."""


@dataclass(frozen=True, slots=True)
class Leakage:
    """Cracks in the facades and the wind on them (M RoomLeakage)."""

    air_changes_per_h: float = 1.0
    tested_pa: float = 50.0
    """Pressure difference with that many air changes."""
    facing_coefficient: float = 0.6
    """Of the dynamic pressure, on a facade that faces the wind."""
    side_ratio: float = 49.91 / 33.27
    """North and south facades to east and west."""


@dataclass(frozen=True, slots=True)
class Facade:
    """Where an outer wall looks: components to the south and to the west, degrees clockwise from north.

    ``length`` is 1 for a long side of the building, -1 for a short one.
    """

    south: float
    west: float
    azimuth_deg: float
    length: float


NORTH = Facade(-1.0, 0.0, 0.0, 1.0)
EAST = Facade(0.0, -1.0, 90.0, -1.0)
SOUTH = Facade(1.0, 0.0, 180.0, 1.0)
WEST = Facade(0.0, 1.0, 270.0, -1.0)
NO_FACADE = Facade(0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Room:
    """What one room differs in from others: size, the one outer wall it may have, least supply air while in use."""

    area_m2: float
    volume_m3: float
    wall_m2: float
    facade: Facade
    minimum_kg_s: float


@dataclass(frozen=True, slots=True)
class ZoneUse:
    """What the use of one zone gives off: W, and kg/s of CO2."""

    radiant: float
    convective: float
    latent: float
    people: float
    co2: float
