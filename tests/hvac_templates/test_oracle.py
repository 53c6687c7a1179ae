"""The judges themselves: that they see what is different, and only that."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hvac_templates.judge.schema import TEMPLATE_PREFIX, Schema
from tests.hvac_templates.boxes import boxes, ideal_loads, zone_names
from tests.hvac_templates.judges import needs_engine, needs_examples
from tests.hvac_templates.oracle import fortran, idf
from tests.hvac_templates.oracle.differences import compare, report
from tests.hvac_templates.oracle.judge import Judgement, count_differences
from tests.hvac_templates.oracle.places import CACHE_VARIABLE, example, keep, kept, manifest, read_kept
from tests.hvac_templates.oracle.runs import Outcome, against_manifest, differences, largest_share, run
from tests.hvac_templates.oracle.series import series
from tests.hvac_templates.oracle.sweep import Deviation, Swept, deviations, sweep, table
from tests.hvac_templates.oracle.variants import Variant, sample, variants

Model = dict[str, dict[str, dict[str, Any]]]
BASE: Model = {"Zone": {"North": {}, "South": {}}}


def _unit(zone: str, called: str, pressure: float = 75.0) -> Model:
    return {
        "Fan:OnOff": {
            f"{called} Fan": {
                "air_inlet_node_name": f"{called} In",
                "air_outlet_node_name": f"{called} Out",
                "pressure_rise": pressure,
                "maximum_flow_rate": "Autosize",
            }
        },
        "Coil:Heating:Electric": {
            f"{called} Coil": {"air_inlet_node_name": f"{called} Out", "air_outlet_node_name": f"{called} Supply"}
        },
        "ZoneHVAC:EquipmentConnections": {
            f"{called} Zone": {
                "zone_name": zone,
                "zone_air_inlet_node_or_nodelist_name": f"{called} Supply",
                "zone_air_node_name": f"{called} Air",
            }
        },
    }


def _joined(*parts: Model) -> Model:
    joined: Model = copy.deepcopy(BASE)
    for part in copy.deepcopy(parts):
        for kind, objects in part.items():
            joined.setdefault(kind, {}).update(objects)
    return joined


ONE = _joined(_unit("North", "Unit 1"), _unit("South", "Unit 2"))
OTHER = _joined(_unit("South", "x"), _unit("NORTH", "y"))


def found(other: Model, one: Model = ONE) -> str:
    return report(compare(BASE, one, other), "one", "other")


def test_expansions_that_only_call_things_otherwise_are_the_same() -> None:
    comparison = compare(BASE, ONE, OTHER)
    assert comparison.same
    assert comparison.pairs == 6


def test_a_default_that_is_written_out_is_no_difference() -> None:
    other = copy.deepcopy(OTHER)
    other["Fan:OnOff"]["x Fan"]["fan_total_efficiency"] = 0.6
    assert compare(BASE, ONE, other).same


def test_another_number_is_found_with_both_objects() -> None:
    other = copy.deepcopy(OTHER)
    other["Fan:OnOff"]["y Fan"]["pressure_rise"] = 100.0
    assert found(other).splitlines()[1:] == ["Fan:OnOff.pressure_rise: 75 | 100", "      in 'Unit 1 Fan' | 'y Fan'"]


def test_the_same_difference_of_several_objects_is_one_line() -> None:
    other = _joined(_unit("South", "x", 90.0), _unit("North", "y", 90.0))
    assert "Fan:OnOff.pressure_rise x2: 75 | 90" in found(other)


def test_two_units_that_serve_each_others_zones_by_a_wrong_node_are_found() -> None:
    other = copy.deepcopy(OTHER)
    connections = other["ZoneHVAC:EquipmentConnections"]
    for name, node in (("x Zone", "y Supply"), ("y Zone", "x Supply")):
        connections[name]["zone_air_inlet_node_or_nodelist_name"] = node
    different = copy.deepcopy(ONE)
    different["Fan:OnOff"]["Unit 1 Fan"]["pressure_rise"] = other["Fan:OnOff"]["y Fan"]["pressure_rise"] = 500.0
    assert not compare(BASE, different, other).same


def test_a_node_that_is_connected_to_nothing_is_found() -> None:
    other = copy.deepcopy(OTHER)
    other["Coil:Heating:Electric"]["x Coil"]["air_inlet_node_name"] = "elsewhere"
    assert "Coil:Heating:Electric.air_inlet_node_name: Unit 2 Out | elsewhere" in found(other)


@pytest.mark.parametrize(("method", "same"), [("SupplyAirTemperature", True), ("TemperatureDifference", False)])
def test_a_field_that_the_engine_does_not_look_at_is_no_difference(method: str, same: bool) -> None:
    written: dict[str, Any] = {
        "zone_or_zonelist_name": "North",
        "zone_heating_design_supply_air_temperature_input_method": method,
    }
    blank = _joined({"Sizing:Zone": {"s": written}})
    filled = _joined({"Sizing:Zone": {"s": written | {"zone_heating_design_supply_air_temperature_difference": 30.0}}})
    assert compare(BASE, blank, filled).same is same


def test_objects_of_one_side_only_are_listed() -> None:
    other = copy.deepcopy(OTHER)
    del other["Coil:Heating:Electric"]["x Coil"]
    other["Coil:Cooling:Water"] = {"w": {}}
    text = found(other)
    assert "only one: Coil:Heating:Electric (1): Unit 2 Coil" in text
    assert "only other: Coil:Cooling:Water (1): w" in text


def test_a_list_of_one_node_is_the_node() -> None:
    other = copy.deepcopy(OTHER)
    other["NodeList"] = {"Inlets": {"nodes": [{"node_name": "x Supply"}]}}
    other["ZoneHVAC:EquipmentConnections"]["x Zone"]["zone_air_inlet_node_or_nodelist_name"] = "inlets"
    assert compare(BASE, ONE, other).same


def _with_list(called: str, *units: str) -> Model:
    listed = {"branches": [{"outlet_branch_name": f"{unit} Branch"} for unit in units], "inlet_branch_name": "Start"}
    branches: Model = {"Branch": {f"{unit} Branch": _branch(unit) for unit in units}}
    return branches | {"Connector:Splitter": {called: listed}}


def _branch(unit: str) -> dict[str, Any]:
    coil = {"component_object_type": "Coil:Heating:Electric", "component_name": f"{unit} Coil"}
    return {"components": [coil | {"component_inlet_node_name": "a", "component_outlet_node_name": "b"}]}


def test_the_order_on_a_splitter_does_not_matter_but_who_is_on_it_does() -> None:
    one = _joined(_unit("North", "Unit 1"), _unit("South", "Unit 2"), _with_list("S", "Unit 1", "Unit 2"))
    other = _joined(_unit("South", "x"), _unit("North", "y"), _with_list("T", "x", "y"))
    assert compare(BASE, one, other).same
    other["Connector:Splitter"]["T"]["branches"].pop()
    assert "Connector:Splitter.a member: Unit 1 Branch | -" in found(other, one)


def test_counts_of_objects_are_compared_by_type() -> None:
    other = copy.deepcopy(OTHER)
    other["Fan:OnOff"]["z Fan"] = {}
    assert count_differences(ONE, ONE | {"Output:PreprocessorMessage": {"A": {}}}) == []
    assert count_differences(ONE, other) == ["Fan:OnOff: 2 | 3"]


RUN = Outcome(True, {"Electricity:Facility": 100.0, "Fans:Electricity": 0.0005}, {"NORTH": 21.0}, 3, 0)


@pytest.mark.parametrize(
    ("kwh", "zone_mean_c", "severe", "lines"),
    [
        ({"Electricity:Facility": 100.009}, {"NORTH": 21.0019}, 0, 0),
        ({"Electricity:Facility": 100.02}, {"NORTH": 21.0}, 0, 1),
        ({"Electricity:Facility": 100.0, "NaturalGas:Facility": 0.002}, {"NORTH": 21.0}, 0, 1),
        ({"Electricity:Facility": 100.0}, {"NORTH": 21.003}, 0, 1),
        ({"Electricity:Facility": 100.0}, {}, 0, 1),
        ({"Electricity:Facility": 100.0}, {"NORTH": 21.0}, 1, 1),
    ],
)
def test_energies_temperatures_and_severes_are_held_to_the_limits(
    kwh: dict[str, float], zone_mean_c: dict[str, float], severe: int, lines: int
) -> None:
    assert len(differences(RUN, Outcome(True, kwh, zone_mean_c, 9, severe))) == lines


def test_a_run_that_did_not_complete_is_a_difference() -> None:
    broken = Outcome(False, {}, {}, 0, 1, ("Severe x",))
    assert differences(RUN, broken) == ["completed: True | False: ('Severe x',)"]
    assert differences(broken, broken) == []


def test_the_largest_difference_is_a_share_of_its_meter() -> None:
    assert largest_share(RUN, Outcome(True, {"Electricity:Facility": 80.0}, {}, 0, 0)) == pytest.approx(0.2)
    assert largest_share(RUN, RUN) == 0.0


def test_hourly_series_are_read_from_an_output_file(tmp_path: Path) -> None:
    file = tmp_path / "eplusout.eso"
    file.write_text(
        "Program Version,EnergyPlus\n1,5,Environment Title[],Latitude[deg]\n"
        "7,1,NORTH,Zone Air Temperature [C] !Hourly\n8,1,Electricity:Facility [J] !Hourly\n"
        "9,1,NORTH,Zone Air Temperature [C] !Daily [Value,Min]\n"
        "End of Data Dictionary\n1,RUN PERIOD 1, 41.98\n7,20.5\n8,3600000.0\n7,21.5\n9,21.0,1,2\nEnd of Data\n",
        encoding="utf-8",
    )
    read = {(one.key, one.name): one.values for one in series(file)}
    assert read == {("NORTH", "Zone Air Temperature"): [20.5, 21.5], ("", "Electricity:Facility"): [3_600_000.0]}
    assert list(series(tmp_path / "none.eso")) == []


def test_answers_are_kept_by_what_was_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    file = kept("runs", {"a": 1, "b": 2})
    assert read_kept(file) is None
    keep(file, [1, 2])
    assert read_kept(kept("runs", {"b": 2, "a": 1})) == [1, 2]
    assert read_kept(kept("runs", {"a": 2})) is None


def _swept(verdict: Any, explained: str = "") -> Swept:  # noqa: ANN401 - a verdict
    return Swept(Variant("5ZonePTAC", "Zone:PTAC", "heating_coil_type", "Gas"), Judgement(verdict, ()), explained)


def test_a_signed_deviation_explains_its_own_verdict_only() -> None:
    variant = _swept("differs").variant
    signed = Deviation("Zone:PTAC", "heating_coil_type", "*", "differs", "because", "me")
    assert signed.explains(variant, "differs")
    assert not signed.explains(variant, "we refuse")
    assert not Deviation("Zone:PTHP", "*", "*", "differs", "because", "me").explains(variant, "differs")


def test_a_deviation_that_wants_a_second_setting_explains_no_single_one() -> None:
    alone = Deviation("Zone:PTAC", "heating_coil_type", "Gas", "differs", "because", "me")
    assert alone.explains(_swept("differs").variant, "differs")
    assert not replace(alone, beside="Zone:PTAC.supply_fan_placement=BlowThrough").explains(
        _swept("differs").variant, "differs"
    )


def test_a_share_of_what_is_the_same_in_structure_runs_nevertheless(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def judged(_: Model, *, always_run: bool) -> Judgement:
        asked.append(always_run)
        return Judgement("same", ())

    monkeypatch.setattr("tests.hvac_templates.oracle.sweep.judge", judged)
    monkeypatch.setattr(Variant, "model", lambda _: {})
    some = [Variant("x", "Zone:PTAC", f"field {number}", "y") for number in range(60)]
    for share, runs in ((0.0, range(1)), (0.34, range(10, 31)), (1.0, range(60, 61))):
        asked.clear()
        assert len(list(sweep(some, run_share=share))) == 60
        assert sum(asked) in runs
    first = asked.copy()
    assert [one.variant for one in sweep(some)] == some
    assert asked == first * 2


def test_only_faults_without_a_reason_are_unexplained() -> None:
    verdicts = ("same", "differs", "we refuse", "ours fails", "not refused", "only ours runs", "neither")
    assert [_swept(one).unexplained for one in verdicts] == [False, True, True, True, True, False, False]
    assert not _swept("differs", "because").unexplained
    assert table([_swept("same"), _swept("same"), _swept("differs", "x")]).splitlines() == [
        "    2  same",
        "    1  differs (signed)",
    ]


def test_every_deviation_is_about_a_field_that_exists_and_is_signed_with_a_reason() -> None:
    schema = Schema.shipped()
    for one in deviations():
        fields = schema.fields(TEMPLATE_PREFIX + one.kind)
        assert one.field == "*" or one.field in fields
        assert len(one.reason) > 20
        assert one.signed
        assert one.measured or one.verdict != "differs"


@needs_examples
def test_bare_dual_ducts_are_what_expandobjects_can_expand() -> None:
    typed = Variant("5ZoneDualDuct", "System:DualDuct", "heat_recovery_type", "Sensible")
    first, second = replace(typed, part="first", bare=True).model()["HVACTemplate:System:DualDuct"].values()
    assert {"system_configuration_type", "economizer_type"} < first.keys() & second.keys()
    assert first["heat_recovery_type"] == "Sensible"
    assert "return_fan" not in second


@needs_examples
def test_every_choice_of_every_template_is_in_the_sweep() -> None:
    schema = Schema.shipped()
    swept = {(one.kind, one.field) for one in variants("choices")}
    several = {
        (kind.removeprefix(TEMPLATE_PREFIX), field.name)
        for kind in schema.templates
        for field in schema.fields(kind).values()
        if len(field.choices) > 1
    }
    assert swept == several


@needs_examples
def test_a_variant_sets_one_field_on_all_objects_of_its_type() -> None:
    (variant,) = [one for one in variants("choices", kind="zone:ptac", field="heating_coil_type") if one.value == "Gas"]
    usual, changed = example(variant.example), variant.model()
    kind = "HVACTemplate:Zone:PTAC"
    assert {fields["heating_coil_type"] for fields in changed[kind].values()} == {"Gas"}
    assert {**changed, kind: None} == {**usual, kind: None}
    assert variant.label == f"{variant.example} Zone:PTAC.heating_coil_type=Gas"


@needs_examples
def test_a_variant_brings_the_loop_that_its_value_needs() -> None:
    model = Variant("5ZonePTHP", "Zone:PTHP", "supplemental_heating_coil_type", "HotWater").model()
    assert list(model["HVACTemplate:Plant:HotWaterLoop"]) == ["Added HotWaterLoop"]
    assert "HVACTemplate:Plant:ChilledWaterLoop" not in model
    mixed = Variant("5ZoneVRF", "Zone:VRF", "baseboard_heating_type", "HotWater").model()
    loops = {name: boiler["template_plant_loop_type"] for name, boiler in mixed["HVACTemplate:Plant:Boiler"].items()}
    assert loops == {"Main Boiler": "MixedWater", "Added Boiler": "HotWater"}


@needs_examples
def test_a_sample_is_always_the_same_and_of_the_size_asked_for() -> None:
    everything = variants("numbers", kind="Zone:VAV")
    chosen = sample(everything, 7)
    assert len(chosen) == 7
    assert sample(list(reversed(everything)), 7) == list(reversed(chosen))


@needs_engine
def test_an_idf_that_is_written_reads_back_the_same() -> None:
    zones = zone_names(2)
    model = boxes(zones, ideal_loads(zones))
    read = idf.canonical(idf.read(idf.written(model)))
    named = {kind: objects for kind, objects in model.items() if Schema.shipped().object_type(kind).named}
    del named["Schedule:Compact"]
    assert {kind: read[kind] for kind in named} == named
    assert list(read["HVACTemplate:Zone:IdealLoadsAirSystem"].values()) == [
        {"zone_name": zone, "template_thermostat_name": "Office"} for zone in zones
    ]


@needs_engine
@needs_examples
@pytest.mark.slow
def test_expandobjects_makes_what_the_manifest_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    for name, case in manifest().items():
        model = example(name)
        expanded = fortran.expand(model).model
        assert expanded is not None
        made = {kind: len(objects) - len(model.get(kind, {})) for kind, objects in expanded.items()}
        assert (name, {kind: count for kind, count in made.items() if count}) == (name, case["fortran_new_objects"])


@needs_engine
@needs_examples
@pytest.mark.slow
def test_the_engine_gives_the_numbers_of_the_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    expanded = fortran.expand(example("PurchAir")).model
    assert expanded is not None
    outcome = run(expanded)
    assert against_manifest("PurchAir", outcome, year=False) == []
    assert against_manifest("PTHP", outcome, year=False) != []


@needs_engine
def test_what_expandobjects_gives_up_on_is_no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    orphan = {"HVACTemplate:Zone:VAV": {"A": {"zone_name": "Zone 1", "template_vav_system_name": "none"}}}
    answer = fortran.expand(boxes(zone_names(1), orphan))
    assert answer.model is None
    assert answer.said[0].startswith("Fatal Could not find air handler name")
    assert fortran.expand(boxes(zone_names(1), orphan)) == answer
