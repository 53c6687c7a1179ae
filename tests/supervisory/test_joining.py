"""Programs whose devices are late, that fail and are started again, and runs of so many steps while all is off."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

import pytest

from emulators.ecy.controller import ControllerSpec
from emulators.ecy.server import EcyServer
from emulators.program import ObjectSpec
from supervisory import EasyASO
from supervisory.guard.enabling import State
from supervisory.runtime.runner import RunnerLimits
from supervisory.runtime.runtime import RuntimeSummary
from supervisory.setup.plan import plan_run
from supervisory.setup.settings import settings_for
from supervisory.supervision import Supervision
from tests.ledger.guardian import light_guardian
from tests.supervisory.beside import Beside
from tests.supervisory.files import config, program
from tests.waiting import eventually
from utils.errors import DeviceUnreachable
from utils.state_folder import StateFolder

OBJECTS = (
    ObjectSpec("AnalogInput", "Temp", "degrees-celsius", initial=16.0),
    ObjectSpec("AnalogValue", "Sp", "pascals"),
)


class Failing(EasyASO):
    """Fails in its second step, until it is told otherwise."""

    lives: ClassVar[list[float]] = []
    fails: ClassVar[list[bool]] = [True]

    async def on_start(self) -> None:
        self.lives.append(asyncio.get_running_loop().time())

    async def on_step(self) -> None:
        await self.bacnet_write("ahu", "analog-value,1", 100.0)
        if self.fails[0]:
            raise RuntimeError("no")


@pytest.fixture(autouse=True)
def _afresh() -> None:
    Failing.lives.clear()
    Failing.fails[0] = True


class TestAProgramInFault:
    LIMITS = RunnerLimits(30.0, 3, 5.0, is_lockstep=True, restart_after_s=60.0)

    def test_is_started_again_later_and_later_where_the_operator_allows_it(self) -> None:
        beside = Beside(limits=self.LIMITS)
        summary = beside.run(Failing, steps=24)
        # Each life looks at its inputs for one step before it acts, the first one excepted.
        assert Failing.lives == [1000.0, 1090.0, 1240.0, 1510.0]
        assert summary.exit_code == 1
        assert len(summary.failures["Failing"]) == 4
        assert beside.owned_at_end == 0

    def test_that_has_lived_long_enough_is_started_again_as_soon_as_the_first_time(self) -> None:
        beside = Beside(limits=self.LIMITS)

        def script(number: int) -> None:
            Failing.fails[0] = not 2 <= number < 20

        beside.script = script
        beside.run(Failing, steps=26)
        assert Failing.lives == [1000.0, 1090.0, 1690.0]

    def test_stays_off_when_an_operator_has_switched_it_off_meanwhile(self) -> None:
        beside = Beside(limits=self.LIMITS)
        beside.script = lambda number: beside.enabling.switch(False, "Failing") if number == 1 else None
        beside.run(Failing, steps=10)
        assert Failing.lives == [1000.0]
        assert beside.enabling.state("Failing") is State.DISABLED

    def test_stays_off_without_that(self) -> None:
        Beside().run(Failing, steps=10)
        assert Failing.lives == [1000.0]


def test_a_run_of_so_many_steps_ends_while_all_programs_are_off() -> None:
    Failing.fails[0] = False
    beside = Beside(limits=RunnerLimits(30.0, 3, 5.0, is_lockstep=False))
    numbers: list[int] = []

    def script(number: int) -> None:
        numbers.append(number)
        if number == 1:
            beside.enabling.switch(False)
        if number == 30 and beside.runtime is not None:
            beside.runtime.request_stop()

    beside.script = script
    beside.run(Failing, steps=6)
    assert len(numbers) < 12
    assert beside.runtime is not None
    assert beside.runtime.rounds < 6


@pytest.fixture
def controllers() -> Iterator[EcyServer]:
    specs = [ControllerSpec(name, objects=OBJECTS, instance=number) for number, name in enumerate(("AHU", "VAV"), 1)]
    with EcyServer(specs, username="b", password="c", bacnet_port=0) as server:
        yield server


@contextmanager
def _running(folder: Path, controllers: EcyServer, **points: str) -> Iterator[tuple[Supervision, list[RuntimeSummary]]]:
    """Programs ``near`` at the air handler and ``far`` at the box, in this process; and how it has ended."""
    programs = {
        name: {
            "program": "reset.py",
            "points": {
                "temperature": {"device": device, "object": "AnalogInput Temp"},
                "setpoint": {"device": device, "object": points.get(name, "AnalogValue Sp")},
            },
        }
        for name, device in (("near", "AHU"), ("far", "VAV"))
    }
    program(folder, "reset")
    file = config(
        folder,
        transport="bacnet",
        interface="127.0.0.1/24:0",
        devices=controllers.bacnet_addresses,
        enabled_at_start=True,
        timeout_s=1,
        start_timeout_s=0,
        programs=programs,
    )
    plan = plan_run(["near", "far"], file, folder)
    run = Supervision(plan, settings_for(plan.config, None, {}, folder), StateFolder(folder / "state"))
    summaries: list[RuntimeSummary] = []
    thread = threading.Thread(target=lambda: summaries.append(run.execute()))
    thread.start()
    try:
        yield run, summaries
    finally:
        run.request_stop()
        thread.join()


def _slot(controllers: EcyServer, name: str) -> object:
    return controllers.controller(name).objects.named("Sp").slots[11]


@pytest.fixture(autouse=True)
def _light_guardian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supervisory.guard.custody.GUARDIAN", light_guardian.COMMAND)


@pytest.mark.slow
def test_a_device_that_is_absent_keeps_its_own_program_waiting_and_no_other(
    tmp_path: Path, controllers: EcyServer
) -> None:
    controllers.unplug("VAV")
    with _running(tmp_path, controllers) as (run, ended):
        eventually(lambda: _slot(controllers, "AHU") == 101.0)
        [near, far] = run.status()
        assert (near.state, far.state) == ("run", "waiting")
        assert controllers.bacnet_addresses["VAV"] in far.reason
        controllers.plug_in("VAV")
        eventually(lambda: _slot(controllers, "VAV") == 101.0)
    assert (_slot(controllers, "AHU"), _slot(controllers, "VAV")) == (None, None)
    assert ended[0].exit_code == 0


@pytest.mark.slow
def test_a_program_that_never_began_is_told_at_the_end(tmp_path: Path, controllers: EcyServer) -> None:
    controllers.unplug("VAV")
    with _running(tmp_path, controllers) as (_, ended):
        eventually(lambda: _slot(controllers, "AHU") == 101.0)
    [summary] = ended
    assert summary.failures["far"][0].startswith("it never began: bacnet://")
    assert summary.exit_code == 1


@pytest.mark.slow
def test_a_program_that_does_not_fit_its_late_device_fails_and_the_others_go_on(
    tmp_path: Path, controllers: EcyServer
) -> None:
    controllers.unplug("VAV")
    with _running(tmp_path, controllers, far="AnalogValue Absent") as (run, ended):
        eventually(lambda: _slot(controllers, "AHU") == 101.0)
        controllers.plug_in("VAV")
        eventually(lambda: run.status()[1].state == "fault")
        assert run.status()[0].state == "run"
    assert "has no AnalogValue 'Absent'" in ended[0].failures["far"][0]


def test_none_of_whose_devices_answers_is_an_error(tmp_path: Path, controllers: EcyServer) -> None:
    for name in ("AHU", "VAV"):
        controllers.unplug(name)
    program(tmp_path, "reset")
    points = {"temperature": {"device": "AHU", "object": "a"}, "setpoint": {"device": "AHU", "object": "b"}}
    file = config(
        tmp_path,
        transport="bacnet",
        interface="127.0.0.1/24:0",
        devices=controllers.bacnet_addresses,
        timeout_s=0.5,
        start_timeout_s=0,
        programs={"reset": {"points": points}},
    )
    plan = plan_run(["reset.py"], file, tmp_path)
    run = Supervision(plan, settings_for(plan.config, None, {}, tmp_path), StateFolder(tmp_path / "state"))
    with pytest.raises(DeviceUnreachable):
        run.execute()
