"""Key performance indicators, checked against sums by hand."""

from __future__ import annotations

import pytest

from emulators.boptest.case.testcase import CaseEngine, perform
from tests.emulators.boptest.plant import AIR, TOY, Measure, ToyPlant

AREA_M2 = 1662.66
SOURCES = 7
KEYS = ["tdis_tot", "idis_tot", "ener_tot", "cost_tot", "emis_tot", "pele_tot", "pgas_tot", "pdih_tot", "time_rat"]


def advanced(measure: Measure | None = None, step_s: float = 3600, case: str = AIR) -> CaseEngine:
    engine = CaseEngine(ToyPlant(case, measure))
    perform(engine, "set_step", {"step": step_s})
    perform(engine, "advance", {})
    return engine


def kpis(engine: CaseEngine) -> dict[str, float | None]:
    reply = perform(engine, "get_kpis", {})
    assert reply.status == 200, reply.message
    assert isinstance(reply.payload, dict)
    return reply.payload


def test_the_nine_keys_come_in_order() -> None:
    assert list(kpis(advanced())) == KEYS


def test_energy_is_the_power_of_all_sources_per_floor_area() -> None:
    assert kpis(advanced())["ener_tot"] == pytest.approx(SOURCES * 1.0 / AREA_M2)


def test_emissions_are_weighted_with_the_emissions_of_the_source() -> None:
    assert kpis(advanced())["emis_tot"] == pytest.approx(SOURCES * 0.5 / AREA_M2)


@pytest.mark.parametrize(("price", "per_kwh"), [("constant", 0.1), ("dynamic", 0.2), ("highly_dynamic", 0.3)])
def test_a_changed_price_prices_the_whole_test_again(price: str, per_kwh: float) -> None:
    engine = advanced()
    assert kpis(engine)["cost_tot"] == pytest.approx(SOURCES * 0.1 / AREA_M2)
    perform(engine, "set_scenario", {"electricity_price": price})
    assert kpis(engine)["cost_tot"] == pytest.approx(SOURCES * per_kwh / AREA_M2)


def test_gas_has_one_price_and_a_peak_and_electricity_is_null_without_a_source() -> None:
    values = kpis(advanced(case=TOY))
    assert values["cost_tot"] == pytest.approx(0.07 * 1.0 / 10)
    assert values["pgas_tot"] == pytest.approx(0.1)
    assert (values["pele_tot"], values["pdih_tot"]) == (None, None)


def test_asking_in_between_does_not_change_the_sums() -> None:
    def rising(name: str, time_s: float) -> float | None:
        return time_s if name == "chi_reaPChi_y" else None

    asked, silent = advanced(rising), advanced(rising)
    kpis(asked)
    for engine in (asked, silent):
        perform(engine, "advance", {})
    for key in ("ener_tot", "cost_tot", "emis_tot", "pele_tot"):
        assert kpis(asked)[key] == pytest.approx(kpis(silent)[key])


def test_thermal_discomfort_is_the_mean_over_the_zones_outside_the_set_points() -> None:
    def measure(name: str, _time_s: float) -> float | None:
        return {"hvac_reaZonCor_TZon_y": 299.15, "hvac_reaZonSou_TZon_y": 290.15}.get(name)

    assert kpis(advanced(measure))["tdis_tot"] == pytest.approx((2.0 + 3.0) / 5)


def test_air_quality_discomfort_is_the_mean_over_the_zones_above_the_limit() -> None:
    def measure(name: str, _time_s: float) -> float | None:
        return 994.0 if name == "hvac_reaZonCor_CO2Zon_y" else None

    assert kpis(advanced(measure))["idis_tot"] == pytest.approx(100.0 / 5)


def test_integrals_are_trapezoids_over_the_samples() -> None:
    def ramp(name: str, time_s: float) -> float | None:
        return 297.15 + time_s / 60 if name == "hvac_reaZonCor_TZon_y" else None

    assert kpis(advanced(ramp, step_s=60))["tdis_tot"] == pytest.approx(0.5 * 60 / 3600 / 5)


def test_the_peak_is_the_largest_mean_of_15_minutes_since_the_test_start() -> None:
    def burst(name: str, time_s: float) -> float | None:
        return (31_000.0 if 1800 <= time_s < 1830 else 0.0) if name == "chi_reaPChi_y" else 0.0

    assert kpis(advanced(burst))["pele_tot"] == pytest.approx(31_000.0 / 30 / 1000 / AREA_M2)


def test_right_after_initialize_the_peak_is_the_one_sample_and_the_sums_are_zero() -> None:
    engine = advanced()
    perform(engine, "initialize", {"start_time": 86_400, "warmup_period": 3600})
    values = kpis(engine)
    assert values["pele_tot"] == pytest.approx(SOURCES / AREA_M2)
    assert [values[key] for key in KEYS[:5]] == [0.0] * 5


def test_the_warm_up_does_not_count() -> None:
    engine = CaseEngine(ToyPlant(AIR))
    perform(engine, "initialize", {"start_time": 7200, "warmup_period": 7200})
    perform(engine, "advance", {})
    assert kpis(engine)["ener_tot"] == pytest.approx(SOURCES * 1.0 / AREA_M2)
