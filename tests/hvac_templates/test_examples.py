"""The example models of EnergyPlus, expanded by us and simulated: the energies of its own expansion, exactly.

Runs that have been made before are taken from the cache, by the content of the expanded model.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from hvac_templates.expand import expand
from hvac_templates.judge.schema import Schema
from hvac_templates.language.values import ALWAYS, always_number
from tests.hvac_templates.judges import needs_engine, needs_examples
from tests.hvac_templates.oracle import fortran
from tests.hvac_templates.oracle.cells import IGNORED_TYPES
from tests.hvac_templates.oracle.combinations import combinations
from tests.hvac_templates.oracle.judge import FAULTS, count_differences, judge
from tests.hvac_templates.oracle.places import NoExamples, example, manifest
from tests.hvac_templates.oracle.runs import against_manifest, run
from tests.hvac_templates.oracle.sweep import sweep
from tests.hvac_templates.oracle.variants import Variant, of_some, sample, variants
from tests.hvac_templates.topology import problems

pytestmark = [needs_engine, needs_examples, pytest.mark.slow]
SAMPLE, COMBINATIONS = 6, 2


def _names() -> list[str]:
    try:
        return list(manifest())
    except NoExamples:
        return []


@pytest.mark.parametrize("name", _names())
def test_an_example_gives_the_energies_of_the_manifest(name: str) -> None:
    result = expand(example(name))
    assert [str(message) for message in result.errors] == []
    assert result.model is not None
    assert against_manifest(name, run(result.model), year=False) == []


@pytest.mark.parametrize("name", _names())
def test_an_example_hangs_together_and_has_as_many_objects_of_each_type(name: str) -> None:
    ours, theirs = expand(example(name)).model, fortran.expand(example(name)).model
    assert ours is not None
    assert theirs is not None
    assert count_differences(theirs, ours) == []
    assert [text for text in problems(ours) if "ideal loads outdoor air inlet" not in text.casefold()] == []


@pytest.mark.parametrize("name", _names())
def test_an_example_calls_its_objects_as_expandobjects_does(name: str) -> None:
    ours, theirs = expand(example(name)).model, fortran.expand(example(name)).model
    assert ours is not None
    assert theirs is not None
    schema = Schema.shipped()
    for kind in theirs.keys() - {"NodeList", *IGNORED_TYPES}:  # one node is a node here, a list there
        if schema.object_type(kind).named:
            assert _called(ours[kind]) == _called(theirs[kind])


def _called(objects: Iterable[str]) -> set[str]:
    """The names, those made of a number as the number is written here."""
    numbers = {name: always_number(name) for name in objects}
    return {name.casefold() if number is None else f"{ALWAYS} {number:g}" for name, number in numbers.items()}


def test_a_sample_of_the_sweep_over_choices_has_no_unexplained_difference() -> None:
    judged = sweep(sample(variants("choices"), SAMPLE), jobs=2, run_share=0.0)
    assert [(one.variant.label, one.judgement.verdict) for one in judged if one.unexplained] == []


def test_one_of_several_templates_that_is_unlike_the_others_makes_no_unexplained_difference() -> None:
    judged = list(sweep(sample(list(of_some(variants("choices"))), SAMPLE), jobs=2, run_share=0.0))
    assert [(one.variant.label, one.judgement.verdict) for one in judged if one.unexplained] == []


def test_ideal_loads_are_sized_where_expandobjects_sizes_them() -> None:
    chosen = of_some(variants("choices", kind="Zone:IdealLoadsAirSystem", field="outdoor_air_method"))
    judged = [judge(one.model(), always_run=False) for one in chosen]
    assert {(one.verdict, one.structural) for one in judged} == {("same", 0)}


@pytest.mark.parametrize("name", ["PTHP", "PackagedVAV", "FurnaceDX"])
def test_a_sample_of_random_combinations_has_no_unexplained_difference(name: str) -> None:
    for one in combinations(name, COMBINATIONS):
        verdict = judge(one.model(), always_run=False).verdict
        assert (one.label, verdict) not in [(one.label, fault) for fault in FAULTS]


@pytest.mark.parametrize(
    ("variant", "verdict", "structural"),
    [
        (Variant("5ZoneFurnaceDX", "System:Unitary", "economizer_maximum_limit_dewpoint_temperature", 8.0), "same", 0),
        (Variant("5ZoneDualDuct", "System:DualDuct", "economizer_maximum_limit_dewpoint_temperature", 8.0), "same", 0),
        (Variant("5ZoneFanCoil", "Zone:FanCoil", "heating_coil_design_setpoint", 0.0), "neither", 0),
        (
            Variant("5ZoneFanCoil-DOAS", "System:DedicatedOutdoorAir", "heat_recovery_latent_effectiveness", 0.0),
            "only ours runs",
            1,
        ),
    ],
)
def test_what_the_sweeps_found_stays_as_it_was_decided(variant: Variant, verdict: str, structural: int) -> None:
    judgement = judge(variant.model(), always_run=False)
    assert (judgement.verdict, judgement.structural) == (verdict, structural)
