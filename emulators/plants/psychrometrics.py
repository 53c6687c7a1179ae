"""Moist air: temperatures in degC, pressures in Pa, humidity ratios in kg/kg of dry air, enthalpies in J/kg."""

from __future__ import annotations

from math import exp

KELVIN = 273.15
ATMOSPHERE_PA = 101325.0
"""The BOPTEST case holds the pressure constant (boptest-api section 12, ``weaSta_reaWeaPAtm_y``)."""

CP_DRY_AIR = 1006.0
"""J/(kg K)."""
CP_VAPOUR = 1860.0
"""J/(kg K)."""
EVAPORATION_HEAT = 2.501e6
"""J/kg at 0 degC."""

_MOLAR_MASS_RATIO = 0.62198
_PSYCHROMETER_PER_K = CP_DRY_AIR / (_MOLAR_MASS_RATIO * EVAPORATION_HEAT)
_WET_BULB_ITERATIONS = 24


def saturation_pressure(temperature_c: float) -> float:
    """Pa over water, over ice below 0 degC (Magnus form of WMO guide no. 8)."""
    if temperature_c >= 0.0:
        return 611.2 * exp(17.62 * temperature_c / (243.12 + temperature_c))
    return 611.2 * exp(22.46 * temperature_c / (272.62 + temperature_c))


def saturation_humidity_ratio(temperature_c: float) -> float:
    """Humidity ratio of saturated air."""
    pressure_pa = saturation_pressure(temperature_c)
    return _MOLAR_MASS_RATIO * pressure_pa / (ATMOSPHERE_PA - pressure_pa)


def enthalpy(temperature_c: float, ratio: float) -> float:
    """J per kg of dry air, counted from 0 degC and liquid water."""
    return CP_DRY_AIR * temperature_c + ratio * (EVAPORATION_HEAT + CP_VAPOUR * temperature_c)


def wet_bulb(dry_bulb_c: float, relative_humidity: float) -> float:
    """Wet-bulb temperature (adiabatic saturation, by bisection), degC."""
    vapour = relative_humidity * saturation_pressure(dry_bulb_c)
    low, high = dry_bulb_c - 40.0, dry_bulb_c
    for _ in range(_WET_BULB_ITERATIONS):
        middle = 0.5 * (low + high)
        balance = saturation_pressure(middle) - _PSYCHROMETER_PER_K * ATMOSPHERE_PA * (dry_bulb_c - middle)
        low, high = (low, middle) if balance > vapour else (middle, high)
    return 0.5 * (low + high)
