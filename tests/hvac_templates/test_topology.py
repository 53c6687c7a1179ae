"""The topology checker finds what is broken; it is silent about what EnergyPlus itself expands."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.hvac_templates.judges import needs_engine, needs_examples
from tests.hvac_templates.oracle import fortran
from tests.hvac_templates.oracle.places import example, manifest
from tests.hvac_templates.topology import problems

Model = dict[str, dict[str, dict[str, Any]]]


def _component(name: str, inlet: str, outlet: str) -> dict[str, str]:
    return {
        "component_object_type": "Pipe:Adiabatic",
        "component_name": name,
        "component_inlet_node_name": inlet,
        "component_outlet_node_name": outlet,
    }


def _pipe(inlet: str, outlet: str) -> dict[str, str]:
    return {"inlet_node_name": inlet, "outlet_node_name": outlet}


LOOP: Model = {
    "PlantLoop": {
        "Loop": {
            "plant_side_branch_list_name": "All",
            "plant_side_inlet_node_name": "a",
            "plant_side_outlet_node_name": "c",
        }
    },
    "BranchList": {"all": {"branches": [{"branch_name": "One"}]}},
    "Branch": {"One": {"components": [_component("P", "a", "b"), _component("Q", "B", "C")]}},
    "Pipe:Adiabatic": {"P": _pipe("a", "b"), "Q": _pipe("b", "c")},
}


def test_a_whole_loop_has_no_problems() -> None:
    assert problems(LOOP) == []


def _empty(model: Model) -> None:
    model["NodeList"] = {"L": {"nodes": []}}


def _unlisted(model: Model) -> None:
    model["Branch"]["Two"] = model["Branch"]["One"]


def _listed_twice(model: Model) -> None:
    model["BranchList"]["all"]["branches"] *= 2


def _no_branch(model: Model) -> None:
    model["BranchList"]["all"]["branches"].append({"branch_name": "Three"})


def _unused(model: Model) -> None:
    model["PlantLoop"]["Loop"]["plant_side_branch_list_name"] = "Others"


def _missing(model: Model) -> None:
    del model["Pipe:Adiabatic"]["Q"]


def _other_nodes(model: Model) -> None:
    model["Branch"]["One"]["components"][1] |= {"component_outlet_node_name": "d"}


def _gap(model: Model) -> None:
    model["Branch"]["One"]["components"].reverse()


def _two_makers(model: Model) -> None:
    model["Pipe:Adiabatic"]["R"] = _pipe("a", "b")


def _to_nowhere(model: Model) -> None:
    model["Pipe:Adiabatic"]["R"] = _pipe("a", "z")


def _from_nowhere(model: Model) -> None:
    model["Pipe:Adiabatic"]["P"]["inlet_node_name"] = "y"


@pytest.mark.parametrize(
    ("breaking", "text"),
    [
        (_empty, 'NodeList "L" is empty'),
        (_unlisted, 'Branch "Two" is on 0 branch lists'),
        (_listed_twice, 'Branch "One" is on 2 branch lists'),
        (_no_branch, "BranchList \"all\" names 'three', which is no branch"),
        (_unused, 'BranchList "all" is used by 0 loops'),
        (_missing, 'Branch "One": there is no Pipe:Adiabatic "q"'),
        (_other_nodes, "Branch \"One\": Pipe:Adiabatic \"q\" has other nodes than 'b', 'd'"),
        (_gap, "Branch \"One\": Pipe:Adiabatic \"p\" begins at 'a', not at 'c'"),
        (_two_makers, 'node \'b\' is made by Pipe:Adiabatic "p", Pipe:Adiabatic "r"'),
        (_to_nowhere, "node 'z' of Pipe:Adiabatic \"r\" goes nowhere"),
        (_from_nowhere, "node 'y', taken by Pipe:Adiabatic \"p\", comes from nowhere"),
    ],
)
def test_what_is_broken_is_found(breaking: Callable[[Model], None], text: str) -> None:
    broken = copy.deepcopy(LOOP)
    breaking(broken)
    assert text in problems(broken)


@needs_engine
@needs_examples
@pytest.mark.slow
def test_what_energyplus_expands_hangs_together() -> None:
    """But for one habit: its ideal loads take outdoor air from nodes that are not declared outdoors."""
    for name in manifest():
        model = fortran.expand(example(name)).model
        assert model is not None
        found = [text for text in problems(model) if "ideal loads outdoor air inlet" not in text]
        assert (name, found) == (name, [])
