"""Control programs and a plant in one process: objects in memory, coupled by the shipped configs, no sockets."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from emulators.plants.multizone_office import MultizoneOffice
from emulators.program import ControlProgram
from emulators.programs.application import standard_application
from emulators.programs.objects import UnitSystem
from equipment.config import LoadedEquipment, load_equipment_files
from utils.unit_conversion import UnitConverter
from utils.values import Role

DEMO = Path(__file__).parents[3] / "configs" / "demo"
BENCH = DEMO.parent / "bench"
NEW_YEAR = datetime(2023, 1, 1)
HOUR = 3600.0
DAY = 24 * HOUR


def real32(value: float) -> float:
    """As a controller keeps it."""
    return float(struct.unpack("<f", struct.pack("<f", value))[0])


class Objects:
    """A controller's objects: what the program commands, and above it what others hold."""

    def __init__(self, program: ControlProgram) -> None:
        self.specs = {spec.name: spec for spec in program.objects}
        self._commanded = {spec.name: real32(spec.initial) for spec in program.objects}
        self._held: dict[str, float] = {}

    def read(self, name: str) -> float:
        return self._held.get(name, self._commanded[name])

    def write(self, name: str, value: float) -> None:
        if self.specs[name].object_type.endswith("Input"):
            raise ValueError(f"a program commands {name}, which is an input")
        self._commanded[name] = real32(value)

    def hold(self, **values: float) -> None:
        """What the bridge, an operator or a supervisory program writes; it stays above the program."""
        for name, value in values.items():
            if name not in self.specs:
                raise KeyError(name)
            self._held[name] = real32(value)

    def let_go(self, name: str) -> None:
        """What others held is given back."""
        del self._held[name]


class Controller:
    """One demo equipment with its standard application, as the bridge would tie it to the simulation."""

    def __init__(self, equipment: LoadedEquipment, unit_system: UnitSystem) -> None:
        program = standard_application(equipment.config.equipment_name, unit_system)
        assert program is not None, equipment.file.name
        self.program = program
        self.objects = Objects(program)
        self._points = equipment.points

    def see(self, state: Mapping[str, float]) -> None:
        for point in self._points:
            if point.role is not Role.READ and not point.is_kpi:
                self.objects.hold(**{point.ecy_point: float(point.process_bop_value(state[point.bop_point]))})

    def overrides(self) -> dict[str, float]:
        inputs: dict[str, float] = {}
        for point in self._points:
            if point.activation:
                inputs[point.bop_point] = point.process_ecy_value(self.objects.read(point.ecy_point))
                inputs[point.activation.name] = 1.0
        return inputs


def demo_equipments(unit_system: UnitSystem, configs: Path = DEMO) -> dict[str, LoadedEquipment]:
    loaded = load_equipment_files(configs, unit_system, UnitConverter())
    return {equipment.config.equipment_name: equipment for equipment in loaded}


def demo_controllers(unit_system: UnitSystem, configs: Path = DEMO) -> dict[str, Controller]:
    equipments = demo_equipments(unit_system, configs)
    return {name: Controller(equipment, unit_system) for name, equipment in equipments.items()}


@dataclass(frozen=True)
class Row:
    """The building and what the controllers show, after one exchange. ``ahu`` holds SI or US values as shown."""

    time_s: float
    state: Mapping[str, float]
    ahu: Mapping[str, float]

    @property
    def hour(self) -> float:
        return self.time_s / HOUR % 24.0

    def zones_c(self) -> list[float]:
        return [self.state[f"hvac_reaZon{zone}_TZon_y"] - 273.15 for zone in ("Cor", "Sou", "Eas", "Nor", "Wes")]


@dataclass
class ClosedLoop:
    """The building and its controllers. The building is driven by its own control until :meth:`couple`."""

    start_s: float
    exchange_s: float = 5.0
    scan_s: float = 1.0
    unit_system: UnitSystem = "SI"
    shown: Sequence[str] = ("OperatingMode", "SupplyAirTempSp", "DischFanSpeed", "LowLimitAlarm", "FanAlarm")
    rows: list[Row] = field(default_factory=list)
    plant: MultizoneOffice = field(default_factory=MultizoneOffice)
    configs: Path = DEMO

    def __post_init__(self) -> None:
        self.controllers = demo_controllers(self.unit_system, self.configs)
        self.time_s = self.start_s
        self.state = self.plant.initialize(self.start_s)

    def couple(self, seconds: float = 5.0) -> None:
        """Let the controllers see the building before they drive it; the building's time stands."""
        self._see()
        for _ in range(round(seconds / self.scan_s)):
            self._scan(self.time_s)

    def run(self, duration_s: float) -> list[Row]:
        """Drive, look, scan; return the rows of this stretch."""
        first = len(self.rows)
        end_s = self.time_s + duration_s
        while self.time_s < end_s:
            self.state = self.plant.advance(self.exchange_s, self._overrides())
            self._see()
            for scan in range(round(self.exchange_s / self.scan_s)):
                self._scan(self.time_s + (scan + 1) * self.scan_s)
            self.time_s += self.exchange_s
            ahu = self.controllers["AHU"].objects
            self.rows.append(Row(self.time_s, self.state, {name: ahu.read(name) for name in self.shown}))
        return self.rows[first:]

    def _see(self) -> None:
        for controller in self.controllers.values():
            controller.see(self.state)

    def _scan(self, time_s: float) -> None:
        now = NEW_YEAR + timedelta(seconds=time_s)
        for controller in self.controllers.values():
            controller.program.scan(controller.objects, now, self.scan_s)

    def _overrides(self) -> dict[str, float]:
        inputs: dict[str, float] = {}
        for controller in self.controllers.values():
            inputs.update(controller.overrides())
        return inputs
