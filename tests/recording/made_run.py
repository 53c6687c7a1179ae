"""Recordings that are made up: any values, in the shape that the bridge's recordings have."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from recording import BRIDGE, GOOD, MISSING, Direction, Event, RecordedStep, Signal
from recording.part_file import Batch, PartFile
from utils.clocks import ModelSeconds, UnixSeconds, model_datetime
from utils.values import PointValue

BEGAN_S = UnixSeconds(1_790_000_000.0)
YEAR = 2023
JULY_6_S = 186 * 86_400.0
_ZONES = {"Cor": "Core", "Sou": "South", "Eas": "East", "Nor": "North", "Wes": "West"}
_KELVIN = 273.15
Values = Mapping[str, PointValue | None]


@dataclass
class MadeRun:
    """What is recorded. ``values`` tells the simulation's points by model time, ``sent`` the overrides."""

    name: str = "20260706-093000-bridge-00ab"
    times_s: Sequence[float] = ()
    values: Callable[[float], Values] = field(default=lambda _: {})
    sent: Callable[[float], Values] = field(default=lambda _: {})
    tied: Sequence[Signal] = ()
    """Points of controllers; they have the value that the simulation has by the same name."""
    groups: Mapping[str, Callable[[float], bool]] = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)
    events: Sequence[Event] = ()
    episode_of: Callable[[int], int] = field(default=lambda _: 0)
    late: Callable[[int], bool] = field(default=lambda _: False)
    units: Mapping[str, str] = field(default_factory=dict)
    stream: str = BRIDGE

    def write(self, folder: Path) -> Path:
        """Write it, and return its file."""
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{self.name}.run"
        steps = [(self.stream, step) for step in self._steps()]
        streams = {self.stream: self._signals()} if self.times_s else {}
        part = PartFile(file, self.name, 1, BEGAN_S, Batch(streams, steps, self.events, self.facts))
        part.end(UnixSeconds(BEGAN_S + len(self.times_s)), "ended")
        return file

    def _signals(self) -> list[Signal]:
        first = self.times_s[0]
        return [
            *self.tied,
            *(Signal(f"{name} active", equipment=name) for name in self.groups),
            *(self._of_building(name, Direction.FROM_SIMULATION, "") for name in self.values(first)),
            *(self._of_building(name, Direction.TO_SIMULATION, "sent ") for name in self.sent(first)),
        ]

    def _of_building(self, name: str, direction: Direction, before: str) -> Signal:
        unit = self.units.get(name, "")
        return Signal(f"{before}{name}" + (f" [{unit}]" if unit else ""), unit, name, direction=direction)

    def _steps(self) -> Iterator[RecordedStep]:
        for number, time_s in enumerate(self.times_s):
            told = self.values(time_s)
            values: list[PointValue | None] = [
                *(told.get(signal.point) for signal in self.tied),
                *(is_active(time_s) for is_active in self.groups.values()),
                *told.values(),
                *self.sent(time_s).values(),
            ]
            qualities = bytes(MISSING if value is None else GOOD for value in values)
            local = model_datetime(ModelSeconds(time_s), YEAR).isoformat(timespec="seconds")
            wall_s = UnixSeconds(BEGAN_S + 0.1 * number)
            moment = (number, ModelSeconds(time_s), wall_s, values, qualities, local)
            yield RecordedStep(*moment, self.late(number), 0.02, episode=self.episode_of(number))


def made_office(days: float, step_s: float = 300.0, first_s: float = JULY_6_S, **changes: object) -> MadeRun:
    """Days of an office with five zones that looks like the embedded one, computed from sines alone."""
    count = round(days * 86_400.0 / step_s)
    name = str(changes.pop("name", "20260706-093000-bridge-00ab"))
    office = MadeRun(
        name,
        [first_s + step_s * number for number in range(count + 1)],
        _office,
        lambda time_s: {"hvac_oveAhu_yCoo_activate": float(_is_open(time_s)), "hvac_oveAhu_yCoo_u": _cooling(time_s)},
        [*_sensors()],
        {"AHU": _is_open},
        office_facts(first_s, step_s),
        units={point: str(told["unit"]) for point, told in _METADATA.items()},
    )
    for key, value in changes.items():
        setattr(office, key, value)
    return office


def office_facts(first_s: float, step_s: float) -> dict[str, object]:
    """What ran."""
    return {
        "kind": "bridge",
        "versions": {"bench": "0.1.0", "python": "3.11"},
        "settings": {"BOP_STEP_TIME": step_s},
        "configs": {"AHU.json": '{"points": [{}, {}]}'},
        "test_case": {"name": "multizone_office_simple_air", "url": "http://127.0.0.1:5000", "version": "0.9.0"},
        "episode": {
            "start_time_s": first_s,
            "warmup_s": 86_400,
            "step_s": step_s,
            "first_year": YEAR,
            "time_scale": 60,
        },
        "controllers": {"10.0.0.5": {"equipment": ["AHU"], "model": "ECY-S1000", "firmware": "1.20"}},
        "metadata": _METADATA,
        "kpis": {"tdis_tot": 0.25, "ener_tot": 1.5, "pgas_tot": None},
        "receipts": [{"device": "10.0.0.5", "what": "AnalogValue 1 slot 14", "outcome": "released"}],
        "unit_system": "SI",
    }


def _hour(time_s: float) -> float:
    return time_s % 86_400.0 / 3600.0


def _is_open(time_s: float) -> bool:
    return 6.0 <= _hour(time_s) < 19.0


def _cooling(time_s: float) -> float:
    return max(0.0, math.sin((_hour(time_s) - 6.0) * math.pi / 13.0)) * 0.8 + 0.02 * math.sin(time_s / 97.0) ** 2


def _office(time_s: float) -> dict[str, PointValue | None]:
    is_open, day = _is_open(time_s), math.sin((_hour(time_s) - 9.0) * math.pi / 12.0)
    values: dict[str, PointValue | None] = {
        "weaSta_reaWeaTDryBul_y": _KELVIN + 22.0 + 7.0 * day + 0.2 * math.sin(time_s / 311.0),
        "weaSta_reaWeaHGloHor_y": max(0.0, 800.0 * day),
        "hvac_reaAhu_TSup_y": _KELVIN + (12.5 + 0.3 * math.sin(time_s / 120.0) if is_open else 20.0),
        "hvac_oveAhu_TSupSet_u": _KELVIN + 12.5,
        "hvac_oveAhu_TSupSet_activate": 0.0,
        "hvac_oveAhu_yFan_u": 0.6 if is_open else 0.0,
        "hvac_oveAhu_yCoo_u": _cooling(time_s),
        "hvac_oveAhu_yCoo_activate": float(is_open),
        "hvac_oveAhu_yHea_u": 0.0,
        "chi_reaPChi_y": 20_000.0 * _cooling(time_s),
        "hvac_reaAhu_PFanSup_y": 3_000.0 * is_open,
    }
    for number, zone in enumerate(_ZONES):
        ripple = 0.4 * math.sin(time_s / (700.0 + 50.0 * number)) + 0.05 * math.sin(time_s / 41.0)
        values[f"hvac_reaZon{zone}_TZon_y"] = _KELVIN + (23.5 + ripple if is_open else 26.0 + ripple)
        values[f"hvac_reaZon{zone}_CO2Zon_y"] = 450.0 + 300.0 * is_open + 100.0 * ripple
        values[f"hvac_oveZonSup{zone}_TZonHeaSet_u"] = _KELVIN + (20.0 if is_open else 12.0)
        values[f"hvac_oveZonSup{zone}_TZonCooSet_u"] = _KELVIN + (24.0 if is_open else 30.0)
        values[f"hvac_oveZonAct{zone}_yDam_u"] = 0.5 + ripple if is_open else 0.15
        values[f"hvac_oveZonAct{zone}_yReaHea_u"] = max(0.0, -ripple)
    return values


def _described(name: str) -> dict[str, object]:
    unit = "ppm" if "CO2" in name else "W" if "_reaP" in name or "_PFan" in name else "W/m2" if "HGlo" in name else "K"
    is_actuator = name.startswith("hvac_ove") and "Set" not in name
    zone = next((code for code in _ZONES if code in name), None)
    words = f"{'Electric power' if unit == 'W' else 'Point'} of {f'zone {zone.lower()}' if zone else 'the plant'}"
    ends = {"minimum": 0.0, "maximum": 1.0} if is_actuator else {"minimum": None, "maximum": None}
    return {"unit": None if name.endswith("_activate") else "1" if is_actuator else unit, "description": words, **ends}


_METADATA = {name: _described(name) for name in _office(JULY_6_S)}


def _sensors() -> Iterator[Signal]:
    for zone, equipment in _ZONES.items():
        point = f"hvac_reaZon{zone}_TZon_y"
        title = f"VAV_{equipment}.SpaceTemp [degC]"
        where = {"equipment": f"VAV_{equipment}", "device": "10.0.0.6"}
        yield Signal(title, "K", point, "SpaceTemp", role="forced", direction=Direction.TO_CONTROLLER, **where)
    for base, object_name in (("yCoo", "CoolingValve"), ("yHea", "HeatingValve")):
        where = {"equipment": "AHU", "device": "10.0.0.5", "role": "read"}
        point = f"hvac_oveAhu_{base}_u"
        yield Signal(f"AHU.{object_name}", "", point, object_name, direction=Direction.FROM_CONTROLLER, **where)
