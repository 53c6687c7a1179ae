"""What tests look at in a run: what controllers were written, what the building got, and what was left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bridge.link.link import LinkState
from bridge.run import Run
from emulators.boptest.faults import BoptestFault as NoFault
from emulators.boptest.faults import HoldCall
from emulators.ecy.controller import EmulatedController
from tests.bridge.rig import Rig, in_background
from tests.waiting import DEADLINE_S

FAN = "hvac_oveAhu_yFan_activate"
DAMPER = "hvac_oveZonActSou_yDam_activate"


def state_of(subject: Rig, run: Run, name: str) -> LinkState:
    return run.status().controllers[subject.controllers.addresses[name]]


def activations(run: Run) -> tuple[float | None, float | None]:
    """Whether the fan's and the damper's overrides are in force."""
    return run.last_values.get(FAN), run.last_values.get(DAMPER)


def assert_as_it_was(subject: Rig, *controllers: str) -> None:
    """Every slot is empty, every input in service, zone and NTP as before."""
    for name in controllers or ("AHU", "VAV"):
        controller = subject.controllers.controller(name)
        for object_name in controller.objects.names():
            found = controller.objects.named(object_name)
            assert not found.out_of_service, object_name
            assert set(found.slots) <= {None}, object_name
        assert (controller.clock.zone, controller.clock.ntp_enabled) == ("UTC", True)


def assert_untouched(subject: Rig) -> None:
    assert [subject.controllers.controller(name).journal for name in ("AHU", "VAV")] == [[], []]


def written(subject: Rig, controller: str, name: str) -> list[Any]:
    """The present-values that were asked for, in order."""
    journal = subject.controllers.controller(controller).journal
    return [record.value for record in journal if record.name == name and record.property_name == "present-value"]


def held(subject: Rig, then: Callable[[Run], object], steps: int = 1, **variables: str) -> Run:
    """Execute a run of so many steps, hold the building in its last advance, and do something there."""
    run = subject.run(steps=steps, **variables)
    subject.building.faults.add(NoFault(), "advance", times=steps - 1)
    hold = subject.building.faults.add(HoldCall(), "advance")
    with in_background(run) as future:
        assert hold.reached.wait(DEADLINE_S)
        then(run)
        hold.release.set()
        future.result(DEADLINE_S)
    return run


def force(controller: EmulatedController, name: str, value: float) -> None:
    """What an operator does at the controller's own page."""
    found = controller.objects.find(name)
    controller.objects.update(found, lambda one: replace(one, out_of_service=True, held=value))
