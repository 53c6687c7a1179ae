"""The heat pump's program: its stages, what others ask of it, and a cold Monday under eight of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from emulators.plants.heat_pump_office import HeatPumpOffice
from emulators.programs.application import HEAT_PUMPS, standard_application
from emulators.programs.heat_pump import HeatPumpProgram
from emulators.programs.heat_pump.points import HeatPumpMode
from emulators.programs.objects import UnitSystem
from equipment.config import LoadedEquipment, load_equipment_files
from tests.emulators.programs.bench import DAY, DEMO, HOUR, Controller, Objects
from utils.unit_conversion import UnitConverter, from_bacnet, same_unit

CONFIGS = DEMO.parent / "heat_pump_office"
MONDAY = datetime(2018, 1, 15)
COMFORTABLE: Mapping[str, float] = {"SpaceTemp": 20.5, "DischAirTemp": 21.0, "OutdoorAirTemp": -5.0}


class Rig:
    """One controller, its objects and its clock; the compressor proves itself at once."""

    def __init__(self, start: datetime = MONDAY + timedelta(hours=12), **held: float) -> None:
        self.program = HeatPumpProgram("SI")
        self.objects = Objects(self.program)
        self.now = start
        self.objects.hold(**{**COMFORTABLE, **held})

    def run(self, minutes: float, proven: bool = True, **held: float) -> Rig:
        self.objects.hold(**held)
        for _ in range(round(minutes * 60)):
            self.now += timedelta(seconds=1.0)
            self.program.scan(self.objects, self.now, 1.0)
            self.objects.hold(CompStatus=self["CompCmd"] if proven else 0.0)
        return self

    def __getitem__(self, name: str) -> float:
        return self.objects.read(name)

    def mode(self) -> HeatPumpMode:
        return HeatPumpMode(int(self["OperatingMode"]))


def test_the_compressor_keeps_the_zone_within_half_a_kelvin() -> None:
    rig = Rig().run(1)
    assert (rig["CompCmd"], rig["FanCmd"], rig.mode()) == (0.0, 1.0, HeatPumpMode.OFF)
    assert rig.run(1, SpaceTemp=19.9)["CompCmd"] == 1.0
    assert rig.run(5, SpaceTemp=20.9)["CompCmd"] == 1.0
    assert rig.run(1, SpaceTemp=21.1)["CompCmd"] == 0.0


def test_a_compressor_runs_three_minutes_and_rests_five() -> None:
    rig = Rig().run(1, SpaceTemp=19.0)
    assert rig.run(1.5, SpaceTemp=22.0)["CompCmd"] == 1.0
    assert rig.run(1, SpaceTemp=22.0)["CompCmd"] == 0.0
    assert rig.run(4, SpaceTemp=19.0)["CompCmd"] == 0.0
    assert rig.run(1, SpaceTemp=19.0)["CompCmd"] == 1.0


def test_the_back_up_comes_after_ten_minutes_and_goes_within_the_band() -> None:
    rig = Rig(SpaceTemp=18.0)
    assert rig.run(9.9)["BackupCmd"] == 0.0
    assert rig.run(0.2)["BackupCmd"] == 100.0
    assert rig.mode() is HeatPumpMode.HEATING_WITH_BACKUP
    assert rig.run(1, SpaceTemp=19.9)["BackupCmd"] == 100.0
    assert rig.run(1, SpaceTemp=20.1)["BackupCmd"] == 0.0


@pytest.mark.parametrize(("name", "value"), [("OutdoorAirTemp", 6.0), ("BackupLockout", 1.0)])
def test_no_back_up_where_it_is_locked_out(name: str, value: float) -> None:
    rig = Rig(SpaceTemp=17.0)
    rig.objects.hold(**{name: value})
    rig.run(30)
    assert (rig["CompCmd"], rig["BackupCmd"]) == (1.0, 0.0)


def test_the_air_of_a_defrost_is_tempered_unless_the_back_up_is_locked_out() -> None:
    rig = Rig().run(1, DefrostStatus=1.0)
    assert (rig["BackupCmd"], rig.mode()) == (100.0, HeatPumpMode.DEFROST)
    assert rig.run(1, BackupLockout=1.0)["BackupCmd"] == 0.0


def test_a_unit_that_is_disabled_stands_whatever_it_is_called_for() -> None:
    rig = Rig(SpaceTemp=15.0).run(20)
    assert rig.run(1, UnitEnable=0.0).mode() is HeatPumpMode.DISABLED
    assert [rig[name] for name in ("CompCmd", "BackupCmd", "FanCmd")] == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("moment", "set_point_c"),
    [("15T04:59", 16.0), ("15T05:01", 20.5), ("15T18:01", 16.0), ("20T09:00", 16.0), ("21T23:00", 16.0)],
)
def test_the_set_point_goes_by_working_days_and_two_hours_before_them(moment: str, set_point_c: float) -> None:
    assert Rig(datetime.fromisoformat(f"2018-01-{moment}")).run(0.1)["EffHeatSp"] == pytest.approx(set_point_c)


def test_a_warm_up_brings_the_occupied_set_point_forward() -> None:
    rig = Rig(MONDAY + timedelta(hours=3), SpaceTemp=17.0).run(6)
    assert rig["CompCmd"] == 0.0
    assert rig.run(1, WarmUpCmd=1.0)["CompCmd"] == 1.0
    assert rig["EffHeatSp"] == 20.5


def test_a_set_point_in_force_can_be_commanded() -> None:
    assert Rig(SpaceTemp=20.5).run(1, EffHeatSp=22.0)["CompCmd"] == 1.0


def test_without_its_zone_it_does_nothing() -> None:
    rig = Rig(SpaceTemp=-40.0).run(1)
    assert (rig.mode(), rig["SensorAlarm"], rig["CompCmd"], rig["FanCmd"]) == (HeatPumpMode.SENSOR_FAULT, 1.0, 0.0, 0.0)


def test_it_goes_on_from_what_the_unit_does_already() -> None:
    assert Rig(SpaceTemp=20.4, CompStatus=1.0).run(0.1)["CompCmd"] == 1.0


def test_a_compressor_that_never_starts_is_an_alarm() -> None:
    rig = Rig(SpaceTemp=19.0)
    assert rig.run(9, proven=False)["CompAlarm"] == 0.0
    assert rig.run(2, proven=False)["CompAlarm"] == 1.0


def equipments(unit_system: UnitSystem) -> dict[str, LoadedEquipment]:
    loaded = load_equipment_files(CONFIGS, unit_system, UnitConverter())
    return {equipment.config.equipment_name: equipment for equipment in loaded}


@pytest.mark.parametrize("unit_system", ["SI", "US"])
def test_every_point_of_the_configs_is_an_object_and_known_to_the_building_in_the_same_unit(
    unit_system: UnitSystem,
) -> None:
    plant = HeatPumpOffice()
    known = {**plant.inputs, **plant.measurements}
    assert tuple(equipments(unit_system)) == (*HEAT_PUMPS, "SITE")
    for number, (name, equipment) in enumerate(equipments(unit_system).items()):
        assert equipment.config.device_ip == f"127.0.0.1:{8443 + number}"
        program = standard_application(name, unit_system)
        assert program is not None
        specs = {spec.name: spec for spec in program.objects}
        assert len(specs) == len(program.objects)
        for point in equipment.points:
            spec = specs[point.ecy_point]
            assert spec.object_type == point.object_type
            assert spec.units is None or same_unit(from_bacnet(spec.units) or "", point.device_unit or "")
            assert point.is_kpi or point.bop_point in known
            assert point.activation is None or point.activation.name in plant.inputs


def test_under_its_controllers_a_cold_monday_starts_all_at_once_and_is_warm_at_seven() -> None:
    plant = HeatPumpOffice(start_time_s=14 * DAY + 4.5 * HOUR)
    controllers = {name: Controller(each, "SI") for name, each in equipments("SI").items()}
    state, highest_w = plant.initialize(14 * DAY + 4.5 * HOUR), 0.0
    for step in range(round(2.6 * HOUR / 10.0)):
        inputs: dict[str, float] = {}
        for controller in controllers.values():
            controller.see(state)
            controller.program.scan(controller.objects, MONDAY + timedelta(seconds=4.5 * HOUR + 10.0 * step), 10.0)
            inputs |= controller.overrides()
        state = plant.advance(10.0, inputs)
        highest_w = max(highest_w, state["sit_reaMet_PEle_y"])
    assert highest_w > 65e3
    zones = [value - 273.15 for name, value in state.items() if name.endswith("TZon_y")]
    assert all(19.5 < zone < 21.2 for zone in zones)
