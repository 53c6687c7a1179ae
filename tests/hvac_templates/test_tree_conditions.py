"""When a part of the tree applies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from hvac_templates.language.conditions import Condition
from hvac_templates.language.objects import options, parse_condition
from hvac_templates.language.text import TreeFault
from hvac_templates.language.values import Scalar
from tests.hvac_templates.trees import ZONE, made


class Facts:
    def __init__(self, values: Mapping[str, Scalar], given: tuple[str, ...] = ()) -> None:
        self._values = values
        self._given = given

    def lookup(self, name: str) -> Scalar | None:
        return self._values.get(name)

    def is_given(self, name: str) -> bool:
        return name in self._given

    def anywhere(self, condition: Condition) -> bool:
        return condition.holds(self)


def holds(raw: Mapping[str, object], given: tuple[str, ...] = (), **values: Scalar) -> bool:
    condition = parse_condition(raw)
    assert isinstance(condition, Condition)
    return condition.holds(Facts(values, given))


def test_all_fields_of_a_condition_must_agree() -> None:
    wanted = {"When": {"coil": "Gas", "place": "DrawThrough"}}
    assert holds(wanted, coil="Gas", place="DrawThrough")
    assert not holds(wanted, coil="Gas", place="BlowThrough")


def test_one_of_several_alternatives_is_enough() -> None:
    wanted = {"When": [{"coil": "Gas"}, {"place": "BlowThrough"}]}
    assert holds(wanted, coil="Electric", place="BlowThrough")
    assert not holds(wanted, coil="Electric", place="DrawThrough")


def test_unless_is_the_opposite() -> None:
    assert not holds({"Unless": {"coil": ["Gas", "Electric"]}}, coil="Gas")
    assert holds({"When": {"place": "A"}, "Unless": {"coil": "Gas"}}, coil="None", place="A")


@pytest.mark.parametrize(("wanted", "value"), [("drawthrough", "DrawThrough"), (8, 8.0), (8.0, 8)])
def test_values_are_compared_as_energyplus_does(wanted: Scalar, value: Scalar) -> None:
    assert holds({"When": {"field": wanted}}, field=value)


@pytest.mark.parametrize(
    ("word", "values", "expected"),
    [
        ("None", {}, True),
        ("None", {"field": "None"}, True),
        ("None", {"field": 0}, False),
        ("AnyValue", {"field": 0}, True),
        ("AnyValue", {"field": "none"}, False),
        ("AnyValue", {}, False),
        ("AnyNumber", {"field": 0}, True),
        ("AnyNumber", {"field": "Autosize"}, False),
        ("NotGiven", {"field": 1}, True),
        ("Given", {"field": 1}, False),
    ],
)
def test_words_stand_for_kinds_of_values(word: str, values: dict[str, Scalar], expected: bool) -> None:
    assert holds({"When": {"field": word}}, (), **values) is expected


def test_given_is_what_the_user_typed() -> None:
    assert holds({"When": {"field": "Given"}}, given=("field",), field=1)
    assert not holds({"When": {"field": "NotGiven"}}, given=("field",), field=1)


@pytest.mark.parametrize(("value", "expected"), [(0, False), (0.1, True), (1, False), ("Autosize", False)])
def test_numbers_may_be_bounded(value: Scalar, expected: bool) -> None:
    assert holds({"When": {"field": {"Above": 0, "Below": 1}}}, field=value) is expected


def test_a_number_may_be_bounded_by_another_field() -> None:
    wanted = {"When": {"heating": {"Below": "{cooling}"}}}
    assert holds(wanted, heating=10, cooling=14)
    assert not holds(wanted, heating=50, cooling=14)
    assert not holds(wanted, heating=10, cooling="Autosize")
    assert not holds(wanted, heating=10)


def test_a_field_may_have_to_equal_another() -> None:
    wanted = {"When": {"zone": "{other}"}}
    assert holds(wanted, zone="North", other="NORTH")
    assert not holds(wanted, zone="North", other="South")


@pytest.mark.parametrize(("coils", "expected"), [(["Gas", "None"], 2), (["None", "None"], 0)])
def test_a_condition_may_be_asked_of_all_templates_of_the_type(tmp_path: Path, coils: list[str], expected: int) -> None:
    text = f"""
        OptionTree:
          {ZONE}:
            Name: '{{zone_name}}'
            BaseObjects:
              - WhenAny: {{heating_coil_type: Gas}}
                When: {{zone_name: AnyValue}}
                Objects: [Fan:OnOff: {{}}]
    """
    units = {f"unit {one}": {"zone_name": f"Z{one}", "heating_coil_type": coil} for one, coil in enumerate(coils)}
    assert len(made(tmp_path, text, {ZONE: units}).get("Fan:OnOff", {})) == expected


def test_an_option_is_chosen_by_value_then_number_then_any() -> None:
    choice = options("field", {"Gas | Electric": "coil", "None": "none", "AnyNumber": "number", "AnyValue": "other"})
    chosen = {value: choice.chosen(Facts({"field": value})) for value in ("gas", "Electric", "None", 5, "Water")}
    assert chosen == {"gas": "coil", "Electric": "coil", "None": "none", 5: "number", "Water": "other"}
    assert choice.chosen(Facts({})) == "none"


def test_any_value_may_stand_beside_none() -> None:
    choice = options("field", {"Gas": 1, "None | AnyValue": 2})
    assert [choice.chosen(Facts(values)) for values in ({}, {"field": "x"}, {"field": "Gas"})] == [2, 2, 1]


def test_an_option_that_stands_twice_is_refused() -> None:
    with pytest.raises(TreeFault, match="twice"):
        options("field", {"Gas": 1, "Water | GAS": 2})


@pytest.mark.parametrize("raw", [{"When": {}}, {"When": "Gas"}, {"When": [{}]}, {"When": {"a": {"Over": 1}}}])
def test_a_condition_that_says_nothing_is_refused(raw: dict[str, object]) -> None:
    with pytest.raises(TreeFault):
        parse_condition(raw)
