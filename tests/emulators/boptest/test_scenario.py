"""Scenarios, forecasts with uncertainty, and their side effects."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from emulators.boptest.case.testcase import CaseEngine, CaseOptions, perform
from emulators.boptest.replies import BoptestReply, Json
from tests.emulators.boptest.plant import AIR, TOY, ToyPlant

DAY_S = 86_400.0
NOTHING = dict.fromkeys(
    ["electricity_price", "time_period", "temperature_uncertainty", "solar_uncertainty", "seed"], None
)
UNCERTAIN = {"temperature_uncertainty": "high", "solar_uncertainty": "low", "seed": 7}


def air() -> CaseEngine:
    return CaseEngine(ToyPlant(AIR))


def put(case: CaseEngine, params: Json) -> BoptestReply:
    return perform(case, "set_scenario", params)


def current(case: CaseEngine) -> Mapping[str, Json]:
    values = perform(case, "get_scenario", {}).payload
    assert isinstance(values, dict)
    return values


def forecast(case: CaseEngine, names: Json, horizon: float = 7200, interval: float = 3600) -> BoptestReply:
    return perform(case, "get_forecast", {"point_names": names, "horizon": horizon, "interval": interval})


def series(case: CaseEngine, name: str, horizon: float = 7200, interval: float = 3600) -> list[float]:
    reply = forecast(case, [name], horizon, interval)
    assert reply.status == 200
    assert isinstance(reply.payload, dict)
    return list(reply.payload[name])


def at_the_end_of_a_period() -> CaseEngine:
    case = CaseEngine(ToyPlant(TOY))
    perform(case, "set_step", {"step": 20 * DAY_S})
    put(case, {"time_period": "test_day"})
    perform(case, "advance", {})
    return case


def test_a_period_starts_a_week_before_its_day_and_warms_up_for_a_week() -> None:
    case = air()
    state = put(case, {"time_period": "typical_heat_day"}).payload["time_period"]  # type: ignore[index]
    assert state["time"] == (18 - 7) * DAY_S
    window = {"point_names": ["hvac_oveAhu_yFan_u"], "start_time": 0, "final_time": 4 * DAY_S + 60}
    times = perform(case, "get_results", window).payload["time"]  # type: ignore[index]
    assert list(times) == [4 * DAY_S, 4 * DAY_S + 30, 4 * DAY_S + 60]


def test_the_period_is_read_back_by_name_after_the_other_keys() -> None:
    case = CaseEngine(ToyPlant(TOY))
    put(case, {"time_period": "test_day"})
    assert list(current(case).items())[-1] == ("time_period", "test_day")


def test_a_step_is_cut_at_the_end_of_the_period() -> None:
    case = at_the_end_of_a_period()
    reply = perform(case, "advance", {})
    assert (reply.status, reply.message, reply.payload) == (200, "End of test case scenario time period reached.", {})


def test_the_end_of_a_period_turns_nulls_into_text_and_breaks_forecasts_until_the_next_put() -> None:
    case = at_the_end_of_a_period()
    assert [current(case)[key] for key in ("temperature_uncertainty", "solar_uncertainty", "seed")] == ["none"] * 3
    broken = forecast(case, ["TDryBul"])
    assert broken.status == 500
    assert broken.message.startswith("Failed to query the test case forecast data: Traceback")
    perform(case, "initialize", {"start_time": 0, "warmup_period": 0})
    assert forecast(case, ["TDryBul"]).status == 500
    put(case, {})
    assert forecast(case, ["TDryBul"]).status == 200


def test_older_versions_leave_the_scenario_alone_at_the_end() -> None:
    case = CaseEngine(ToyPlant(TOY), CaseOptions(none_after_end=False))
    perform(case, "initialize", {"start_time": 0, "warmup_period": 0, "final_time": 60})
    perform(case, "advance", {})
    assert current(case)["seed"] is None


def test_absent_uncertainty_and_seed_are_reset_but_an_absent_price_is_kept() -> None:
    case = air()
    put(case, {**UNCERTAIN, "electricity_price": "dynamic"})
    reply = put(case, {})
    assert reply.payload == NOTHING
    assert current(case) == {
        "electricity_price": "dynamic",
        "temperature_uncertainty": None,
        "solar_uncertainty": None,
        "seed": None,
    }


_UNCERTAINTY = "should be 'none', 'low', 'medium', or 'high'."
_SEED = "should be a non-negative integer."


@pytest.mark.parametrize(
    ("params", "message", "applied"),
    [
        (
            {"electricity_price": "cheap"},
            "Scenario parameter electricy_price is cheap, but should be 'constant', 'dynamic', or 'highly_dynamic'.",
            {},
        ),
        (
            {"time_period": "someday", "electricity_price": "dynamic"},
            "Scenario parameter time_period is someday, but should be one of the following: ['peak_heat_day', "
            "'peak_cool_day', 'typical_heat_day', 'typical_cool_day', 'mix_day'].",
            {"electricity_price": "dynamic"},
        ),
        (
            {"temperature_uncertainty": "huge", "electricity_price": "dynamic"},
            f"Scenario parameter temperature_uncertainty is huge, but {_UNCERTAINTY}",
            {"electricity_price": "dynamic"},
        ),
        (
            {"temperature_uncertainty": "low", "solar_uncertainty": "huge"},
            f"Scenario parameter solar_uncertainty is huge, but {_UNCERTAINTY}",
            {"temperature_uncertainty": "low"},
        ),
        ({"seed": "5"}, f"Scenario parameter seed is 5, but {_SEED}", {}),
        ({"seed": -1}, f"Scenario parameter seed is -1, but {_SEED}", {}),
        ({"seed": 1.5, "solar_uncertainty": "low"}, f"Scenario parameter seed is 1.5, but {_SEED}",
         {"solar_uncertainty": "low"}),
    ],
)  # fmt: skip
def test_a_bad_key_is_refused_and_the_payload_tells_what_was_applied_before(
    params: Json, message: str, applied: dict[str, str]
) -> None:
    case = air()
    reply = put(case, params)
    assert (reply.status, reply.message, reply.payload) == (400, message, {**NOTHING, **applied})
    assert applied.items() <= current(case).items()


def test_a_period_before_a_bad_key_is_remembered_by_name_but_not_simulated() -> None:
    case = CaseEngine(ToyPlant(TOY))
    put(case, {"time_period": "test_day", "seed": -1})
    assert current(case)["time_period"] == "test_day"
    assert perform(case, "advance", {}).message == "Advanced simulation successfully from 0.0s to 60.0s."


def test_a_period_that_is_no_name_is_refused_with_a_traceback() -> None:
    reply = put(air(), {"time_period": {"a": 1}})
    assert reply.status == 400
    assert reply.message.startswith("Invalid values for the scenario parameters: Traceback")


def test_uncertainty_needs_the_forecast_point_that_it_disturbs_before_anything_is_applied() -> None:
    case = CaseEngine(ToyPlant(TOY))
    reply = put(case, {"electricity_price": "dynamic", "solar_uncertainty": "low"})
    assert (reply.status, reply.message) == (
        400,
        "Scenario parameters are set for uncertainty, but the forecast variables do not include: "
        "HGloHor for solar uncertainty.",
    )
    assert reply.payload == NOTHING
    assert current(case)["electricity_price"] == "constant"


@pytest.mark.parametrize(("seed", "kept"), [(0, None), (5, 5), (True, True), (None, None)])
def test_a_seed_of_zero_counts_as_absent(seed: Json, kept: Json) -> None:
    assert put(air(), {"seed": seed}).payload == {**NOTHING, "seed": kept}


def test_a_forecast_has_whole_seconds_and_both_ends() -> None:
    case = air()
    perform(case, "initialize", {"start_time": 99.5, "warmup_period": 0})
    reply = forecast(case, ["TDryBul"], horizon=5, interval=2)
    assert reply.payload == {"time": [99, 101, 103], "TDryBul": [280.0] * 3}


def test_forecast_times_reach_the_plant_within_its_year() -> None:
    asked: list[float] = []

    class Asked(ToyPlant):
        def forecast(self, names: Json, times_s: Json) -> Json:
            asked.extend(times_s)
            return super().forecast(names, times_s)

    case = CaseEngine(Asked(AIR))
    perform(case, "initialize", {"start_time": 31_536_000 - 1800, "warmup_period": 0})
    forecast(case, ["TDryBul"], horizon=3600)
    assert asked == [31_536_000 - 1800, 1800]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"horizon": -1}, "Invalid value -1.0 for parameter horizon. Value must not be negative."),
        ({"interval": 0}, "Invalid value 0.0 for parameter interval. Value must be positive."),
        (
            {"point_names": ["time", "TDryBul", "x"]},
            "Invalid point name(s) ['time', 'x'] in parameter point_names.  Check list of available forecast points.",
        ),
    ],
)
def test_a_bad_forecast_parameter_is_refused(params: Json, message: str) -> None:
    good = {"point_names": ["TDryBul"], "horizon": 3600, "interval": 3600}
    reply = perform(air(), "get_forecast", {**good, **params})
    assert (reply.status, reply.message, reply.payload) == (400, message, None)


def test_a_name_asked_for_twice_gets_its_last_value_everywhere() -> None:
    case = air()
    put(case, UNCERTAIN)
    once, twice = series(case, "TDryBul"), forecast(case, ["TDryBul", "TDryBul"]).payload
    assert twice["TDryBul"] == [once[-1]] * 3  # type: ignore[index]


def test_errors_come_with_the_scenario_and_only_on_the_two_uncertain_points() -> None:
    case = air()
    assert series(case, "TDryBul") == [280.0] * 3
    put(case, UNCERTAIN)
    assert series(case, "TDryBul") != [280.0] * 3
    assert series(case, "HGloHor") != [100.0] * 3
    assert series(case, "winSpe") == [1.0] * 3


def test_a_seed_repeats_its_errors_in_another_test() -> None:
    first, second = air(), air()
    for case in (first, second):
        put(case, UNCERTAIN)
    assert series(first, "TDryBul", 86_400) == series(second, "TDryBul", 86_400)


def test_without_a_seed_every_test_has_its_own_errors() -> None:
    first, second = air(), air()
    for case in (first, second):
        put(case, {"temperature_uncertainty": "low"})
    assert series(first, "TDryBul", 86_400) != series(second, "TDryBul", 86_400)


def test_errors_stay_until_the_hour_or_the_horizon_changes() -> None:
    case = air()
    put(case, UNCERTAIN)
    drawn = series(case, "TDryBul")
    put(case, {**UNCERTAIN, "temperature_uncertainty": "low", "seed": 1})
    perform(case, "initialize", {"start_time": 3599, "warmup_period": 0})
    assert series(case, "TDryBul") == drawn
    assert series(case, "TDryBul", 10_800)[:3] != drawn
    perform(case, "initialize", {"start_time": 3600, "warmup_period": 0})
    assert series(case, "TDryBul") != drawn


def test_between_the_hours_errors_are_interpolated() -> None:
    case = air()
    put(case, UNCERTAIN)
    begin, middle, end, *_ = series(case, "TDryBul", 7200, 1800)
    assert middle == pytest.approx((begin + end) / 2)


@pytest.mark.parametrize(
    ("names", "key"),
    [(["TDryBul"], "temperature_uncertainty"), (["HGloHor"], "solar_uncertainty"),
     (["HGloHor", "TDryBul"], "solar_uncertainty")],
)  # fmt: skip
def test_an_uncertain_forecast_is_meant_for_hourly_intervals(names: list[str], key: str) -> None:
    case = air()
    put(case, UNCERTAIN)
    reply = forecast(case, names, 7200, 1800)
    assert (reply.status, reply.message) == (
        200,
        f"Value 1800.0 for parameter interval. Note that error model for {key} scenario validated at hourly intervals.",
    )


def test_an_uncertain_forecast_reaches_48_hours_at_most() -> None:
    case = air()
    put(case, UNCERTAIN)
    assert forecast(case, ["TDryBul"], 48 * 3600).status == 200
    assert forecast(case, ["winSpe"], 49 * 3600).status == 200
    reply = forecast(case, ["TDryBul"], 49 * 3600)
    assert (reply.status, reply.message) == (
        400,
        "Invalid value 176400.0 for parameter horizon. Value must <= 48 hours in a temperature_uncertainty scenario.",
    )
