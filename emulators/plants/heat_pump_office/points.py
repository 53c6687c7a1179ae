"""The names, units and limits of the case, and where each stands among the cells. SI units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from emulators.plant import PointMeta, TestCaseMeta
from emulators.plants.cells import Cells, Table
from emulators.plants.heat_pump_office import heat_pump, thermostat
from emulators.plants.heat_pump_office.layout import GRID, LIT_W, METERED_W, ROOMS, THERMOSTATS, TIME_S, UNITS
from emulators.plants.heat_pump_office.parameters import FLOOR_AREA_M2, ZONES, HeatPumpZone
from emulators.plants.override import ACTIVE, IN_FORCE, OVERRIDE_CELLS, STORED
from emulators.plants.psychrometrics import KELVIN
from emulators.plants.rooms import zones
from emulators.plants.rooms.envelope import AIR_DENSITY
from emulators.plants.weather import WEATHER_POINTS, weather_at, weather_values

NAME = "heat_pump_office"
METER = "sit_reaMet_PEle_y"
VALUE, ACTIVATE = "_u", "_activate"

META = TestCaseMeta(
    name=NAME,
    floor_area_m2=FLOOR_AREA_M2,
    default_step_s=900.0,
    periods={"peak_heat_day": 36, "typical_heat_day": 14},
    kpi_sources={
        "ElectricPower": [METER],
        **{f"AirZoneTemperature[{zone.name}]": [f"hvac_reaZon{zone.name.capitalize()}_TZon_y"] for zone in ZONES},
        **{f"CO2Concentration[{zone.name}]": [f"hvac_reaZon{zone.name.capitalize()}_CO2Zon_y"] for zone in ZONES},
    },
)
"""Units only heat, so both periods are in winter. The meter counts, with lights and plugs: a demand is billed so."""

_LIMITS = {"TZonHeaSet": ("K", 278.15, 303.15)}
_SIGNAL = ("1", 0.0, 1.0)
_DESCRIPTIONS = {
    "TZonHeaSet": "Heating set-point of zone {}",
    "yEna": "Heat pump may run in zone {} (1) or not (0)",
    "yWarUp": "Zone {} warms up to its occupied set-point now (1)",
    "yAuxLoc": "Electric back-up locked out in zone {} (1)",
    "yCom": "Compressor command in zone {}",
    "yAux": "Electric back-up command in zone {}",
    "yFan": "Fan command in zone {}",
}
_OF_THE_ZONE = ("TZonHeaSet", "yEna", "yWarUp", "yAuxLoc")
"""What is asked of a unit; everything else is an output of its own control."""


class InputPlace(NamedTuple):
    """An input: the cell that it is written to, the one that tells what is in force, and its limits."""

    written: int
    told: int
    low: float
    high: float


class Override(NamedTuple):
    """One place where a caller may take over: its first cell, and how the case tells it."""

    at: int
    meta: PointMeta


def _overrides() -> Iterator[tuple[str, Override]]:
    for number, zone in enumerate(ZONES):
        for place, name in enumerate(thermostat.OVERRIDES):
            part = "Sup" if name in _OF_THE_ZONE else "Act"
            unit, low, high = _LIMITS.get(name, _SIGNAL)
            cell = THERMOSTATS + number * thermostat.CELLS + place * OVERRIDE_CELLS
            meta = PointMeta(unit, _DESCRIPTIONS[name].format(zone.name), low, high)
            yield f"hvac_oveZon{part}{zone.name.capitalize()}_{name}", Override(cell, meta)
    yield "sit_oveMet_yGri", Override(GRID, PointMeta("1", "Power from the utility (1) or an outage (0)", 0.0, 1.0))


OVERRIDES = dict(_overrides())
"""All that can be overridden, by its name without suffix."""


def _inputs() -> Iterator[tuple[str, PointMeta, InputPlace]]:
    for name, (at, meta) in OVERRIDES.items():
        activation = PointMeta(None, f"Activation for {meta.description}")
        yield name + ACTIVATE, activation, InputPlace(at + ACTIVE, at + ACTIVE, 0.0, 1.0)
        if meta.minimum is not None and meta.maximum is not None:
            yield name + VALUE, meta, InputPlace(at + STORED, at + IN_FORCE, meta.minimum, meta.maximum)


INPUTS: Mapping[str, PointMeta] = {name: meta for name, meta, _ in _inputs()}
INPUT_PLACES = {name: place for name, _, place in _inputs()}


def fit_inputs(b: Cells) -> None:
    """Nothing is overridden. Until a value is given, the stored one is the smallest allowed: 0 for a signal."""
    for name, (written, told, low, _) in INPUT_PLACES.items():
        b[written] = b[told] = low if name.endswith(VALUE) else 0.0


def give(b: Cells, inputs: Mapping[str, float]) -> None:
    """Take over what the caller changed: all of it, or nothing when something is wrong; the rest keeps its last value.

    Raises KeyError for a name that is no input, ValueError for a number that is outside its limits or NaN.
    """
    given = [(name, INPUT_PLACES[name], value) for name, value in inputs.items()]
    for name, (_, _, low, high), value in given:
        if not low <= value <= high:
            raise ValueError(f"{name}: {value} is not within {low} to {high}")
    for name, (written, *_), value in given:
        b[written] = float(value >= 0.5) if name.endswith(ACTIVATE) else float(value)


_OF_A_UNIT = {
    "TSup": ("K", "Supply air temperature of the heat pump of zone {}"),
    "V_flow": ("m3/s", "Supply air flow of the heat pump of zone {}"),
    "PHeaPum": ("W", "Electric power of the heat pump of zone {}: compressor, back-up and fan"),
    "PCom": ("W", "Electric power of the compressor of zone {}"),
    "PAux": ("W", "Electric power of the back-up of zone {}"),
    "PFan": ("W", "Electric power of the fan of zone {}"),
    "yCom": ("1", "Whether the compressor of zone {} runs"),
    "yDef": ("1", "Whether the heat pump of zone {} defrosts"),
    "yFro": ("1", "Frost on the outdoor coil of zone {}, 0 to 1"),
}
_OF_A_ZONE = {
    "TZon": ("K", "Air temperature of zone {}"),
    "CO2Zon": ("ppm", "CO2 of zone {}"),
    **_OF_A_UNIT,
}
_WEATHER_UNITS = {
    "relHum": "1", "pAtm": "Pa", "winSpe": "m/s", "winDir": "rad", "nTot": "1", "nOpa": "1", "ceiHei": "m",
    "cloTim": "s", "solTim": "s",
}  # fmt: skip


def _weather_unit(name: str) -> str:
    if name in _WEATHER_UNITS:
        return _WEATHER_UNITS[name]
    return "K" if name.startswith("T") else "W/m2" if name.startswith("H") else "rad"


def _measurements() -> Iterator[tuple[str, PointMeta]]:
    for zone in ZONES:
        for name, (unit, description) in _OF_A_ZONE.items():
            yield f"hvac_reaZon{zone.name.capitalize()}_{name}_y", PointMeta(unit, description.format(zone.name))
    yield METER, PointMeta("W", "Electric power of the building: heat pumps, lights and plugs")
    yield "sit_reaMet_PBas_y", PointMeta("W", "Electric power of lights and plugs")
    for name in WEATHER_POINTS:
        yield f"weaSta_reaWea{name[0].upper()}{name[1:]}_y", PointMeta(_weather_unit(name), f"Weather: {name}")


MEASUREMENTS: Mapping[str, PointMeta] = dict(_measurements())


def _forecast_points() -> Iterator[tuple[str, PointMeta]]:
    for name in WEATHER_POINTS:
        yield name, PointMeta(_weather_unit(name), f"Weather: {name}")
    for name in ("Constant", "Dynamic", "HighlyDynamic"):
        yield f"PriceElectricPower{name}", PointMeta("($/Euro)/kWh", f"Price of electricity, {name}")
    yield "EmissionsElectricPower", PointMeta("kgCO2/kWh", "Emissions of electricity")
    for zone in ZONES:
        yield from _forecast_of(zone)


def _forecast_of(zone: HeatPumpZone) -> Iterator[tuple[str, PointMeta]]:
    for part, what in (("Rad", "Radiant"), ("Con", "Convective"), ("Lat", "Latent")):
        yield f"InternalGains{part}[{zone.name}]", PointMeta("W", f"{what} internal gains of zone {zone.name}")
    yield f"Occupancy[{zone.name}]", PointMeta("number of people", f"People in zone {zone.name}")
    yield f"LowerSetp[{zone.name}]", PointMeta("K", f"Lower comfort limit of zone {zone.name}")
    yield f"UpperSetp[{zone.name}]", PointMeta("K", f"Upper comfort limit of zone {zone.name}")
    yield f"UpperCO2[{zone.name}]", PointMeta("ppm", f"CO2 limit of zone {zone.name}")


FORECAST_POINTS: Mapping[str, PointMeta] = dict(_forecast_points())


def tell(b: Table, year: Table) -> dict[str, float]:
    """Every measurement and input at the building's time."""
    values: list[float] = []
    for number in range(len(ZONES)):
        r, u = ROOMS + number * zones.CELLS, UNITS + number * heat_pump.CELLS
        values += (b[r + zones.AIR_C] + KELVIN, b[r + zones.CO2_PPM])
        values += _of_a_unit(b, u)
    values += (b[METERED_W], b[LIT_W])
    values += weather_values(year, weather_at(year, b[TIME_S]))
    state = dict(zip(MEASUREMENTS, values, strict=True))
    return state | {name: b[place.told] for name, place in INPUT_PLACES.items()}


def _of_a_unit(b: Table, u: int) -> tuple[float, ...]:
    compressor_w, backup_w, fan_w = b[u + heat_pump.COMPRESSOR_W], b[u + heat_pump.BACKUP_W], b[u + heat_pump.FAN_W]
    return (
        b[u + heat_pump.DISCHARGE_C] + KELVIN,
        b[u + heat_pump.KG_S] / AIR_DENSITY,
        compressor_w + backup_w + fan_w,
        compressor_w,
        backup_w,
        fan_w,
        b[u + heat_pump.RUNS],
        b[u + heat_pump.DEFROSTS],
        b[u + heat_pump.FROST],
    )
