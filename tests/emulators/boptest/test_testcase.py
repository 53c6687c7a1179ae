"""The rules of one test case, without HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from threading import Event

import pytest

from emulators.boptest.case.testcase import CaseEngine, CaseOptions, perform
from emulators.boptest.replies import BoptestReply, Json, StoppedError
from tests.emulators.boptest.plant import AIR, TOY, ToyPlant

FAN, FAN_ON = "hvac_oveAhu_yFan_u", "hvac_oveAhu_yFan_activate"
DUCT = "hvac_oveAhu_dpSet_u"
SUPPLY = "hvac_oveAhu_TSupSet_u"


class BrokenPlant(ToyPlant):
    """Fails in every step once it was told to."""

    broken = False

    def advance(self, step_s: float, inputs: Mapping[str, float]) -> Mapping[str, float]:
        if self.broken:
            raise ArithmeticError("diverged")
        return super().advance(step_s, inputs)


def case_with_step(step_s: float, plant: ToyPlant | None = None) -> CaseEngine:
    case = CaseEngine(plant or ToyPlant(AIR))
    call(case, "set_step", {"step": step_s})
    return case


def call(case: CaseEngine, method: str, params: Json = None) -> BoptestReply:
    return perform(case, method, params)


def payload(case: CaseEngine, method: str, params: Json = None) -> Json:
    reply = call(case, method, params)
    assert reply.status == 200, reply.message
    return reply.payload


def times(case: CaseEngine) -> list[float]:
    window = {"point_names": [FAN], "start_time": 0, "final_time": 1e9}
    return list(payload(case, "get_results", window)["time"])


def test_a_new_case_stands_at_time_zero_with_its_default_step_and_the_constant_price() -> None:
    case = CaseEngine(ToyPlant(AIR))
    assert payload(case, "get_step") == 3600.0
    assert payload(case, "get_scenario")["electricity_price"] == "constant"
    assert "time_period" not in payload(case, "get_scenario")
    assert times(case) == [0.0]


def test_the_payload_of_a_step_is_time_then_measurements_then_inputs() -> None:
    plant = ToyPlant(AIR)
    case = case_with_step(60, plant)
    assert list(payload(case, "advance", {})) == ["time", *plant.measurements, *plant.inputs]


def test_the_payload_shows_the_value_in_force_and_not_the_value_sent() -> None:
    case = case_with_step(60)
    assert payload(case, "advance", {FAN: 0.7})[FAN] == 0.0
    assert payload(case, "advance", {FAN_ON: 1})[FAN] == 0.7
    assert payload(case, "advance", {})[FAN] == 0.7
    assert payload(case, "advance", {FAN_ON: 0})[FAN] == 0.0


def test_clipped_values_are_simulated_and_reported_last_key_first() -> None:
    plant = ToyPlant(AIR)
    reply = call(case_with_step(60, plant), "advance", {FAN: 1.5, SUPPLY: 200, DUCT: "1e3"})
    assert reply.message == (
        "WARNING: value of 1000.0 for hvac_oveAhu_dpSet_u is above maximum of 410.0.  Using 410.0. ;"
        "WARNING: value of 200.0 for hvac_oveAhu_TSupSet_u is below minimum of 285.15.  Using 285.15. ;"
        "WARNING: value of 1.5 for hvac_oveAhu_yFan_u is above maximum of 1.0.  Using 1.0. ;"
    )
    assert plant.steps[0] == (30.0, {FAN: 1.0, SUPPLY: 285.15, DUCT: 410.0})


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({FAN: "x", "nosuch": 1}, f"Invalid value x for input {FAN}. Value must be a float"),
        ({"nosuch": 1, FAN: "x"}, "Unexpected input variable: nosuch."),
        ({"nosuch": None}, "Unexpected input variable: nosuch."),
        ({FAN_ON: "yes"}, f"Invalid value yes and/or type <class 'str'> for input {FAN_ON}."),
        ({FAN_ON: float("nan")}, f"Invalid value nan and/or type <class 'float'> for input {FAN_ON}."),
        ({FAN: 10**400}, f"Invalid value {10**400} for input {FAN}."),
    ],
)
def test_the_first_bad_key_refuses_the_step_and_nothing_is_simulated(body: Json, message: str) -> None:
    plant = ToyPlant(AIR)
    reply = call(case_with_step(60, plant), "advance", body)
    assert (reply.status, reply.payload, plant.steps) == (400, None, [])
    assert reply.message.startswith(message)


@pytest.mark.parametrize(
    ("value", "taken"),
    [("1.0", 1.0), (" 1 ", 1.0), ("1e0", 1.0), ("0.0", 0.0), ("-0", 0.0), (True, 1.0), ("True", 1.0), ("false", 0.0)],
)
def test_an_activation_is_whatever_float_takes_and_four_words(value: Json, taken: float) -> None:
    plant = ToyPlant(AIR)
    payload(case_with_step(30, plant), "advance", {FAN_ON: value})
    assert plant.steps == [(30.0, {FAN_ON: taken})]


@pytest.mark.parametrize("value", ["TRUE", "FALSE", " True", "yes", "", "nan", "2", 0.5])
def test_any_other_activation_is_refused(value: Json) -> None:
    reply = call(case_with_step(60), "advance", {FAN_ON: value})
    assert reply.status == 400
    assert reply.message.startswith(f"Invalid value {value} and/or type {type(value)} for input {FAN_ON}.")


def test_a_body_of_nulls_fails_like_a_model_error() -> None:
    reply = call(case_with_step(60), "advance", {FAN: None})
    assert reply.status == 500
    assert reply.message.startswith("Failed to advance simulation: Traceback")
    assert str(reply.payload).startswith("Traceback")


def test_a_plant_that_fails_is_a_500_with_its_traceback_as_payload() -> None:
    plant = BrokenPlant(AIR)
    case = case_with_step(60, plant)
    plant.broken = True
    reply = call(case, "advance", {})
    assert reply.status == 500
    assert str(reply.payload).endswith("ArithmeticError: diverged\n")
    assert reply.message == f"Failed to advance simulation: {reply.payload}."
    assert call(case, "initialize", {"start_time": 60, "warmup_period": 60}).message.startswith(
        "Failed to initialize test simulation: Traceback"
    )


@pytest.mark.parametrize(
    ("step_s", "samples"),
    [(60, [30.0, 60.0]), (45, [45.0]), (10, [10.0]), (29.5, [29.5]), (100, [100 / 3, 200 / 3, 100.0])],
)
def test_a_step_is_stored_in_equal_parts_of_about_30_s(step_s: float, samples: list[float]) -> None:
    plant = ToyPlant(AIR)
    case = case_with_step(step_s, plant)
    payload(case, "advance", {FAN: 0.5})
    assert times(case) == pytest.approx([0.0, *samples])
    assert [round(step, 6) for step, _ in plant.steps] == [round(step_s / len(samples), 6)] * len(samples)
    assert [bool(inputs) for _, inputs in plant.steps] == [True] + [False] * (len(samples) - 1)


def test_the_warm_up_is_made_of_samples_that_are_kept_but_starts_at_zero_at_the_earliest() -> None:
    case = case_with_step(60)
    reply = call(case, "initialize", {"start_time": 90, "warmup_period": "604800"})
    assert reply.message == "Test simulation initialized successfully to 90.0s with warmup period of 604800.0s."
    assert times(case) == [0.0, 30.0, 60.0, 90.0]


def test_initialize_puts_every_override_back_to_embedded_control() -> None:
    case = case_with_step(60)
    payload(case, "advance", {FAN: 0.7, FAN_ON: 1})
    state = payload(case, "initialize", {"start_time": 0, "warmup_period": 0})
    assert (state[FAN], state[FAN_ON]) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "Invalid value None for parameter start_time. Value must be a float"),
        ({"start_time": 0}, "Invalid value None for parameter warmup_period. Value must be a float"),
        ({"start_time": -1, "warmup_period": 0}, "Invalid value -1.0 for parameter start_time. Value must not be n"),
        ({"start_time": -1, "warmup_period": "x"}, "Invalid value x for parameter warmup_period. Value must be a fl"),
    ],
)
def test_a_refused_initialize_destroys_the_state_until_a_good_one(params: Json, message: str) -> None:
    case = case_with_step(60)
    reply = call(case, "initialize", params)
    assert reply.status == 400
    assert reply.message.startswith(message)
    window = {"point_names": [FAN], "start_time": 0, "final_time": 60}
    broken = [call(case, "advance", {}), call(case, "get_results", window), call(case, "get_kpis")]
    assert [reply.status for reply in broken] == [500, 500, 500]
    payload(case, "initialize", {"start_time": 0, "warmup_period": 0})
    assert payload(case, "advance", {})["time"] == 60.0


def test_an_unreadable_final_time_is_refused_before_anything_is_destroyed() -> None:
    case = case_with_step(60)
    reply = call(case, "initialize", {"start_time": 0, "warmup_period": 0, "final_time": "abc"})
    assert (reply.message, reply.payload) == ("Bad Request", "could not convert string to float: 'abc'")
    assert payload(case, "advance", {})["time"] == 60.0


@pytest.mark.parametrize("final_time", [0, "", [], False])
def test_an_empty_final_time_is_none(final_time: Json) -> None:
    case = case_with_step(60)
    payload(case, "initialize", {"start_time": 0, "warmup_period": 0, "final_time": final_time})
    assert payload(case, "advance", {})["time"] == 60.0


def test_a_simulation_that_fails_to_initialize_leaves_no_state() -> None:
    plant = BrokenPlant(AIR)
    case = case_with_step(60, plant)
    plant.broken = True
    assert call(case, "initialize", {"start_time": 60, "warmup_period": 60}).status == 500
    plant.broken = False
    assert call(case, "advance", {}).status == 500


def test_the_step_that_reaches_the_final_time_is_cut_and_then_the_payload_is_empty() -> None:
    case = case_with_step(60)
    payload(case, "initialize", {"start_time": 0, "warmup_period": 0, "final_time": 90})
    replies = [call(case, "advance", {}) for _ in range(3)]
    assert [reply.message for reply in replies] == [
        "Advanced simulation successfully from 0.0s to 60.0s.",
        "Advanced simulation successfully from 60.0s to 90.0s.",
        "End of test case scenario time period reached.",
    ]
    assert replies[2].payload == {}
    assert call(case, "advance", {"nosuch": 1}).status == 400


def test_only_the_first_step_of_zero_length_is_made_and_it_keeps_its_inputs() -> None:
    plant = ToyPlant(AIR)
    case = case_with_step(0, plant)
    assert call(case, "advance", {FAN: 0.4}).message == "Advanced simulation successfully from 0.0s to 0.0s."
    second = call(case, "advance", {})
    assert (second.status, second.message, second.payload) == (400, "Bad Request", "float division by zero")
    payload(case, "set_step", {"step": 30})
    payload(case, "advance", {})
    assert plant.steps == [(30.0, {FAN: 0.4})]


@pytest.mark.parametrize("step", ["nan", "Infinity", 1e12, 1e300])
def test_a_step_that_cannot_be_simulated_fails_without_hanging(step: str) -> None:
    assert call(case_with_step(0, None), "set_step", {"step": step}).status == 200
    case = CaseEngine(ToyPlant(AIR))
    call(case, "set_step", {"step": step})
    assert call(case, "advance", {}).status == 500
    assert call(case, "initialize", {"start_time": step, "warmup_period": step}).status == 500


def test_a_long_step_gives_up_when_the_server_stops() -> None:
    stopping = Event()
    case = CaseEngine(ToyPlant(AIR), CaseOptions(stopping.is_set))
    stopping.set()
    with pytest.raises(StoppedError):
        call(case, "advance", {})


def test_the_time_ratio_is_the_mean_think_time_over_the_step_and_null_before_the_second() -> None:
    seconds = count(step=5.0)
    case = CaseEngine(ToyPlant(TOY), CaseOptions(clock=lambda: next(seconds)))
    call(case, "set_step", {"step": 50})
    ratios = []
    for _ in range(3):
        payload(case, "advance", {})
        ratios.append(payload(case, "get_kpis")["time_rat"])
    assert ratios == [None, 0.1, 0.1]


@pytest.mark.parametrize(
    ("names", "start", "final", "lengths"),
    [
        ([FAN], -1, 1e9, {FAN: 5, "time": 5}),
        ([FAN], 31, 90, {FAN: 2, "time": 2}),
        ([FAN], 31, 59, {FAN: 0, "time": 0}),
        ([FAN], 90, 30, {FAN: 0, "time": 0}),
        (FAN, 0, 120, {FAN: 5, "time": 5}),
        (["time", FAN], 60, 120, {"time": 1, FAN: 3}),
        ([FAN, FAN], 60, 120, {FAN: 1, "time": 3}),
        ([], 0, 120, {}),
    ],
)
def test_results_are_narrowed_to_stored_samples(
    names: Json, start: float, final: float, lengths: dict[str, int]
) -> None:
    case = case_with_step(120)
    payload(case, "advance", {})
    series = payload(case, "get_results", {"point_names": names, "start_time": start, "final_time": final})
    assert {name: len(values) for name, values in series.items()} == lengths


@pytest.mark.parametrize(("start", "final"), [(121, 200), (-10, -5)])
def test_a_window_outside_the_history_is_a_500(start: float, final: float) -> None:
    case = case_with_step(120)
    payload(case, "advance", {})
    reply = call(case, "get_results", {"point_names": [FAN], "start_time": start, "final_time": final})
    assert (reply.status, reply.payload) == (500, None)
    assert reply.message.startswith("Failed to query simulation results: Traceback")


@pytest.mark.parametrize("names", [None, 5, True, [["a"]], [FAN, {}], {FAN: 1}])
def test_results_for_what_are_no_names_are_a_500(names: Json) -> None:
    reply = call(case_with_step(60), "get_results", {"point_names": names, "start_time": 0, "final_time": 1})
    assert (reply.status, reply.payload) == (500, None)
    assert reply.message.startswith("Failed to query simulation results: Traceback")
    assert "TypeError" in reply.message


@pytest.mark.parametrize(
    ("method", "params", "message"),
    [
        ("get_results", {"start_time": "x", "final_time": "y"}, "Invalid value x for parameter start_time."),
        ("get_results", {"start_time": 0, "final_time": "y"}, "Invalid value y for parameter final_time."),
        ("get_results", {"start_time": 0, "final_time": 0}, "Invalid point name nosuch in parameter point_names."),
        ("get_forecast", {"horizon": -1, "interval": "y"}, "Invalid value y for parameter interval."),
        ("get_forecast", {"horizon": "x", "interval": "y"}, "Invalid value x for parameter horizon."),
        ("get_forecast", {"horizon": -1, "interval": 0}, "Invalid value -1.0 for parameter horizon. Value must not"),
        ("get_forecast", {"horizon": 0, "interval": 0}, "Invalid value 0.0 for parameter interval. Value must be p"),
        ("get_forecast", {"horizon": 0, "interval": 1}, "Invalid point name(s) ['nosuch'] in parameter point_names."),
    ],
)
def test_numbers_are_read_before_signs_are_looked_at_and_names_come_last(
    method: str, params: Json, message: str
) -> None:
    reply = call(case_with_step(60), method, {"point_names": ["nosuch"], **params})
    assert (reply.status, reply.payload) == (400, None)
    assert reply.message.startswith(message)


def test_a_forecast_of_what_has_no_hash_names_it_as_unknown() -> None:
    reply = call(case_with_step(60), "get_forecast", {"point_names": [["a"], 5], "horizon": 0, "interval": 1})
    assert reply.message.startswith("""Invalid point name(s) ["['a']", '5'] in parameter""")


def test_a_forecast_of_more_points_than_memory_holds_is_a_500() -> None:
    reply = call(case_with_step(60), "get_forecast", {"point_names": [], "horizon": 1e12, "interval": 1e-3})
    assert (reply.status, reply.payload) == (500, None)
    assert "MemoryError" in reply.message


@pytest.mark.parametrize(
    ("method", "body", "text"),
    [
        ("set_step", {}, "'step'"),
        ("set_step", [1], "list indices must be integers or slices, not str"),
        ("set_step", None, "'NoneType' object is not subscriptable"),
        ("advance", [], "'list' object has no attribute 'keys'"),
        ("advance", {FAN_ON: [1]}, "float() argument must be a string or a real number, not 'list'"),
        ("get_results", {"start_time": 0, "final_time": 1}, "'point_names'"),
        ("get_results", {"point_names": [FAN], "start_time": 0}, "'final_time'"),
        ("get_forecast", {"point_names": None, "horizon": 0, "interval": 1}, "'NoneType' object is not iterable"),
        ("set_scenario", [], "list indices must be integers or slices, not str"),
        ("set_scenario", "x", "'str' object does not support item assignment"),
        ("initialize", None, "'NoneType' object has no attribute 'get'"),
    ],
)
def test_careless_input_is_a_bad_request_with_the_text_of_the_exception(method: str, body: Json, text: str) -> None:
    reply = call(case_with_step(60), method, body)
    assert (reply.status, reply.message, reply.payload) == (400, "Bad Request", text)
