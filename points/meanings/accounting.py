"""Whether a meaning accounts for all the words of a name: what is left over may make another point of it."""

from __future__ import annotations

from collections.abc import Mapping

from points.meanings.parts import PartialMeaning, is_actuated, untwisted
from points.meanings.vocabulary import Measure, Medium, Spot, Use
from points.meanings.words import Said

_SAID_BY: Mapping[Medium | Spot | Measure | Use, str] = {
    Medium.SUPPLY_AIR: "supply",
    Medium.RETURN_AIR: "return",
    Medium.OUTDOOR_AIR: "outdoor",
    Medium.MIXED_AIR: "mixed",
    Medium.EXHAUST_AIR: "exhaust",
    Medium.ZONE_AIR: "zone",
    Medium.HOT_WATER: "water heating",
    Medium.CHILLED_WATER: "water cooling",
    Spot.DUCT: "",
    Spot.ZONE: "zone terminal",
    Spot.WEATHER: "outdoor global",
    Spot.TERMINAL: "terminal zone leaving",
    Spot.DAMPER: "damper terminal zone",
    Spot.FAN: "fan",
    Spot.PUMP: "pump coil",
    Spot.VALVE: "valve coil",
    Spot.ENTERING_COIL: "coil supply entering",
    Spot.LEAVING_COIL: "coil return leaving",
    Spot.REHEAT_VALVE: "valve coil reheat terminal zone",
    Spot.PLANT_SUPPLY: "supply leaving chiller heatpump boiler",
    Spot.PLANT_RETURN: "return entering chiller heatpump boiler",
    Spot.PLANT: "chiller heatpump boiler",
    Measure.TEMPERATURE: "temperature drybulb",
    Measure.HUMIDITY: "humidity relative",
    Measure.PRESSURE: "pressure",
    Measure.FLOW: "flow",
    Measure.CO2: "co2",
    Measure.POWER: "power",
    Measure.POSITION: "position",
    Measure.SPEED: "speed position",
    Measure.RUN: "",
    Measure.RADIATION: "radiation",
    Use.MEASURED: "measured",
    Use.SETPOINT: "setpoint",
    Use.HEATING_SETPOINT: "setpoint heating",
    Use.COOLING_SETPOINT: "setpoint cooling",
    Use.COMMAND: "command",
    Use.STATUS: "status measured",
}
"""By which words each part is told."""


def left_over(said: Said, parts: PartialMeaning) -> frozenset[str]:
    """The words that a meaning does not account for: a zone temperature "outdoor" is not what it seems to be."""
    told = (parts.medium, parts.place, parts.measure, parts.use)
    meant = {word for part in told if part is not None for word in _SAID_BY[part].split()}
    if is_actuated(parts.place) and parts.use is Use.COMMAND and parts.measure is not Measure.RUN:
        meant.add("setpoint")
    if parts.use is Use.STATUS and parts.measure is not Measure.RUN:
        meant -= {"status"}  # whether a sensor works
    return untwisted(said.words) - meant - parts.qualifiers
