"""The building's state under BOPTEST's measurement names, SI units."""

from __future__ import annotations

from emulators.plants.cells import Cells, Table
from emulators.plants.multizone_office.air.air_network import return_flow
from emulators.plants.multizone_office.bench.control import outdoor_air
from emulators.plants.multizone_office.bench.people import people_at
from emulators.plants.multizone_office.interface.overrides import (
    BENCH_INPUTS,
    INPUTS,
    tell_inputs,
    tell_inputs_beyond,
)
from emulators.plants.multizone_office.interface.points import bench_points
from emulators.plants.multizone_office.layout import (
    BOXES,
    CHILLER,
    COOLING,
    DUCT_PA,
    FAN_W,
    FLOW,
    HEAT_PUMP,
    HEATING,
    MIXED_C,
    OUTDOOR_BIAS_K,
    RETURNED_C,
    ROOMS,
    SUPPLY_SENSED_C,
    TIME_S,
    ZONE_COUNT,
    ZONE_FLOWS,
)
from emulators.plants.multizone_office.parameters import ZONES
from emulators.plants.multizone_office.parts import boxes, coils, water
from emulators.plants.multizone_office.parts.coils import coil_pump_power
from emulators.plants.multizone_office.parts.water import WATER_DENSITY, loop_pump_power
from emulators.plants.prices import by_time_of_use
from emulators.plants.psychrometrics import KELVIN
from emulators.plants.rooms import zones
from emulators.plants.weather import WEATHER_POINTS, weather_at, weather_values

_LOOP = ("FloSup", "P{}", "PPumDis", "TRet", "TSup")
_AIR_HANDLER = (
    "PFanSup", "PPumCoo", "PPumHea", "TCooCoiRet", "TCooCoiSup", "THeaCoiRet", "THeaCoiSup", "TMix", "TRet", "TSup",
    "V_flow_ret", "V_flow_sup", "dp_sup",
)  # fmt: skip
_ZONE = ("CO2Zon", "TSup", "TZon", "V_flow")

MEASUREMENTS = (
    *(f"{loop}_rea{name.format(power)}_y" for loop, power in (("chi", "Chi"), ("heaPum", "HeaPum")) for name in _LOOP),
    *(f"hvac_reaAhu_{name}_y" for name in _AIR_HANDLER),
    *(f"hvac_reaZon{zone.name.capitalize()}_{name}_y" for zone in ZONES for name in _ZONE),
    *(f"weaSta_reaWea{name[0].upper()}{name[1:]}_y" for name in WEATHER_POINTS),
)
TOLD = (*MEASUREMENTS, *INPUTS)
"""The names of all that is told of a building, in its order."""
_BEYOND = tuple(name for name in bench_points().measurements if name not in MEASUREMENTS)
"""The tariff, the flow station, and of each zone people and the occupancy sensor."""
BENCH_TOLD = (*TOLD, *_BEYOND, *(name for name in BENCH_INPUTS if name not in INPUTS))
"""The same of the bench's case: first all that is told of the standard one."""
_TOLD_OF_A_ZONE = len(_ZONE)
_HANDLER_FIRST = 2 * len(_LOOP)
_ZONES_FIRST = _HANDLER_FIRST + len(_AIR_HANDLER)
_WEATHER_FIRST = _ZONES_FIRST + len(_ZONE) * ZONE_COUNT
_WEATHER_COUNT = len(WEATHER_POINTS)
_DRY_BULB = _WEATHER_FIRST + WEATHER_POINTS.index("TDryBul")
_INPUTS_FIRST = len(MEASUREMENTS)
_BEYOND_FIRST, _INPUTS_BEYOND_FIRST = len(TOLD), len(TOLD) + len(_BEYOND)


def tell(b: Table, year: Table, out: Cells) -> None:
    """Write every measurement and input at the building's time to ``out``, in the order of ``TOLD``."""
    tell_building(b, out)
    weather = weather_values(year, weather_at(year, b[TIME_S]))
    for number in range(_WEATHER_COUNT):
        out[_WEATHER_FIRST + number] = weather[number]
    out[_DRY_BULB] += b[OUTDOOR_BIAS_K]
    tell_inputs(b, out, _INPUTS_FIRST)


def tell_beyond(b: Table, year: Table, out: Cells) -> None:
    """Write what is only told of the bench's case, in the order of ``BENCH_TOLD``."""
    out[_BEYOND_FIRST] = by_time_of_use(b[TIME_S])
    out[_BEYOND_FIRST + 1] = outdoor_air(b)
    for zone in range(ZONE_COUNT):
        people, first = people_at(year, zone, b[TIME_S]), _BEYOND_FIRST + 2 + 2 * zone
        out[first] = people
        out[first + 1] = 1.0 if people > 0.0 else 0.0
    tell_inputs_beyond(b, out, _INPUTS_BEYOND_FIRST)


def tell_building(b: Table, out: Cells) -> None:
    """The same without the weather and without what is commanded: all that KPIs are counted of."""
    _tell_loop(b, CHILLER, out, 0)
    _tell_loop(b, HEAT_PUMP, out, 5)
    _tell_air_handler(b, out, _HANDLER_FIRST)
    for zone in range(ZONE_COUNT):
        r, x, first = ROOMS + zone * zones.CELLS, BOXES + zone * boxes.CELLS, _ZONES_FIRST + zone * _TOLD_OF_A_ZONE
        out[first] = b[r + zones.CO2_PPM]
        out[first + 1] = b[x + boxes.DISCHARGE_C] + KELVIN
        out[first + 2] = b[r + zones.AIR_C] + KELVIN
        out[first + 3] = b[ZONE_FLOWS + zone]


def _tell_loop(b: Table, loop: int, out: Cells, first: int) -> None:
    out[first] = b[loop + water.FLOW_KG_S] / WATER_DENSITY
    out[first + 1] = b[loop + water.POWER_W]
    out[first + 2] = loop_pump_power(b, loop)
    out[first + 3] = b[loop + water.RETURN_C] + KELVIN
    out[first + 4] = b[loop + water.LEAVING_C] + KELVIN


def _tell_air_handler(b: Table, out: Cells, first: int) -> None:
    out[first] = b[FAN_W]
    out[first + 1] = coil_pump_power(b, COOLING)
    out[first + 2] = coil_pump_power(b, HEATING)
    out[first + 3] = b[COOLING + coils.WATER_RETURN_C] + KELVIN
    out[first + 4] = b[COOLING + coils.WATER_SUPPLY_C] + KELVIN
    out[first + 5] = b[HEATING + coils.WATER_RETURN_C] + KELVIN
    out[first + 6] = b[HEATING + coils.WATER_SUPPLY_C] + KELVIN
    out[first + 7] = b[MIXED_C] + KELVIN
    out[first + 8] = b[RETURNED_C] + KELVIN
    out[first + 9] = b[SUPPLY_SENSED_C] + KELVIN
    out[first + 10] = return_flow(b)
    out[first + 11] = b[FLOW]
    out[first + 12] = b[DUCT_PA]
