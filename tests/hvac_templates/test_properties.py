"""Names, order, letter case and strangers in the model do not change a result; hostile text stays text."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hvac_templates.expand import expand
from hvac_templates.judge.validation import normalised
from tests.hvac_templates.boxes import boxes, ideal_loads, packaged_units, zone_names
from tests.hvac_templates.oracle.differences import compare
from tests.hvac_templates.properties import Model, NewModel, recased, renamed, shuffled, with_unrelated
from tests.hvac_templates.topology import problems

ZONES = zone_names(3)
MODELS = {
    "ideal loads": boxes(ZONES, ideal_loads(ZONES)),
    "packaged units": boxes(ZONES, packaged_units(ZONES)),
}
AWKWARD = [
    "5",
    "3-1",
    "0101",
    "1E5",
    "id",
    "None",
    "{zone_name}",
    "{}",
    "%s",
    "a;b,c!d",
    "__import__('os')",
    "*",
    "Büro ß",
]


def expanded(model: Model) -> NewModel:
    result = expand(model)
    assert [str(message) for message in result.messages] == []
    assert result.model is not None
    return result.model


def means_the_same(base: Model, one: Model, other: Model) -> bool:
    comparison = compare(base, one, other)
    return comparison.same and comparison.pairs > 10


@pytest.fixture(params=MODELS, ids=str)
def model(request: pytest.FixtureRequest) -> NewModel:
    return copy.deepcopy(MODELS[request.param])


def test_what_is_expanded_hangs_together(model: NewModel) -> None:
    found = [text for text in problems(expanded(model)) if "ideal loads outdoor air inlet" not in text.casefold()]
    assert found == []


def test_the_given_model_is_not_changed_and_the_result_is_always_the_same(model: NewModel) -> None:
    before = json.dumps(model)
    first = json.dumps(expanded(model))
    assert json.dumps(expanded(model)) == first
    assert json.dumps(model) == before


def test_order_does_not_matter(model: NewModel) -> None:
    usual = expanded(model)
    assert all(means_the_same(model, usual, expanded(shuffled(model, seed))) for seed in range(3))


def test_letter_case_does_not_matter(model: NewModel) -> None:
    usual = expanded(model)
    for seed in range(3):
        assert means_the_same(model, usual, expanded(recased(model, seed)))


def test_unrelated_objects_do_not_matter(model: NewModel) -> None:
    more = with_unrelated(model)
    result = expanded(more)
    assert means_the_same(more, expanded(model) | {"Output:Variable": more["Output:Variable"]}, result)
    assert result["Material:NoMass"]["Unrelated"] == more["Material:NoMass"]["Unrelated"]


@pytest.mark.parametrize("name", AWKWARD)
def test_a_zone_may_have_an_awkward_name(model: NewModel, name: str) -> None:
    usual = expanded(model)
    there = expanded(renamed(model, {"Zone 1": name}))
    assert means_the_same(model, usual, renamed(there, {name: "Zone 1"}))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(name=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30))
def test_a_zone_may_have_any_name(name: str) -> None:
    taken = {text.casefold() for objects in MODELS["packaged units"].values() for text in objects}
    if not name.strip() or name != name.strip() or name.casefold() in taken:
        return
    model = MODELS["packaged units"]
    there = expanded(renamed(model, {"Zone 1": name}))
    assert means_the_same(model, expanded(model), renamed(there, {name: "Zone 1"}))


def test_normalising_what_is_normal_changes_nothing(model: NewModel) -> None:
    from hvac_templates.judge.schema import Schema

    schema = Schema.shipped()
    once = normalised(model, schema)
    assert normalised(once, schema) == once
    assert normalised(recased(model, 1), schema).keys() == once.keys()
