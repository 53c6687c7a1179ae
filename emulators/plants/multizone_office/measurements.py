"""The building's state under BOPTEST's measurement names, SI units."""

from __future__ import annotations

from functools import cache

from emulators.plants.multizone_office.building import OfficeBuilding
from emulators.plants.multizone_office.water import WaterLoop
from emulators.plants.psychrometrics import KELVIN
from emulators.plants.weather import WeatherYear, boptest_points


def measurements(building: OfficeBuilding, year: WeatherYear) -> dict[str, float]:
    """Every measurement at the building's time."""
    state = _source("chi", "PChi", building.chiller) | _source("heaPum", "PHeaPum", building.heat_pump)
    state |= _air_handler(building)
    for index in range(len(building.rooms)):
        state |= _zone(building, index)
    weather = boptest_points(year.location, year.at(building.time_s))
    state |= {_station_name(name): value for name, value in weather.items()}
    return state


def _source(prefix: str, power: str, loop: WaterLoop) -> dict[str, float]:
    return {
        f"{prefix}_reaFloSup_y": loop.volume_flow,
        f"{prefix}_rea{power}_y": loop.power,
        f"{prefix}_reaPPumDis_y": loop.pump_power,
        f"{prefix}_reaTRet_y": loop.return_c + KELVIN,
        f"{prefix}_reaTSup_y": loop.supply_c + KELVIN,
    }


def _air_handler(building: OfficeBuilding) -> dict[str, float]:
    air, handler = building.air, building.handler
    return {
        "hvac_reaAhu_PFanSup_y": air.fan_power,
        "hvac_reaAhu_PPumCoo_y": handler.cooling.pump_power,
        "hvac_reaAhu_PPumHea_y": handler.heating.pump_power,
        "hvac_reaAhu_TCooCoiRet_y": handler.cooling.water_return.value + KELVIN,
        "hvac_reaAhu_TCooCoiSup_y": handler.cooling.water_supply.value + KELVIN,
        "hvac_reaAhu_THeaCoiRet_y": handler.heating.water_return.value + KELVIN,
        "hvac_reaAhu_THeaCoiSup_y": handler.heating.water_supply.value + KELVIN,
        "hvac_reaAhu_TMix_y": handler.mixed.value + KELVIN,
        "hvac_reaAhu_TRet_y": handler.returned.value + KELVIN,
        "hvac_reaAhu_TSup_y": handler.supply.value + KELVIN,
        "hvac_reaAhu_V_flow_ret_y": air.return_flow,
        "hvac_reaAhu_V_flow_sup_y": air.flow,
        "hvac_reaAhu_dp_sup_y": air.duct_pressure,
    }


def _zone(building: OfficeBuilding, index: int) -> dict[str, float]:
    room = building.rooms[index]
    prefix = f"hvac_reaZon{room.zone.name.capitalize()}"
    return {
        f"{prefix}_CO2Zon_y": room.co2,
        f"{prefix}_TSup_y": building.boxes[index].discharge.value + KELVIN,
        f"{prefix}_TZon_y": room.temperature + KELVIN,
        f"{prefix}_V_flow_y": building.air.zone_flows[index],
    }


@cache
def _station_name(name: str) -> str:
    return f"weaSta_reaWea{name[0].upper()}{name[1:]}_y"
