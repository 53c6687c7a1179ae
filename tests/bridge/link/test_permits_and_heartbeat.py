"""Who permits the overrides, who hears that we are alive, and runs that override nothing: over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from bridge.link.link import ControllerLink
from bridge.run import Run
from emulators.ecy.controller import ControllerSpec, EmulatedController
from emulators.ecy.scanning import WallScan
from emulators.ecy.server import EcyServer
from emulators.program import ObjectSpec
from emulators.programs.heartbeat import GuardedProgram
from ledger import Patience
from ledger.giving_back.giver import give_back
from ledger.receipts import Outcome
from tests import bench
from tests.bridge.link.links import taken
from tests.bridge.looking import activations, assert_as_it_was, assert_untouched, held, written
from tests.bridge.rig import AHU_OBJECTS, AHU_POINTS, PASSWORD, Rig, in_background, rig
from tests.emulators.programs.fan import FanProgram
from tests.waiting import DEADLINE_S, eventually
from utils.clocks import Clocks, ModelSeconds
from utils.errors import ConfigError
from utils.values import Frame, ObjectType

OPERATOR_PRIORITY = 8
EXTRAS = (
    ObjectSpec("BinaryValue", "BenchEnable"),
    ObjectSpec("AnalogValue", "BenchHeartbeat", initial=-1.0),
    ObjectSpec("BinaryValue", "BenchPulse"),
    ObjectSpec("MultiStateValue", "Mode"),
)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path, ahu_objects=(*AHU_OBJECTS, *EXTRAS)) as running:
        yield running


def ahu(subject: Rig) -> EmulatedController:
    return subject.controllers.controller("AHU")


class TestActivateWhen:
    def test_overrides_follow_the_controllers_own_permission(self, both: Rig) -> None:
        both.keys = {"activate_when": "BenchEnable"}
        objects = ahu(both).objects
        run = both.run()
        with in_background(run) as future:
            eventually(lambda: activations(run) == (0.0, 1.0))
            objects.command("BenchEnable", 1.0, OPERATOR_PRIORITY)
            eventually(lambda: activations(run) == (1.0, 1.0))
            objects.command("BenchEnable", 0.0, OPERATOR_PRIORITY)
            eventually(lambda: activations(run) == (0.0, 1.0))
            objects.command("BenchEnable", None, OPERATOR_PRIORITY)
            run.request_stop()
            future.result(DEADLINE_S)
        assert not written(both, "AHU", "BenchEnable")
        assert_as_it_was(both)

    def test_it_costs_no_batch_of_its_own(self, both: Rig) -> None:
        counters = ahu(both).counters.requests
        both.keys = {"activate_when": "BenchEnable"}
        both.execute(steps=5)
        short = counters["POST"]
        both.execute(steps=15)
        assert counters["POST"] - short - short == 10


class TestHeartbeat:
    @pytest.mark.parametrize(
        ("name", "keys", "expected"),
        [
            ("BenchHeartbeat", {"heartbeat": "BenchHeartbeat"}, [1.0, 2.0, 3.0]),
            ("BenchPulse", {"heartbeat": "BenchPulse", "heartbeat_priority": 12}, [True, False, True]),
        ],
    )
    def test_it_moves_once_a_second_when_nothing_else_does(
        self, both: Rig, name: str, keys: dict[str, object], expected: list[float]
    ) -> None:
        now_s = 0.0
        link = self.link(both, Clocks(monotonic=lambda: now_s), **keys)
        for number in range(6):
            link.exchange(Frame(number, ModelSeconds(0.0), {}))
            now_s += 0.5
        assert [float(value) for value in written(both, "AHU", name)] == [float(value) for value in expected]
        priority = keys.get("heartbeat_priority", 14)
        assert {record.priority for record in ahu(both).journal} == {priority}

    def test_it_counts_from_0_to_99(self, both: Rig) -> None:
        now_s = 0.0
        link = self.link(both, Clocks(monotonic=lambda: now_s), heartbeat="BenchHeartbeat")
        for number in range(102):
            link.write(Frame(number, ModelSeconds(0.0), {}))
            now_s += 1.0
        counts = [int(value) for value in written(both, "AHU", "BenchHeartbeat")]
        assert counts == [*range(1, 100), 0, 1, 2]

    def test_it_is_in_the_ledger_and_given_back(self, both: Rig) -> None:
        both.keys = {"heartbeat": "BenchHeartbeat"}

        def look(run: Run) -> None:
            assert ahu(both).objects.named("BenchHeartbeat").slots[13] is not None
            assert "BenchHeartbeat" in {getattr(entry, "name", "") for entry in run.ledger.open_entries}

        run = held(both, look)
        assert {receipt.outcome for receipt in run.summary().receipts} == {Outcome.RELEASED}
        assert ahu(both).objects.named("BenchHeartbeat").present_value == -1.0
        assert_as_it_was(both)

    def test_an_occupied_slot_is_refused(self, both: Rig) -> None:
        both.keys = {"heartbeat": "BenchHeartbeat"}
        ahu(both).objects.command("BenchHeartbeat", 7.0, 14)
        with pytest.raises(ConfigError, match=r"BenchHeartbeat: slot 14 of AnalogValue 2 holds 7.0 already"):
            both.execute()
        assert_untouched(both)

    def test_a_heartbeat_that_is_refused_does_not_disturb_the_run(self, both: Rig) -> None:
        both.keys = {"heartbeat": "BenchHeartbeat"}
        ahu(both).objects.limit("BenchHeartbeat", -1.0, 0.0)
        run = both.run(steps=15)
        run.execute()
        assert run.last_values["hvac_oveAhu_yFan_activate"] == 1.0
        assert_as_it_was(both)

    def test_a_controller_whose_bench_dies_drops_to_safe_until_its_slots_are_given_back(self, tmp_path: Path) -> None:
        program = GuardedProgram(FanProgram(), {"FanSpeed": 0.0, "FanStart": 0.0}, timeout_s=10.0)
        server = EcyServer(
            [ControllerSpec("AHU", program=program)],
            username="bench",
            password=PASSWORD,
            scan=WallScan(period_s=1.0, scale=20.0),
        )
        with server:
            fan = partial(server.controller("AHU").objects.named, "FanSpeed")
            seconds = count()
            config = bench.equipment(
                "AHU", server.addresses["AHU"], [bench.output("x", "FanSpeed")], heartbeat="BenchHeartbeat"
            )
            clocks = Clocks(monotonic=lambda: float(next(seconds)))
            link, ledger = taken(tmp_path, bench.settings(tmp_path), config, clocks)
            eventually(lambda: [s.value for s in link.exchange(Frame(0, ModelSeconds(0.0), {})).values()] == [80.0])
            eventually(lambda: fan().present_value == 0.0)
            give_back(link.device, link.controller.client, ledger, ledger.open_entries, Patience(0.0))
            eventually(lambda: fan().present_value == 80.0)
            link.controller.client.close()

    def link(self, subject: Rig, clocks: Clocks, **keys: object) -> ControllerLink:
        """A taken controller whose only writes are heartbeats."""
        config = bench.equipment("AHU", subject.controllers.addresses["AHU"], AHU_POINTS[-1:], **keys)
        return taken(subject.folder, subject.settings(), config, clocks)[0]


class TestNames:
    def test_unknown_names_and_unfit_types_are_reported_together(self, both: Rig) -> None:
        both.keys = {"activate_when": "BenchEnabled", "heartbeat": "FanSpeed"}
        with pytest.raises(ConfigError) as caught:
            both.execute()
        text = str(caught.value)
        assert (
            "AHU.json: activate_when: the controller has no object named BenchEnabled; did you mean BenchEnable?"
            in text
        )
        assert f"AHU.json: heartbeat: is {ObjectType.ANALOG_OUTPUT}; use an AnalogValue or a BinaryValue" in text
        assert_untouched(both)

    def test_a_multi_state_object_permits_nothing(self, both: Rig) -> None:
        both.keys = {"activate_when": "Mode"}
        with pytest.raises(ConfigError, match="states begin at 1, so it would always permit"):
            both.execute()


class TestShadow:
    def test_a_shadow_run_forces_inputs_and_activates_nothing(self, both: Rig) -> None:
        both.shadow = True
        run = both.run(steps=3)
        summary = run.execute()
        assert summary.shadow
        assert activations(run) == (0.0, 0.0)
        assert written(both, "AHU", "DischAirTemp")
        assert run.status().commanded
        assert_as_it_was(both)
