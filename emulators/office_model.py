"""The office as difference equations: its state by names, hidden parts too, and single steps from any of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from emulators.plants.multizone_office import MultizoneOffice, OfficeVariant, layout
from emulators.plants.multizone_office.engine import GOING_ON, best
from emulators.plants.multizone_office.interface.measurements import TOLD
from emulators.plants.multizone_office.interface.overrides import INPUT_NAMES
from emulators.plants.multizone_office.parameters import ZONES
from emulators.plants.multizone_office.parts import boxes, coils, water
from emulators.plants.multizone_office.use.boundary import gain_share
from emulators.plants.multizone_office.use.modes import MODE
from emulators.plants.rooms import zones
from emulators.plants.weather import HOURS, chicago_ohare, weather_at


class StatePart(NamedTuple):
    """A number of the state: its cell, and how far it is moved to see what comes of it."""

    name: str
    unit: str
    cell: int
    moved_by: float


class Disturbance(NamedTuple):
    """What acts from outside; all but the use of the rooms is a column of the weather."""

    name: str
    unit: str
    column: int | None
    moved_by: float


_SHARE, _TEMPERATURE, _HUMIDITY, _CO2 = ("1", 1e-4), ("degC", 0.01), ("kg/kg", 1e-6), ("ppm", 0.5)
DISTURBANCES = (
    Disturbance("outdoor temperature", "K", 0, 0.1),
    Disturbance("direct normal radiation", "W/m2", 5, 1.0),
    Disturbance("diffuse horizontal radiation", "W/m2", 6, 1.0),
    Disturbance("wind speed", "m/s", 8, 0.05),
    Disturbance("use of the rooms", "1", None, 0.01),
)
_USED = (zones.RADIANT_W, zones.CONVECTIVE_W, zones.MOISTURE_KG_S, zones.BREATHED_CO2)
_PLACE = 3
"""Cells of a table of weather before its first column: where it is."""

_OF_A_ROOM = (
    ("air", _TEMPERATURE, zones.AIR_C),
    ("furniture", _TEMPERATURE, zones.FURNITURE_C),
    ("slab", _TEMPERATURE, zones.SLAB_C),
    ("humidity", _HUMIDITY, zones.HUMIDITY),
    ("CO2", _CO2, zones.CO2_PPM),
)
_OF_A_BOX = (
    ("damper", _SHARE, boxes.DAMPER),
    ("damper's lag", _SHARE, boxes.DAMPER + 1),
    ("reheat valve", _SHARE, boxes.VALVE),
    ("reheat valve's lag", _SHARE, boxes.VALVE + 1),
    ("cooling integral", _SHARE, boxes.COOLING_INTEGRAL),
    ("heating integral", _SHARE, boxes.HEATING_INTEGRAL),
    ("discharge", _TEMPERATURE, boxes.DISCHARGE_C),
)
_OF_A_COIL = (
    ("valve", _SHARE, coils.VALVE),
    ("valve's lag", _SHARE, coils.VALVE + 1),
    ("pump", _SHARE, coils.PUMP),
    ("pump's lag", _SHARE, coils.PUMP + 1),
    ("outlet", _TEMPERATURE, coils.OUTLET_C),
    ("outlet humidity", _HUMIDITY, coils.OUTLET_HUMIDITY),
    ("water supply", _TEMPERATURE, coils.WATER_SUPPLY_C),
    ("water return", _TEMPERATURE, coils.WATER_RETURN_C),
)
_OF_A_LOOP = (("supply", _TEMPERATURE, water.SUPPLY_C), ("return", _TEMPERATURE, water.RETURN_C))
_OF_THE_HANDLER = (
    ("mixed air sensor", _TEMPERATURE, layout.MIXED_C),
    ("return air sensor", _TEMPERATURE, layout.RETURNED_C),
    ("supply air sensor", _TEMPERATURE, layout.SUPPLY_SENSED_C),
    ("fan", _SHARE, layout.FAN),
    ("fan's lag", _SHARE, layout.FAN + 1),
    ("outdoor damper", _SHARE, layout.OUTDOOR_DAMPER),
    ("outdoor damper's lag", _SHARE, layout.OUTDOOR_DAMPER + 1),
    ("return damper", _SHARE, layout.RETURN_DAMPER),
    ("return damper's lag", _SHARE, layout.RETURN_DAMPER + 1),
    ("duct pressure", ("Pa", 0.1), layout.DUCT_PA),
    ("pressure reset integral", _SHARE, layout.RESET_INTEGRAL),
    ("fan loop integral", _SHARE, layout.FAN_INTEGRAL),
    ("supply air loop integral", _SHARE, layout.SUPPLY_INTEGRAL),
    ("freeze loop integral", _SHARE, layout.FREEZE_INTEGRAL),
)
_LATCHES = {
    "operating mode": layout.OPERATION + MODE,
    "fan is on": layout.FAN_IS_ON,
    "supply air loop is on": layout.SUPPLY_IS_ON,
    "freeze stat until": layout.FREEZING_UNTIL_S,
    "economizer is locked": layout.ECONOMIZER_IS_LOCKED,
    "heating pump runs": layout.HEATING_RUNS,
    "cooling pump runs": layout.COOLING_RUNS,
    **{f"box {zone.name} warms": layout.BOXES + n * boxes.CELLS + boxes.WARMING for n, zone in enumerate(ZONES)},
}


def _parts() -> Iterator[StatePart]:
    for number, zone in enumerate(ZONES):
        yield from _named(f"room {zone.name}", layout.ROOMS + number * zones.CELLS, _OF_A_ROOM)
        yield from _named(f"box {zone.name}", layout.BOXES + number * boxes.CELLS, _OF_A_BOX)
    yield from _named("heating coil", layout.HEATING, _OF_A_COIL)
    yield from _named("cooling coil", layout.COOLING, _OF_A_COIL)
    yield from _named("heat pump", layout.HEAT_PUMP, _OF_A_LOOP)
    yield from _named("chiller", layout.CHILLER, _OF_A_LOOP)
    yield from _named("air handler", 0, _OF_THE_HANDLER)


def _named(whose: str, first: int, parts: Sequence[tuple[str, tuple[str, float], int]]) -> Iterator[StatePart]:
    return (StatePart(f"{whose}: {name}", unit, first + cell, moved) for name, (unit, moved), cell in parts)


class OfficeModel:
    """Steps from any state of the office that a plant stands in; the plant does not notice. SI units, but degC."""

    states = tuple(_parts())
    told_names, input_names = TOLD, INPUT_NAMES

    def __init__(self, plant: MultizoneOffice, office: OfficeVariant | None = None) -> None:
        """``plant`` is one of the ``office``, whose weather acts on."""
        self._engine = best()
        self._weather = list(((office or OfficeVariant()).year or chicago_ohare()).table)
        self._unmoved: Sequence[Sequence[float]] = self._engine.rows([self._weather])
        self.cells = plant.cells()

    @property
    def time_s(self) -> float:
        """Where the plant stands."""
        return self.cells[layout.TIME_S]

    def latches(self, cells: Sequence[float]) -> dict[str, float]:
        """What switches: the mode (by its number), pumps, locks."""
        return {name: cells[cell] for name, cell in _LATCHES.items()}

    def disturbances(self, time_s: float, step_s: float) -> list[float]:
        """What acts in the midst of a step, in the order of ``DISTURBANCES``; the temperature in degC."""
        middle_s = time_s + 0.5 * step_s
        weather = weather_at(self._weather, middle_s)
        told = weather.dry_bulb_c, weather.direct_normal, weather.diffuse_horizontal, weather.wind_speed
        return [*told, gain_share(middle_s)]

    def step(
        self, cells: Sequence[float], inputs: Sequence[float], step_s: float, moved: Mapping[Disturbance, float]
    ) -> tuple[list[float], list[float]]:
        """The cells at the end of a step with all inputs held, and what is told then."""
        rows = self._engine.rows
        begun = list(cells)
        for disturbance, by in moved.items():
            if disturbance.column is None:
                for number in range(len(ZONES)):
                    for cell in _USED:
                        at = layout.ROOMS + number * zones.CELLS + cell
                        begun[at] += by * begun[at] / max(gain_share(self.time_s + 0.5 * step_s), 1e-9)
        building, out = rows([begun]), rows([[0.0] * len(TOLD)])
        wrong = self._engine.advance_all(building, self._table(moved), GOING_ON, step_s, rows([inputs]), out)
        if wrong >= 0:
            raise ValueError(f"{INPUT_NAMES[wrong]}: {inputs[wrong]} is outside its limits")
        return [float(cell) for cell in building[0]], [float(value) for value in out[0]]

    def _table(self, moved: Mapping[Disturbance, float]) -> Sequence[Sequence[float]]:
        if all(disturbance.column is None for disturbance in moved):
            return self._unmoved
        table = self._weather
        for disturbance, by in moved.items():
            if disturbance.column is not None:
                first = _PLACE + disturbance.column * HOURS
                column = [value + by for value in table[first : first + HOURS]]
                table = [*table[:first], *column, *table[first + HOURS :]]
        moved_year: Sequence[Sequence[float]] = self._engine.rows([table])
        return moved_year
