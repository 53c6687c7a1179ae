"""Random combinations of settings, and what a sweep over single ones sets beside them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from hvac_templates.judge.schema import TEMPLATE_PREFIX, Schema
from tests.hvac_templates.boxes import boxes, variable_air_volume, zone_names
from tests.hvac_templates.judges import needs_engine, needs_examples
from tests.hvac_templates.oracle.__main__ import main
from tests.hvac_templates.oracle.combinations import Combination, Setting, combinations, smaller
from tests.hvac_templates.oracle.needs import BESIDE, OWN_SCHEDULE, OWN_ZONE, put, with_loop_for
from tests.hvac_templates.oracle.variants import Variant, variants

PTHP, MIXED = "HVACTemplate:Zone:PTHP", "HVACTemplate:Plant:MixedWaterLoop"


def _of(*settings: tuple[str, str, str]) -> Combination:
    return Combination("5ZonePTHP", 0, tuple(Setting(*setting) for setting in settings))


def test_only_the_settings_that_matter_are_left() -> None:
    many = _of(*((PTHP, f"field_{number}", "x") for number in range(9)))
    asked: list[int] = []

    def still(one: Combination) -> bool:
        asked.append(len(one.settings))
        return {"field_3", "field_7"} <= {setting.field for setting in one.settings}

    assert [setting.field for setting in smaller(many, still).settings] == ["field_3", "field_7"]
    assert len(asked) < 20


def test_a_control_zone_is_one_that_the_system_serves() -> None:
    zones = zone_names(2)
    model = boxes(zones, variable_air_volume(zones))
    system = model["HVACTemplate:System:VAV"]
    system["Other"] = dict(system["Air"])
    list(model["HVACTemplate:Zone:VAV"].values())[1]["template_vav_system_name"] = "OTHER"
    put(model, "HVACTemplate:System:VAV", "night_cycle_control_zone_name", OWN_ZONE)
    assert [fields["night_cycle_control_zone_name"] for fields in system.values()] == zones


def test_an_empty_setting_takes_the_field_away() -> None:
    model = boxes(zone_names(1), variable_air_volume(zone_names(1)))
    put(model, "HVACTemplate:Zone:VAV", "reheat_coil_type", "")
    assert [fields.get("reheat_coil_type") for fields in model["HVACTemplate:Zone:VAV"].values()] == [None]


def test_a_choice_brings_its_water_where_the_model_has_none() -> None:
    model = boxes(zone_names(1), {MIXED: {"Loop": {}}, "HVACTemplate:Plant:Boiler": {"Old": {}}})
    with_loop_for("HotWater", model)
    loops = {name: boiler["template_plant_loop_type"] for name, boiler in model["HVACTemplate:Plant:Boiler"].items()}
    assert loops == {"Old": "MixedWater", "Added Boiler": "HotWater"}
    assert "HVACTemplate:Plant:HotWaterLoop" in model


def test_what_is_set_beside_a_choice_are_fields_of_templates_with_that_choice() -> None:
    schema = Schema.shipped()
    for field, beside in BESIDE.items():
        kinds = [kind for kind in schema.templates if field in schema.fields(kind)]
        assert kinds
        assert all(any(name in schema.fields(kind) for kind in kinds) for name in beside)


@needs_examples
def test_the_same_seed_gives_the_same_combinations_and_another_seed_others() -> None:
    first, again = list(combinations("PTHP", 3)), list(combinations("PTHP", 3))
    assert first == again
    assert all(one.settings != other.settings for one, other in pairwise(first))
    assert list(combinations("PTHP", 3, seed=2)) != first


@needs_examples
def test_a_combination_sets_only_fields_of_the_templates_asked_for() -> None:
    (one,) = combinations("UnitarySystem", 1, types=["Plant:mixedwaterloop"])
    assert {setting.kind for setting in one.settings} == {MIXED}
    changed = one.model()[MIXED]
    for setting in one.settings:
        assert {fields[setting.field] for fields in changed.values()} == {setting.value}
        assert str(setting) in one.label


@needs_examples
def test_what_deviates_on_purpose_is_not_set_without_what_makes_it_equal() -> None:
    beside = {"zone_heating_design_supply_air_temperature_difference": 25.0}
    chosen = "zone_heating_design_supply_air_temperature_input_method"
    for one in combinations("PTHP", 12):
        settings = {setting.field: setting.value for setting in one.settings}
        if settings.get(chosen) == "TemperatureDifference":
            assert beside.items() <= settings.items()
    assert any((chosen, "TemperatureDifference") == (one.field, one.value)
               for combination in combinations("PTHP", 12) for one in combination.settings)  # fmt: skip


@needs_examples
def test_a_deviation_that_wants_a_second_setting_explains_only_both() -> None:
    variable = Setting(MIXED, "water_pump_configuration", "VariableFlow")
    own = Setting(MIXED, "water_pump_type", "PumpPerTowerOrBoiler")
    for some, meant in (((variable, own), True), ((variable,), False), ((own,), False)):
        combination = Combination("WaterToAirHeatPumpTowerBoiler", 0, some)
        assert bool(combination.explained("differs")) is meant
        assert not combination.explained("we refuse")


@needs_examples
def test_a_field_that_an_example_gives_is_left_out_once() -> None:
    blanks = variants("blanks", kind="Zone:PTHP")
    given = {"template_thermostat_name", "outdoor_air_method"}
    assert given <= {one.field for one in blanks}
    assert "zone_name" not in {one.field for one in blanks}
    model = next(one for one in blanks if one.field == "outdoor_air_method").model()
    assert all("outdoor_air_method" not in fields for fields in model[PTHP].values())


@needs_examples
def test_a_variant_that_cannot_run_is_tried_with_what_its_choice_asks_for() -> None:
    first = Variant("5ZoneVAVWaterCooled", "System:VAV", "night_cycle_control", "CycleOnControlZone")
    other = next(first.alternatives())
    assert other.label.endswith("beside night_cycle_control_zone_name")
    (system,) = other.model()[f"{TEMPLATE_PREFIX}System:VAV"].values()
    assert (system["night_cycle_control_zone_name"], system["night_cycle_control"]) == (
        "SPACE1-1",
        "CycleOnControlZone",
    )
    limited = Variant("5ZonePurchAir", "Zone:IdealLoadsAirSystem", "heating_limit", "LimitCapacity", beside=True)
    for fields in limited.model()[f"{TEMPLATE_PREFIX}Zone:IdealLoadsAirSystem"].values():
        assert fields["maximum_sensible_heating_capacity"] == 2500.0


@needs_examples
def test_a_schedule_of_its_own_is_one_of_fractions() -> None:
    model = Variant("5ZoneVRF", "System:VRF", "defrost_strategy", "ReverseCycle").model()
    put(model, f"{TEMPLATE_PREFIX}System:VRF", "thermostat_priority_schedule_name", OWN_SCHEDULE)
    named = {fields["thermostat_priority_schedule_name"] for fields in model[f"{TEMPLATE_PREFIX}System:VRF"].values()}
    assert {model["Schedule:Compact"][name]["schedule_type_limits_name"] for name in named} == {"Fraction"}


@needs_engine
@needs_examples
@pytest.mark.slow
def test_the_command_counts_the_verdicts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["combine", "PTHP", "2", "--seed", "1"]) == 0
    assert capsys.readouterr().out.split() == ["2", "same"]
