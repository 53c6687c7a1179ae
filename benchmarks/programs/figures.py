"""What is counted of a day: electricity by consumer, discomfort, demand by quarter of an hour."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from benchmarks.programs.days import DAY_S, HOUR_S, STEP_S, Day

ZONES: Mapping[str, str] = {"core": "Cor", "south": "Sou", "east": "Eas", "north": "Nor", "west": "Wes"}
FAN = ("hvac_reaAhu_PFanSup_y",)
CHILLER = ("chi_reaPChi_y", "chi_reaPPumDis_y", "hvac_reaAhu_PPumCoo_y")
HEAT_PUMP = ("heaPum_reaPHeaPum_y", "heaPum_reaPPumDis_y", "hvac_reaAhu_PPumHea_y")
ALL = (*FAN, *CHILLER, *HEAT_PUMP)
OPEN_H = (6.0, 19.0)
"""The building's own occupied hours."""
_KELVIN = 273.15
_WINDOW_S = 900.0


def kwh(day: Day, consumers: Iterable[str], hours: tuple[float, float] | None = None) -> float:
    """Electricity of a day, or of some of its hours."""
    names = tuple(consumers)
    states = day.states if hours is None else day.between(*hours)
    return sum(state[name] for state in states for name in names) * STEP_S / 3.6e6


def cost(day: Day, number: int, price: Callable[[float], float]) -> float:
    """What the electricity of day ``number`` costs, $; ``price`` is that of a kWh at a time of the year in s."""
    middle_s = -0.5 * STEP_S
    times_s = (number * DAY_S + hour * HOUR_S + middle_s for hour in day.hours)
    return sum(kw * price(time_s) for kw, time_s in zip(power_kw(day), times_s, strict=True)) * STEP_S / HOUR_S


def zone_degc(day: Day, zone: str) -> list[float]:
    """A zone's temperature."""
    return [value - _KELVIN for value in day.column(f"hvac_reaZon{ZONES[zone]}_TZon_y")]


def kelvin_hours(
    day: Day, above_degc: float, hours: tuple[float, float] = OPEN_H, zones: Iterable[str] = tuple(ZONES)
) -> float:
    """Sum over zones and occupied hours of what zones are too warm by, K h."""
    names = [f"hvac_reaZon{ZONES[zone]}_TZon_y" for zone in zones]
    excess = (max(0.0, state[name] - _KELVIN - above_degc) for state in day.between(*hours) for name in names)
    return sum(excess) * STEP_S / 3600.0


def kelvin_hours_below(day: Day, below_degc: float, hours: tuple[float, float] = OPEN_H) -> float:
    """The same of what zones are too cold by."""
    names = [f"hvac_reaZon{zone}_TZon_y" for zone in ZONES.values()]
    missing = (max(0.0, below_degc - state[name] + _KELVIN) for state in day.between(*hours) for name in names)
    return sum(missing) * STEP_S / 3600.0


def warmest_degc(day: Day, hours: tuple[float, float]) -> float:
    """The warmest zone's highest temperature in some hours."""
    names = [f"hvac_reaZon{zone}_TZon_y" for zone in ZONES.values()]
    return max(state[name] for state in day.between(*hours) for name in names) - _KELVIN


def power_kw(day: Day) -> list[float]:
    """All electricity of the plant."""
    columns = [day.column(name) for name in ALL]
    return [sum(values) / 1000.0 for values in zip(*columns, strict=True)]


def demand_kw(day: Day) -> list[float]:
    """The mean power of the quarter of an hour that each half minute belongs to."""
    power = power_kw(day)
    size = round(_WINDOW_S / STEP_S)
    means = [sum(power[start : start + size]) / size for start in range(0, len(power), size)]
    return [means[number // size] for number in range(len(power))]


def highest_kw(day: Day, hours: tuple[float, float]) -> float:
    """The highest demand of the windows that end in some hours."""
    shown = zip(day.hours, demand_kw(day), strict=True)
    return max(value for hour, value in shown if hours[0] < hour <= hours[1])


def thinned(values: Sequence[float], every: int) -> list[float]:
    """Every so many-th value, the last of each group."""
    return list(values[every - 1 :: every])
