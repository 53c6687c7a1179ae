"""The shipped configs and the objects of the applications: they must name and measure the same things."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from emulators.ecy.objects.database import ObjectDatabase
from emulators.ecy.objects.program_objects import ProgramObjects
from emulators.plants.multizone_office import BenchOffice, MultizoneOffice
from emulators.programs.application import standard_application
from emulators.programs.objects import UnitSystem
from equipment.config import LoadedEquipment
from points import Point
from tests.emulators.programs.bench import BENCH, DEMO, demo_equipments
from utils.for_each import each_in
from utils.unit_conversion import UnitConverter, from_bacnet, same_unit

SYSTEMS: tuple[UnitSystem, ...] = ("SI", "US")
EQUIPMENTS = ("AHU", "ENERGY", "PLANT", "VAV_Core", "VAV_East", "VAV_North", "VAV_South", "VAV_West")


def demo_points(unit_system: UnitSystem) -> list[tuple[LoadedEquipment, Point]]:
    equipments = demo_equipments(unit_system).values()
    return [(equipment, point) for equipment in equipments for point in equipment.points]


@pytest.mark.parametrize("unit_system", SYSTEMS)
def test_the_demo_has_eight_controllers_where_emulate_serves_them(unit_system: UnitSystem) -> None:
    equipments = demo_equipments(unit_system)
    assert tuple(equipments) == EQUIPMENTS
    addresses = [equipment.config.device_ip for equipment in equipments.values()]
    assert addresses == [f"127.0.0.1:{port}" for port in range(8443, 8451)]
    assert len(demo_points(unit_system)) == 70


def test_the_starting_config_is_the_first_part_of_the_demo_s_air_handler() -> None:
    shipped = json.loads((DEMO.parent / "AHU.json").read_text(encoding="utf-8"))
    demo = json.loads((DEMO / "AHU.json").read_text(encoding="utf-8"))
    assert demo["points"][: len(shipped["points"])] == shipped["points"]
    assert len(shipped["points"]) == 17


@pytest.mark.parametrize("unit_system", SYSTEMS)
def test_every_point_of_the_demo_is_an_object_of_its_application_in_the_same_unit(unit_system: UnitSystem) -> None:
    for equipment, point in demo_points(unit_system):
        program = standard_application(equipment.config.equipment_name, unit_system)
        assert program is not None
        spec = next(spec for spec in program.objects if spec.name == point.ecy_point)
        assert spec.object_type == point.object_type
        if spec.units is not None:
            bacnet = from_bacnet(spec.units)
            assert bacnet is not None, spec
            assert same_unit(bacnet, point.device_unit or ""), (spec, point.device_unit)


def test_every_point_of_the_demo_is_known_to_the_plant_in_its_own_unit() -> None:
    plant = MultizoneOffice()
    known = {**plant.inputs, **plant.measurements}
    for _, point in demo_points("SI"):
        if point.is_kpi:
            continue
        meta = known[point.bop_point]
        if point.unit and meta.unit:
            assert same_unit(point.unit, "dimensionless" if meta.unit == "1" else meta.unit), point.bop_point
        if point.activation:
            assert point.activation.name in plant.inputs


def test_the_bench_s_configs_are_the_demo_s_with_what_its_case_has_beyond() -> None:
    assert [file.name for file in sorted(BENCH.iterdir())] == [file.name for file in sorted(DEMO.iterdir())]
    beyond: dict[str, str] = {}
    for file in DEMO.iterdir():
        for usual, config in zip(each_in(file), each_in(BENCH / file.name), strict=True):
            count = len(usual["points"])
            beyond |= {point["bop_point"]: point["ecy_point"] for point in config["points"][count:]}
            del config["points"][count:]
            assert config == usual
    assert set(beyond) == set(BenchOffice().measurements) - set(MultizoneOffice().measurements)
    assert set(beyond.values()) == {"OccSensor", "People", "OutdoorAirFlow", "Tariff"}


@pytest.mark.parametrize("unit_system", SYSTEMS)
def test_what_the_bench_has_beyond_are_objects_of_the_applications_in_its_units(unit_system: UnitSystem) -> None:
    for name, equipment in demo_equipments(unit_system, BENCH).items():
        program = standard_application(name, unit_system)
        assert program is not None
        specs = {spec.name: spec for spec in program.objects}
        for point in equipment.points:
            spec = specs[point.ecy_point]
            assert spec.object_type == point.object_type
            if spec.units not in (None, "no-units"):
                assert same_unit(from_bacnet(str(spec.units)) or "", point.device_unit or ""), point.ecy_point


@pytest.mark.parametrize("unit_system", SYSTEMS)
@pytest.mark.parametrize("name", EQUIPMENTS)
def test_object_names_are_unique_in_their_controller(name: str, unit_system: UnitSystem) -> None:
    program = standard_application(name, unit_system)
    assert program is not None
    names = [spec.name for spec in program.objects]
    assert len(names) == len(set(names))


def test_the_unit_systems_show_the_same_defaults() -> None:
    converter = UnitConverter()
    for name in EQUIPMENTS:
        si, us = (standard_application(name, unit_system) for unit_system in SYSTEMS)
        assert si is not None
        assert us is not None
        for one, other in zip(si.objects, us.objects, strict=True):
            if one.units is None or other.units is None:
                assert one == other
                continue
            shown = converter.convert(one.initial, from_bacnet(one.units) or "", from_bacnet(other.units) or "")
            assert other.initial == pytest.approx(shown, rel=1e-4), one.name


@pytest.mark.parametrize("unit_system", SYSTEMS)
@pytest.mark.parametrize("name", EQUIPMENTS)
def test_an_emulated_controller_takes_every_command_of_its_program(name: str, unit_system: UnitSystem) -> None:
    program = standard_application(name, unit_system)
    assert program is not None
    database = ObjectDatabase(program.objects)
    for hour in range(24):
        program.scan(ProgramObjects(database, 16), datetime(2023, 7, 6, hour), 3600.0)
    outputs = [spec.name for spec in program.objects if spec.object_type == "AnalogOutput"]
    assert all(0.0 <= database.get(database.find(output)).present_value <= 100.0 for output in outputs)


def test_there_is_no_standard_application_for_other_equipment() -> None:
    assert standard_application("Chiller_7", "SI") is None
