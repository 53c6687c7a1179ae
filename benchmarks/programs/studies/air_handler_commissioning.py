"""Active tests of an air handler that is sound, and of ones with a fault each: what was found, missed, or made up."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from benchmarks.programs import figures
from benchmarks.programs.days import STEP_S, Day, day_alone, day_with
from benchmarks.programs.studies.study import EIGHTH_OF_MAY, SIXTH_OF_JULY, Study, degc
from emulators.plants.multizone_office import MultizoneOffice, OfficeParameters
from emulators.plants.multizone_office.parameters import AirHandlerFaults, cooling_coil, heating_coil
from recording.charts import Curve, Panel

_PROGRAM = "air_handler_commissioning"
_NIGHT_H = (0.0, 4.0)
_HEATED_TO_DEGC = 20.0
_CLOGGED = 0.003
_MARKS = {"passed": "ok", "failed": "FAILED", "not testable": "-"}
TESTS: Mapping[str, str] = {
    "mixed and return air agree with the outdoor damper shut": "mixed = return",
    "supply and mixed air agree but for the fan": "supply = mixed",
    "heating valve shuts": "heating shuts",
    "cooling valve shuts": "cooling shuts",
    "dampers pass through the middle": "half",
    "outdoor damper opens, return damper shuts": "full",
    "air flows as well when dampers move": "air",
    "heating valve opens": "heating opens",
    "cooling valve opens": "cooling opens",
}
"""What the tests are called, and in the table."""


@dataclass(frozen=True, slots=True)
class Seeded:
    """A building with something wrong; ``shows_in`` are the tests of which at least one has to say so."""

    parameters: OfficeParameters
    shows_in: Collection[str] = ()


def _faulty(shows_in: Collection[str] = (), **faults: float) -> Seeded:
    return Seeded(OfficeParameters(faults=AirHandlerFaults(**faults)), shows_in)


_WARM, _COLD = heating_coil(), cooling_coil()
SEEDED: Mapping[str, Seeded] = {
    "nothing": _faulty(),
    "heating valve leaks 3 %": _faulty(["heating shuts"], heating_valve_leakage=0.03),
    "heating valve leaks 0.3 %": _faulty(["heating shuts"], heating_valve_leakage=0.003),
    "cooling valve leaks 3 %": _faulty(["cooling shuts"], cooling_valve_leakage=0.03),
    "cooling valve leaks 0.3 %": _faulty(["cooling shuts"], cooling_valve_leakage=0.003),
    "heating valve clogged": Seeded(
        OfficeParameters(heating_coil=replace(_WARM, valve_kg_s=_CLOGGED * _WARM.valve_kg_s)), ["heating opens"]
    ),
    "cooling valve clogged": Seeded(
        OfficeParameters(cooling_coil=replace(_COLD, valve_kg_s=_CLOGGED * _COLD.valve_kg_s)), ["cooling opens"]
    ),
    "outdoor damper stuck open": _faulty(["mixed = return"], outdoor_damper_shuts_to=1.0),
    "outdoor damper stuck at 30 %": _faulty(
        ["mixed = return", "half", "air"], outdoor_damper_shuts_to=0.3, outdoor_damper_opens_to=0.3
    ),
    "outdoor damper stuck shut": _faulty(["air"], outdoor_damper_opens_to=0.0),
    "return damper stuck open": _faulty(["full"], return_damper_shuts_to=1.0),
    "mixed air sensor 2.5 K high": _faulty(["mixed = return"], mixed_air_bias_k=2.5),
    "return air sensor 2.5 K low": _faulty(["mixed = return"], return_air_bias_k=-2.5),
    "supply air sensor 3 K high": _faulty(["supply = mixed"], supply_air_bias_k=3.0),
    "supply air sensor 1.5 K high": _faulty(["supply = mixed"], supply_air_bias_k=1.5),
    "outdoor sensor 3 K high": _faulty(["full"], outdoor_air_bias_k=3.0),
}


def air_handler_commissioning() -> Study:
    """A night in May for each, and what it cost the sound building until the next day's end."""
    nights = {name: _tested(EIGHTH_OF_MAY, one.parameters, _NIGHT_H) for name, one in SEEDED.items()}
    rows = [row(name, night, SEEDED[name].shows_in) for name, night in nights.items()]
    rows.append(row("nothing, on 6 July", _tested(SIXTH_OF_JULY, OfficeParameters(), _NIGHT_H), ()))
    sound, leaking = nights["nothing"], nights["heating valve leaks 3 %"]
    alone, tested = day_alone(EIGHTH_OF_MAY), _tested(EIGHTH_OF_MAY, OfficeParameters())
    return Study(
        "8 May: tests of an air handler at night",
        ("seeded", *TESTS.values(), "so it was"),
        rows,
        sound.hours,
        (
            Panel("Outdoor damper, %", [Curve("", _percent(sound, "yOA"), stepped=True)], height=90.0),
            Panel("Mixed and return air, °C", [_air("mixed", sound, "TMix"), _air("return", sound, "TRet")]),
            Panel("Supply above mixed air, K", [_over_coils("sound", sound), _over_coils("leaking 3 %", leaking)]),
            Panel("Coldest zone, °C", [_coldest("left alone", alone), _coldest("tested", sound)], from_zero=False),
        ),
        shown_h=(0.0, 1.6),
        notes=_cost(alone, tested),
    )


def _tested(day: int, parameters: OfficeParameters, hours: tuple[float, float] = (0.0, 24.0)) -> Day:
    return day_with(day, _PROGRAM, hours=hours, plant=lambda: MultizoneOffice(parameters))


def results(night: Day) -> Mapping[str, str]:
    """What each test said; empty where no course has ended."""
    told = [record.facts["results"] for record in night.records if "results" in record.facts]
    return dict(told[-1]) if told and isinstance(told[-1], Mapping) else {}


def row(name: str, night: Day, shows_in: Collection[str]) -> Sequence[str]:
    """A line of the table."""
    said = results(night)
    marks = [_MARKS[said[test]] for test in TESTS]
    failed = [short for test, short in TESTS.items() if said[test] == "failed"]
    if not shows_in:
        return (name, *marks, "false alarm" if failed else "no alarm")
    return (name, *marks, "found" if set(failed) & set(shows_in) else "missed")


def _cost(alone: Day, tested: Day) -> Sequence[str]:
    """Of the night and the day after it, in the sound building."""
    kwh = figures.kwh(tested, figures.ALL) - figures.kwh(alone, figures.ALL)
    before, after = (min(min(figures.zone_degc(day, zone)) for zone in figures.ZONES) for day in (alone, tested))
    cold, too = (figures.kelvin_hours_below(day, _HEATED_TO_DEGC) for day in (alone, tested))
    return (
        f"electricity of the whole day: {kwh:+.1f} kWh",
        f"coldest zone of the whole day: {after:.1f} °C instead of {before:.1f} °C",
        f"K h below {_HEATED_TO_DEGC:g} °C in occupied hours: {too:.2f} instead of {cold:.2f}",
    )


def _percent(day: Day, signal: str) -> list[float]:
    return [100.0 * value for value in day.column(f"hvac_oveAhu_{signal}_u")]


def _air(name: str, day: Day, sensor: str) -> Curve:
    return Curve(name, degc(day.column(f"hvac_reaAhu_{sensor}_y")))


def _over_coils(name: str, day: Day) -> Curve:
    pairs = zip(day.column("hvac_reaAhu_TSup_y"), day.column("hvac_reaAhu_TMix_y"), strict=True)
    return Curve(name, [supply - mixed for supply, mixed in pairs])


def _coldest(name: str, day: Day) -> Curve:
    count = round((_NIGHT_H[1] - _NIGHT_H[0]) * 3600.0 / STEP_S)
    zones = [figures.zone_degc(day, zone)[:count] for zone in figures.ZONES]
    return Curve(name, [min(values) for values in zip(*zones, strict=True)])
