"""The words in which a point's meaning is told: what flows, where in it, which quantity, and what the value is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Medium(StrEnum):
    """What flows, or stands."""

    SUPPLY_AIR = "supply air"
    RETURN_AIR = "return air"
    OUTDOOR_AIR = "outdoor air"
    MIXED_AIR = "mixed air"
    EXHAUST_AIR = "exhaust air"
    ZONE_AIR = "zone air"
    HOT_WATER = "hot water"
    CHILLED_WATER = "chilled water"


class Spot(StrEnum):
    """Where in it: behind which part, or which part itself."""

    DUCT = "duct"
    ZONE = "zone"
    WEATHER = "weather"
    TERMINAL = "terminal unit"
    DAMPER = "damper"
    FAN = "fan"
    PUMP = "pump"
    VALVE = "valve"
    ENTERING_COIL = "entering coil"
    LEAVING_COIL = "leaving coil"
    REHEAT_VALVE = "reheat valve"
    PLANT_SUPPLY = "plant supply"
    PLANT_RETURN = "plant return"
    PLANT = "plant"


class Measure(StrEnum):
    """Which quantity."""

    TEMPERATURE = "temperature"
    HUMIDITY = "humidity"
    PRESSURE = "pressure"
    FLOW = "flow"
    CO2 = "CO2"
    POWER = "power"
    POSITION = "position"
    SPEED = "speed"
    RUN = "on or off"
    RADIATION = "radiation"


class Use(StrEnum):
    """What the value is for."""

    MEASURED = "measured"
    SETPOINT = "set-point"
    HEATING_SETPOINT = "heating set-point"
    COOLING_SETPOINT = "cooling set-point"
    COMMAND = "command"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one point is. Hashable: places of a drawing are found by it."""

    medium: Medium
    place: Spot
    measure: Measure
    use: Use

    @property
    def words(self) -> str:
        """In the words of the field, such as "supply air temperature set-point"."""
        what = f"{self.medium}{_SPOKEN.get(self.place, '')} {self.measure}"
        return what if self.use is Use.MEASURED else f"{what} {self.use}"


_SPOKEN: Mapping[Spot, str] = {
    place: f" {place}"
    for place in Spot
    if place not in (Spot.DUCT, Spot.ZONE, Spot.WEATHER, Spot.PLANT, Spot.PLANT_SUPPLY, Spot.PLANT_RETURN)
} | {Spot.PLANT_SUPPLY: " supply", Spot.PLANT_RETURN: " return", Spot.PLANT: " plant"}
