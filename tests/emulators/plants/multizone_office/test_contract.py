from __future__ import annotations

import math

import pytest

from emulators.plant import Plant
from emulators.plants.multizone_office import MultizoneOffice, OfficeParameters
from emulators.plants.multizone_office.parameters import HEATING_VALVE_OVERSIZED_KG_S, heating_coil
from tests.emulators.plants.multizone_office.driver import DAY_S, OVERRIDE, take


@pytest.fixture(scope="module")
def plant() -> MultizoneOffice:
    return MultizoneOffice()


def test_the_office_is_a_plant(plant: MultizoneOffice) -> None:
    accepted: Plant = plant
    assert accepted.meta.name == "multizone_office_simple_air"
    assert accepted.meta.floor_area_m2 == 1662.66
    assert accepted.meta.default_step_s == 3600.0


def test_the_case_has_all_its_points(plant: MultizoneOffice) -> None:
    assert len(plant.inputs) == 58
    assert len(plant.measurements) == 66
    assert len(plant.forecast_points) == 62


def test_every_input_comes_as_a_value_with_limits_and_an_activation_without(plant: MultizoneOffice) -> None:
    values = [name.removesuffix("_u") for name in plant.inputs if name.endswith("_u")]
    assert sorted(plant.inputs) == sorted([f"{name}_u" for name in values] + [f"{name}_activate" for name in values])
    for name in values:
        value, activation = plant.inputs[f"{name}_u"], plant.inputs[f"{name}_activate"]
        assert value.minimum is not None
        assert value.maximum is not None
        assert value.minimum < value.maximum
        assert (activation.unit, activation.minimum, activation.maximum) == (None, None, None)


@pytest.mark.parametrize(
    ("name", "unit", "minimum", "maximum"),
    [
        ("hvac_oveAhu_TSupSet_u", "K", 285.15, 313.15),
        ("hvac_oveAhu_dpSet_u", "Pa", 50, 410),
        ("hvac_oveAhu_yFan_u", "1", 0, 1),
        ("hvac_oveZonSupCor_TZonCooSet_u", "K", 285.15, 313.15),
        ("hvac_oveZonActWes_yReaHea_u", "1", 0, 1),
    ],
)
def test_inputs_carry_the_units_and_limits_of_the_case(
    plant: MultizoneOffice, name: str, unit: str, minimum: float, maximum: float
) -> None:
    meta = plant.inputs[name]
    assert (meta.unit, meta.minimum, meta.maximum) == (unit, minimum, maximum)
    assert not meta.description.startswith("Activation")


def test_periods_and_kpi_sources_are_those_of_the_case(plant: MultizoneOffice) -> None:
    assert plant.meta.periods == {
        "peak_heat_day": 26,
        "peak_cool_day": 199,
        "typical_heat_day": 18,
        "typical_cool_day": 144,
        "mix_day": 84,
    }
    sources = {name for names in plant.meta.kpi_sources.values() for name in names}
    assert len(plant.meta.kpi_sources) == 11
    assert sources <= set(plant.measurements)


def test_a_state_has_every_measurement_and_input_as_a_finite_number(plant: MultizoneOffice) -> None:
    for state in (plant.initialize(0.0), plant.advance(30.0, {})):
        assert set(state) == set(plant.measurements) | set(plant.inputs)
        assert all(isinstance(value, float) and math.isfinite(value) for value in state.values())


def test_nothing_is_overridden_after_initialize(plant: MultizoneOffice) -> None:
    plant.advance(60.0, take(yFan=1.0, TSupSet=300.0))
    state = plant.initialize(12 * 3600.0)
    assert [name for name, value in state.items() if name.endswith("_activate") and value != 0.0] == []
    assert state[OVERRIDE + "TSupSet_u"] == 285.15


def test_what_one_building_goes_through_is_not_seen_by_others_that_start_at_the_same_time() -> None:
    first, second = MultizoneOffice(), MultizoneOffice()
    at_the_start = second.initialize(0.0)
    first.advance(3600.0, {"hvac_oveAhu_yFan_u": 0.7, "hvac_oveAhu_yFan_activate": 1.0})
    assert second.advance(3600.0, {}) == MultizoneOffice().advance(3600.0, {})
    assert first.initialize(0.0) == second.initialize(0.0) == at_the_start


def test_the_weather_shown_is_that_of_the_end_of_the_step(plant: MultizoneOffice) -> None:
    plant.initialize(10 * DAY_S)
    assert plant.advance(123.0, {})["weaSta_reaWeaCloTim_y"] == 10 * DAY_S + 123.0


def test_an_unknown_input_is_refused_and_nothing_is_taken(plant: MultizoneOffice) -> None:
    before = plant.initialize(0.0)
    with pytest.raises(KeyError):
        plant.advance(60.0, {**take(yFan=1.0), "nosuch_u": 1.0})
    with pytest.raises(KeyError):
        plant.advance(60.0, {"time": 1.0})
    after = plant.advance(1.0, {})
    assert after[OVERRIDE + "yFan_activate"] == 0.0
    assert after["weaSta_reaWeaCloTim_y"] == before["weaSta_reaWeaCloTim_y"] + 1.0


@pytest.mark.parametrize("value", [float("nan"), 1.1, -0.1, float("inf")])
def test_a_value_outside_its_limits_is_refused(plant: MultizoneOffice, value: float) -> None:
    plant.initialize(0.0)
    with pytest.raises(ValueError, match="hvac_oveAhu_yFan"):
        plant.advance(60.0, take(yFan=value))


def test_the_identity_changes_with_the_parameters_and_with_nothing_else(plant: MultizoneOffice) -> None:
    oversized = MultizoneOffice(OfficeParameters(heating_coil=heating_coil(HEATING_VALVE_OVERSIZED_KG_S)))
    assert plant.identity == MultizoneOffice().identity
    assert plant.identity != oversized.identity
