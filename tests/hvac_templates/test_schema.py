"""The shipped table, and that it is what the engine says."""

from __future__ import annotations

import pytest

from hvac_templates.engine import embedded_schema
from hvac_templates.judge import schema_table
from hvac_templates.judge.schema import Schema, is_template
from hvac_templates.judge.schema_table import __main__ as table_command
from hvac_templates.judge.schema_table.digest import digest, same_table
from tests.hvac_templates.judges import needs_engine

SCHEMA = Schema.shipped()


def test_all_templates_and_all_other_objects_are_known() -> None:
    assert len(SCHEMA.templates) == 32
    assert len(list(SCHEMA)) == 858


def test_types_are_found_in_any_letter_case() -> None:
    assert SCHEMA.type_named("hvactemplate:zone:ptac") == "HVACTemplate:Zone:PTAC"
    assert SCHEMA.type_named("HVACTemplate:Zone:PTAX") is None
    assert not SCHEMA.has("ZONE")


def test_a_field_says_kind_default_choices_and_bounds() -> None:
    fields = SCHEMA.fields("HVACTemplate:System:VAV")
    flow, efficiency = fields["supply_fan_maximum_flow_rate"], fields["supply_fan_total_efficiency"]
    assert (flow.kind, flow.default, flow.auto, flow.exclusive_minimum) == ("number", "Autosize", "Autosize", 0.0)
    assert (efficiency.default, efficiency.exclusive_minimum, efficiency.maximum) == (0.7, 0.0, 1.0)
    assert fields["heating_coil_type"].choices == ("Electric", "Gas", "HotWater", "None")
    assert SCHEMA.default("HVACTemplate:System:VAV", "cooling_coil_design_setpoint") == 12.8


def test_defaults_of_whole_numbers_are_whole_because_the_engine_refuses_others() -> None:
    days = SCHEMA.default("Building", "maximum_number_of_warmup_days")
    assert (days, type(days)) == (25, int)


def test_an_array_says_the_fields_of_its_items() -> None:
    branch = SCHEMA.object_type("Branch")
    assert branch.extensible == "components"
    assert branch.fields["components"].items["component_name"].required


def test_fields_are_in_the_order_of_an_idf() -> None:
    assert list(SCHEMA.fields("HVACTemplate:Zone:PTAC"))[:2] == ["zone_name", "template_thermostat_name"]


def test_names_and_uniqueness_are_known() -> None:
    assert SCHEMA.object_type("Building").unique
    assert not SCHEMA.object_type("HVACTemplate:Zone:PTAC").named
    assert SCHEMA.object_type("HVACTemplate:Thermostat").name_required


def test_lists_of_names_and_of_types_are_known() -> None:
    assert ("Schedule:Compact", "") in SCHEMA.joining("ScheduleNames")
    assert ("ZoneTerminalUnitList", "zone_terminal_unit_list_name") in SCHEMA.joining("ZoneTerminalUnitListNames")
    assert "Coil:Heating:Water" in SCHEMA.types_listed("validBranchEquipmentTypes")
    assert SCHEMA.joining("no such list") == ()


def test_a_type_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        SCHEMA.fields("Zoo")


def test_templates_are_known_by_their_first_word() -> None:
    assert is_template("hvactemplate:zone:whatever")
    assert not is_template("ZoneHVAC:IdealLoadsAirSystem")


@needs_engine
@pytest.mark.slow
def test_the_shipped_table_is_what_the_engine_says() -> None:
    assert same_table(schema_table.load(), digest(embedded_schema()))


@needs_engine
def test_the_engines_own_schema_serves_as_well() -> None:
    engine = Schema.of_engine()
    assert engine.fields("HVACTemplate:Zone:VRF") == SCHEMA.fields("HVACTemplate:Zone:VRF")


@needs_engine
@pytest.mark.slow
def test_the_table_can_be_compared_and_written_anew(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert table_command.main(["--check"]) == 0
    shipped = schema_table._FILE.read_bytes()
    monkeypatch.setattr(schema_table, "_FILE", tmp_path / "table")  # type: ignore[operator]
    assert table_command.main([]) == 0
    assert "858 object types" in capsys.readouterr().out
    assert schema_table._FILE.read_bytes() == shipped


def test_a_table_with_another_order_of_fields_is_another_table() -> None:
    rows = {"A": {"f": {"x": {"t": "n"}, "y": {"t": "n"}}}}
    turned = {"A": {"f": {"y": {"t": "n"}, "x": {"t": "n"}}}}
    assert not same_table(schema_table.Table(rows, {}, {}), schema_table.Table(turned, {}, {}))
