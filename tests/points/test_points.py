from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from points import (
    ANYTHING,
    POINT_CLASSES,
    ActivationPoint,
    BadValue,
    BeyondBounds,
    Bounds,
    Point,
    PointConfig,
    UnitSystem,
    make_point,
)
from utils.unit_conversion import UnitConverter, UnitError
from utils.values import ObjectType, PointMetadata, PointValue, Role

CONVERTER = UnitConverter()
TEMPERATURE = {"unit": "K", "si_unit": "degC", "us_unit": "degF"}
ACTIVATED = {"bop_point": "oveFan_u", "bop_override_point": "oveFan_activate"}


def point(object_type: str, /, **keys: object) -> Point:
    """Make a point from keys of its config; ``us=True`` for a controller in US units."""
    unit_system: UnitSystem = "US" if keys.pop("us", False) else "SI"
    config = {"bop_point": "reaT_y", "ecy_point": "Temp", "object_type": object_type, **keys}
    return make_point(PointConfig.model_validate(config), unit_system, CONVERTER)


@pytest.mark.parametrize(
    ("object_type", "role"),
    [
        ("AnalogInput", Role.FORCED),
        ("BinaryInput", Role.FORCED),
        ("MultiStateInput", Role.FORCED),
        ("AnalogValue", Role.COMMANDED),
        ("BinaryValue", Role.COMMANDED),
        ("MultiStateValue", Role.COMMANDED),
        ("AnalogOutput", Role.READ),
        ("BinaryOutput", Role.READ),
        ("MultiStateOutput", Role.READ),
    ],
)
def test_inputs_are_forced_values_commanded_outputs_read(object_type: str, role: Role) -> None:
    made = point(object_type)
    assert (made.object_type, made.role) == (object_type, role)


def test_every_object_type_has_a_class_of_its_own() -> None:
    assert set(POINT_CLASSES) == set(ObjectType)
    assert len(set(POINT_CLASSES.values())) == len(ObjectType)


def test_a_point_tells_what_its_config_said() -> None:
    made = point("AnalogValue", us=True, **TEMPERATURE, priority=12)
    assert (made.bop_point, made.ecy_point, made.object_name) == ("reaT_y", "Temp", "Temp")
    assert (made.priority, made.unit, made.device_unit) == (12, "K", "degF")
    assert made.config.us_unit == "degF"
    assert made.activation is None


def test_the_vendors_usual_priority_is_the_default() -> None:
    assert point("AnalogValue").priority == 14


@pytest.mark.parametrize(
    ("us", "keys", "device_unit", "value"),
    [
        (True, TEMPERATURE, "degF", 68.0),
        (False, TEMPERATURE, "degC", 20.0),
        (True, {**TEMPERATURE, "convert_to_us": False}, "degC", 20.0),
        (True, {**TEMPERATURE, "convert_to_us": True}, "degF", 68.0),
        (True, {"unit": "K", "si_unit": "degC"}, "degC", 20.0),
        (False, {"unit": "K", "us_unit": "degF"}, "K", 293.15),
        (True, {"unit": "K"}, "K", 293.15),
        (True, {}, None, 293.15),
    ],
)
def test_the_unit_system_decides_what_the_device_gets(
    us: bool, keys: dict[str, object], device_unit: str | None, value: float
) -> None:
    made = point("AnalogInput", us=us, **keys)
    assert made.device_unit == device_unit
    assert made.process_bop_value(293.15) == pytest.approx(value, abs=1e-10)


def test_a_humidity_fraction_becomes_percent() -> None:
    keys = {"unit": "dimensionless", "si_unit": "percent", "us_unit": "percent", "convert_to_us": True}
    assert point("AnalogValue", us=True, **keys).process_bop_value(0.63) == 63.0


def test_an_analog_output_without_units_is_percent_to_fraction() -> None:
    made = point("AnalogOutput", us=True, **ACTIVATED)
    assert (made.unit, made.device_unit) == ("dimensionless", "percent")
    assert [made.process_ecy_value(raw) for raw in (0, 25.0, 100.0)] == [0.0, 0.25, 1.0]


@pytest.mark.parametrize(
    ("keys", "expected"), [({"unit": "1"}, 0.5), ({"unit": "1", "si_unit": "1"}, 50.0), ({"unit": "percent"}, 50.0)]
)
def test_an_analog_output_that_names_a_fraction_is_percent_unless_it_says_otherwise(
    keys: dict[str, str], expected: float
) -> None:
    assert point("AnalogOutput", **keys).process_ecy_value(50.0) == expected


def test_a_set_point_goes_from_fahrenheit_to_kelvin() -> None:
    made = point("AnalogOutput", us=True, **ACTIVATED, **TEMPERATURE)
    assert made.process_ecy_value(55.0) == pytest.approx(285.9277777777778, rel=1e-15)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({}, 80.0),
        ({"reverse": True}, 20.0),
        ({"scale": 0.5}, 40.0),
        ({"offset": -5.0}, 75.0),
        ({"reverse": True, "scale": 0.5, "offset": 3.0}, 13.0),
        ({"maximum": 60.0}, 60.0),
        ({"minimum": 90.0}, 90.0),
        ({"minimum": 90}, 90.0),
        ({"scale": 2.0, "maximum": 100.0}, 100.0),
        ({"scale": -1.0, "minimum": 0.0}, 0.0),
    ],
)
def test_shaping_is_done_in_the_device_unit_and_in_one_order_both_ways(
    keys: dict[str, object], expected: float
) -> None:
    units = {"unit": "1", "si_unit": "percent"}
    assert point("AnalogInput", **units, **keys).process_bop_value(0.8) == pytest.approx(expected)
    assert point("AnalogOutput", **units, **keys).process_ecy_value(80.0) == pytest.approx(expected / 100.0)


def test_a_return_damper_follows_the_outdoor_damper_backwards() -> None:
    assert point("AnalogOutput", reverse=True).process_ecy_value(30.0) == pytest.approx(0.7)


@given(st.floats(min_value=0.0, max_value=100.0))
def test_what_a_percent_output_sends_is_always_a_fraction(raw: float) -> None:
    assert 0.0 <= point("AnalogOutput").process_ecy_value(raw) <= 1.0


@pytest.mark.parametrize(
    ("keys", "values", "expected"),
    [
        ({}, (0.0, 0.5, 0.6, 0.5), [False, False, True, False]),
        ({"threshold": 3}, (2.9, 3.0, 3.1), [False, False, True]),
        ({"threshold": 3.0, "hysteresis": 1.0}, (2.5, 3.5, 2.5, 2.0, 2.5), [False, True, True, False, False]),
        (
            {"threshold": 3.0, "hysteresis": 1.0, "reverse": True},
            (2.5, 3.5, 2.5, 2.0, 2.5),
            [True, False, False, True, True],
        ),
    ],
)
@pytest.mark.parametrize("object_type", ["BinaryInput", "BinaryValue"])
def test_a_binary_is_active_above_its_threshold(
    object_type: str, keys: dict[str, object], values: tuple[float, ...], expected: list[bool]
) -> None:
    made, previous, seen = point(object_type, **keys), None, []
    for value in values:
        previous = made.process_bop_value(value, None, previous)
        seen.append(previous)
    assert seen == expected
    assert all(type(value) is bool for value in seen)


@pytest.mark.parametrize(("raw", "reverse", "expected"), [(True, False, 1.0), (0, False, 0.0), (1.0, True, 0.0)])
def test_a_binary_output_is_one_or_zero(raw: PointValue, reverse: bool, expected: float) -> None:
    assert point("BinaryOutput", reverse=reverse).process_ecy_value(raw) == expected


def test_a_binary_output_that_is_neither_is_a_bad_value() -> None:
    with pytest.raises(BadValue, match=r"63\.0 is neither active nor inactive"):
        point("BinaryOutput").process_ecy_value(63.0)


@pytest.mark.parametrize(
    ("states", "value", "state"),
    [(None, 2.0, 2), (None, 2.9999, 3), ({"1": 0, "2": 0.5, "3": 1}, 0.5, 2), ({"1": 0, "2": 1}, 0.0, 1)],
)
def test_a_number_of_the_simulation_becomes_a_state(states: dict[str, float] | None, value: float, state: int) -> None:
    found = point("MultiStateValue", states=states).process_bop_value(value)
    assert found == state
    assert type(found) is int


@pytest.mark.parametrize(("states", "value"), [(None, 0.0), (None, -1.0), ({"1": 0, "2": 1}, 1.6)])
def test_a_number_that_stands_for_no_state_is_a_bad_value(states: dict[str, float] | None, value: float) -> None:
    with pytest.raises(BadValue, match="no state"):
        point("MultiStateInput", states=states).process_bop_value(value)


def test_several_states_may_mean_one_number_of_the_simulation() -> None:
    made = point("MultiStateOutput", states={"1": 0, "2": 0, "3": 1})
    assert [made.process_ecy_value(state) for state in (1, 2.0, 3)] == [0.0, 0.0, 1.0]


def test_a_state_without_a_map_is_its_own_number() -> None:
    assert point("MultiStateOutput").process_ecy_value(3) == 3.0


@pytest.mark.parametrize(("states", "raw"), [({"1": 0, "2": 1}, 3), (None, 0), (None, 1.5)])
def test_a_state_that_is_not_there_is_a_bad_value(states: dict[str, float] | None, raw: float) -> None:
    with pytest.raises(BadValue, match="none of the states"):
        point("MultiStateOutput", states=states).process_ecy_value(raw)


@pytest.mark.parametrize("object_type", list(ObjectType))
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, None, "21.5", pytest.param(10**400, id="401 digits")])
def test_what_is_not_a_number_is_never_passed_on(object_type: str, bad: float) -> None:
    made = point(object_type)
    with pytest.raises(BadValue, match="is not a number"):
        made.process_bop_value(bad)
    with pytest.raises(BadValue, match="is not a number"):
        made.process_ecy_value(bad)


@pytest.mark.parametrize("object_type", list(ObjectType))
def test_true_is_no_number_and_only_a_binary_object_holds_it(object_type: str) -> None:
    made = point(object_type)
    with pytest.raises(BadValue, match="True is not a number"):
        made.process_bop_value(True)
    if made.object_type.is_binary:
        assert made.process_ecy_value(True) == 1.0
    else:
        with pytest.raises(BadValue, match="True is not a number"):
            made.process_ecy_value(True)


@pytest.mark.parametrize("object_type", list(ObjectType))
@pytest.mark.parametrize("huge", [1e308, -3.5e38, 2 * 10**300], ids=["1e308", "-3.5e38", "301 digits"])
def test_what_a_controller_cannot_hold_is_never_passed_on(object_type: str, huge: float) -> None:
    keys = {"minimum": 0.0, "maximum": 100.0} if object_type.startswith("Analog") else {}
    made = point(object_type, **keys)
    with pytest.raises(BadValue):
        made.process_ecy_value(huge)
    if made.role is not Role.READ:
        with pytest.raises(BadValue):
            made.process_bop_value(huge)


def test_whether_a_controller_can_hold_a_value_is_judged_in_its_own_unit() -> None:
    assert point("AnalogInput", unit="Pa", si_unit="kPa").process_bop_value(1e41) == pytest.approx(1e38)
    with pytest.raises(BadValue, match="more than a controller can hold"):
        point("AnalogInput", unit="kPa", si_unit="Pa").process_bop_value(1e37)
    with pytest.raises(BadValue, match="more than a controller can hold"):
        point("AnalogOutput", **ACTIVATED, scale=1e300).process_ecy_value(1e30)
    with pytest.raises(BadValue, match="more than a controller can hold"):
        point("AnalogInput", minimum=1e39).process_bop_value(1.0)


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (TEMPERATURE, -5.0),
        ({**TEMPERATURE, "us": True}, -0.001),
        ({"unit": "degC", "si_unit": "K"}, -300.0),
        ({"unit": "degC"}, -273.2),
        ({"unit": "degF", "si_unit": "degF"}, -460.0),
    ],
)
@pytest.mark.parametrize("object_type", ["AnalogInput", "AnalogValue"])
def test_an_absolute_temperature_is_not_below_0_kelvin(object_type: str, keys: dict[str, object], value: float) -> None:
    with pytest.raises(BadValue, match="below absolute zero"):
        point(object_type, **keys).process_bop_value(value)


def test_an_output_below_0_kelvin_is_bad_although_a_minimum_would_cut_it() -> None:
    with pytest.raises(BadValue, match="below absolute zero"):
        point("AnalogOutput", **ACTIVATED, **TEMPERATURE, minimum=12.0).process_ecy_value(-3e38)


def test_a_binary_of_a_temperature_is_judged_by_it_too() -> None:
    with pytest.raises(BadValue, match="below absolute zero"):
        point("BinaryInput", unit="degC", threshold=5.0).process_bop_value(-300.0)


@pytest.mark.parametrize(
    ("keys", "value", "expected"),
    [
        ({"unit": "K"}, -5.0, -5.0),
        ({"unit": "delta_degC", "si_unit": "delta_degF"}, -5.0, -9.0),
        ({"unit": "1"}, -4.2, -4.2),
        ({"unit": "Pa"}, -120.0, -120.0),
        ({"unit": "m3/s", "si_unit": "L/s"}, -0.5, -500.0),
        ({"unit": "W"}, -900.0, -900.0),
        (TEMPERATURE, 0.0, -273.15),
    ],
)
def test_nothing_is_guessed_from_a_unit(keys: dict[str, object], value: float, expected: float) -> None:
    assert point("AnalogInput", **keys).process_bop_value(value) == pytest.approx(expected)


class TestValid:
    """``valid_min`` and ``valid_max``: in the simulation's unit, for values of either side; they cut nothing."""

    @pytest.mark.parametrize(("value", "words"), [(262.9, "below valid_min 263"), (333.2, "above valid_max 333")])
    def test_a_measurement_beyond_them_is_bad(self, value: float, words: str) -> None:
        made = point("AnalogInput", **TEMPERATURE, valid_min=263.0, valid_max=333.0)
        with pytest.raises(BadValue, match=words):
            made.process_bop_value(value)

    def test_the_bounds_themselves_are_valid_also_as_a_controller_keeps_them(self) -> None:
        made = point("AnalogInput", **TEMPERATURE, valid_min=263.0, valid_max=333.0)
        assert [made.process_bop_value(value) for value in (263.0, 333.0)] == pytest.approx([-10.15, 59.85])
        output = point("AnalogOutput", us=True, **ACTIVATED, **TEMPERATURE, valid_max=313.15)
        assert output.process_ecy_value(104.00000762939453) == pytest.approx(313.15)

    @pytest.mark.parametrize(("raw", "words"), [(-40.0, "-0.4 is below valid_min"), (101.0, "1.01 is above valid_max")])
    def test_an_output_beyond_them_is_bad_before_its_limits_cut_it(self, raw: float, words: str) -> None:
        made = point("AnalogOutput", **ACTIVATED, minimum=0.0, maximum=100.0, valid_min=0.0, valid_max=1.0)
        assert made.process_ecy_value(100.0) == 1.0
        with pytest.raises(BadValue, match=words):
            made.process_ecy_value(raw)

    def test_a_status_is_judged_by_the_number_that_it_is_made_of(self) -> None:
        made = point("BinaryInput", unit="W", threshold=10.0, valid_min=0.0)
        assert made.process_bop_value(20.0) is True
        with pytest.raises(BadValue, match="below valid_min"):
            made.process_bop_value(-20.0)


@pytest.mark.parametrize(
    ("keys", "new", "last", "differs"),
    [
        ({}, 20.0, 20.0, False),
        ({}, 20.000001, 20.0, True),
        ({"deadband": 0.5}, 20.5, 20.0, False),
        ({"deadband": 0.5}, 19.4, 20.0, True),
    ],
)
def test_a_change_within_the_deadband_is_none(keys: dict[str, object], new: float, last: float, differs: bool) -> None:
    assert point("AnalogInput", **keys).differs(new, last) is differs


def test_every_change_of_a_binary_and_of_a_state_counts() -> None:
    assert point("BinaryInput").differs(True, False)
    assert not point("BinaryInput").differs(True, True)
    assert point("MultiStateValue").differs(2, 3)


def test_an_activation_belongs_to_the_input_of_the_same_stem() -> None:
    activation = point("AnalogOutput", **ACTIVATED).activation
    assert activation == ActivationPoint("oveFan_activate") == ActivationPoint.of("oveFan_u")
    assert activation.bop_point == "oveFan_u"
    assert (activation.value(True), activation.value(False)) == (1.0, 0.0)


@pytest.mark.parametrize(("name", "is_kpi"), [("cost_tot", True), ("time_rat", True), ("reaT_y", False)])
def test_the_simulations_indicators_are_known_by_name(name: str, is_kpi: bool) -> None:
    assert point("AnalogValue", bop_point=name).is_kpi is is_kpi


def test_units_that_do_not_fit_cannot_be_made_into_a_point() -> None:
    with pytest.raises(UnitError, match="'K' cannot be converted to 'kPa'"):
        point("AnalogInput", unit="K", si_unit="kPa")


@pytest.mark.parametrize(
    ("object_type", "keys", "metadata", "message"),
    [
        ("AnalogInput", TEMPERATURE, PointMetadata("K"), None),
        ("AnalogInput", {"unit": "m**3/s"}, PointMetadata("m3/s"), None),
        ("AnalogInput", {}, PointMetadata("K"), None),
        ("AnalogInput", TEMPERATURE, PointMetadata(None), None),
        ("AnalogInput", TEMPERATURE, PointMetadata("cubits of lore"), None),
        ("AnalogInput", {"unit": "degC"}, PointMetadata("K"), "unit is 'degC', but reaT_y is in 'K': set unit to 'K'"),
        ("BinaryInput", {"unit": "Pa"}, PointMetadata("W"), "unit is 'Pa', but reaT_y is in 'W': set unit to 'W'"),
        ("AnalogOutput", {}, PointMetadata("1", "", 0.0, 1.0), None),
        (
            "AnalogOutput",
            {},
            PointMetadata("K", "", 285.15, 313.15),
            "unit is 'dimensionless', but reaT_y is in 'K': set unit to 'K'",
        ),
        (
            "AnalogOutput",
            {**TEMPERATURE, "minimum": 10.0, "maximum": 40.0},
            PointMetadata("K", "", 285.15, 313.15),
            "minimum is 283.15 in the simulation's unit, but it accepts no less than 285.15",
        ),
        (
            "AnalogOutput",
            {**TEMPERATURE, "minimum": 12.0, "maximum": 41.0},
            PointMetadata("K", "", 285.15, 313.15),
            "maximum is 314.15 in the simulation's unit, but it accepts no more than 313.15",
        ),
        (
            "AnalogOutput",
            {**TEMPERATURE, "minimum": 12.0, "maximum": 40.0},
            PointMetadata("K", "", 285.15, 313.15),
            None,
        ),
        ("AnalogOutput", {"maximum": 100.0}, PointMetadata("1"), None),
    ],
)
def test_the_config_is_held_against_what_the_simulation_says(
    object_type: str, keys: dict[str, object], metadata: PointMetadata, message: str | None
) -> None:
    assert point(object_type, **keys).check_metadata(metadata) == message


class TestTyped:
    """What somebody types for an object is its own value, in the device unit: held against limits, never cut."""

    @pytest.mark.parametrize(
        ("object_type", "keys", "typed", "value"),
        [
            ("AnalogInput", TEMPERATURE, 21, 21.0),
            ("AnalogValue", {**TEMPERATURE, "us": True, "maximum": 90.0}, 90.0, 90.0),
            ("AnalogOutput", {**ACTIVATED, "reverse": True, "maximum": 80.0}, 20.0, 20.0),
            ("BinaryInput", {"reverse": True}, " Active ", True),
            ("BinaryValue", {}, 0, False),
            ("BinaryOutput", ACTIVATED, True, True),
            ("MultiStateValue", {"states": {"1": 0, "3": 5}}, 3, 3),
            ("MultiStateInput", {}, 2.0, 2),
        ],
    )
    def test_it_is_taken_as_it_is(
        self, object_type: str, keys: dict[str, object], typed: PointValue | str, value: PointValue
    ) -> None:
        accepted = point(object_type, **keys).accept(typed)
        assert (accepted, type(accepted)) == (value, type(value))

    @pytest.mark.parametrize(
        ("object_type", "keys", "typed", "words"),
        [
            ("AnalogInput", {**TEMPERATURE, "minimum": 5.0, "maximum": 40.0}, 41, "it takes 5 to 40 degC, not 41"),
            ("AnalogValue", {"minimum": 5.0}, 4.5, "it takes at least 5, not 4.5"),
            (
                "AnalogOutput",
                {**ACTIVATED, "reverse": True, "maximum": 80.0},
                10.0,
                "it takes at most 80 percent, not 10, which is passed on as 90",
            ),
            ("AnalogOutput", {**ACTIVATED, "valid_max": 1.0}, 130, "1.3 is above valid_max 1"),
            ("AnalogInput", TEMPERATURE, "21", "'21' is not a number"),
            ("AnalogInput", TEMPERATURE, True, "True is not a number"),
            ("AnalogInput", TEMPERATURE, math.nan, "nan is not a number"),
            ("AnalogInput", TEMPERATURE, -4e38, "-4e+38 is more than a controller can hold"),
            ("AnalogInput", TEMPERATURE, -274, "-274 degC is below absolute zero"),
            ("BinaryInput", {}, "on", "'on' is neither active (1) nor inactive (0)"),
            ("BinaryInput", {}, 2, "2 is neither active (1) nor inactive (0)"),
            ("MultiStateValue", {"states": {"1": 0, "3": 5}}, 2, "2 is none of the states"),
            ("MultiStateValue", {}, 1.5, "1.5 is none of the states"),
            ("MultiStateValue", {}, "1", "'1' is not the number of a state"),
            ("MultiStateValue", {}, math.inf, "inf is not the number of a state"),
        ],
    )
    def test_what_has_no_room_is_refused_in_words(
        self, object_type: str, keys: dict[str, object], typed: PointValue | str, words: str
    ) -> None:
        with pytest.raises(BadValue) as bad:
            point(object_type, **keys).accept(typed)
        assert str(bad.value) == words

    @pytest.mark.parametrize(
        ("object_type", "keys", "typed", "limits"),
        [
            ("AnalogInput", {**TEMPERATURE, "minimum": 5.0}, 4, Bounds(5.0)),
            ("AnalogInput", TEMPERATURE, -300, Bounds(-273.15)),
            ("AnalogOutput", {**ACTIVATED, "reverse": True, "maximum": 80.0}, 10.0, Bounds(20.0)),
            ("AnalogOutput", {**ACTIVATED, "scale": 0.5, "minimum": 10.0, "maximum": 40.0}, 90.0, Bounds(20.0, 80.0)),
        ],
    )
    def test_limits_are_told_in_the_unit_that_was_typed(
        self, object_type: str, keys: dict[str, object], typed: float, limits: Bounds
    ) -> None:
        with pytest.raises(BeyondBounds) as beyond:
            point(object_type, **keys).accept(typed)
        assert beyond.value.limits == limits


@pytest.mark.parametrize(
    ("object_type", "keys", "raw"),
    [
        ("AnalogOutput", ACTIVATED, 30.0),
        ("AnalogOutput", {**ACTIVATED, "reverse": True, "scale": 0.5, "offset": 10.0}, 30.0),
        ("AnalogOutput", {**ACTIVATED, **TEMPERATURE, "us": True}, 60.0),
        ("BinaryOutput", {**ACTIVATED, "reverse": True}, True),
        ("BinaryOutput", ACTIVATED, True),
    ],
)
def test_what_an_output_has_to_say_is_its_own_shaping_backwards(
    object_type: str, keys: dict[str, object], raw: PointValue
) -> None:
    made = point(object_type, **keys)
    assert made.raw_for(made.process_ecy_value(raw)) == pytest.approx(float(raw))


def test_limits_in_words() -> None:
    told = [one.words("Pa") for one in (Bounds(0.0, 5.0), Bounds(0.5), Bounds(None, 7.0))]
    assert told == ["0 to 5 Pa", "at least 0.5 Pa", "at most 7 Pa"]
    assert ANYTHING.words() == "anything"
