"""Objects that are broken by name: each in its way, and alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulators.ecy.controller import ControllerSpec, EmulatedController
from emulators.ecy.faults.breakages import BREAKAGES
from emulators.ecy.server import EcyServer
from tests.emulators.ecy.client import OBJECTS, PASSWORD, SOME_OBJECTS, USER, EcyClient, signed_in

AI_1 = f"{OBJECTS}/analog-inputs/1"
SHOWN = (10.0, 20.0, 30.0)
HELD = {
    "dead": (-40.0, -40.0, -40.0),
    "stuck": (10.0, 20.0, 20.0),
    "reversed": (90.0, 80.0, 70.0),
    "negative": (-10.0, -20.0, -30.0),
    "tenfold": (100.0, 200.0, 300.0),
    "2-10V": (28.0, 36.0, 44.0),
    "degF": (50.0, 68.0, 86.0),
}


@pytest.fixture(scope="module")
def server() -> Iterator[EcyServer]:
    with EcyServer([ControllerSpec("AHU", objects=SOME_OBJECTS)], username=USER, password=PASSWORD) as running:
        yield running


@pytest.fixture
def rest(server: EcyServer, controller: EmulatedController) -> Iterator[EcyClient]:
    with signed_in(server, "AHU") as signed:
        yield signed


@pytest.mark.parametrize("how", BREAKAGES)
def test_an_object_is_broken_as_its_name_says(rest: EcyClient, controller: EmulatedController, how: str) -> None:
    controller.faults.add(BREAKAGES[how]("Outdoor temperature"))
    held = []
    for value in SHOWN:
        rest.post(AI_1, {"out-of-service": True, "present-value": value})
        held.append(rest.value("analog-inputs/1/present-value"))
    assert tuple(held) == pytest.approx(HELD[how])
    rest.post(f"{OBJECTS}/analog-values/3/set-value-at", {"priority": 14, "value": 33.0})
    assert rest.value("analog-values/3/present-value") == 33.0
