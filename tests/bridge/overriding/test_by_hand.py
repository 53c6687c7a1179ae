"""Override by hand in whole runs: over real sockets, into the emulated building and the emulated controllers."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.link.link import LinkState
from bridge.overriding import HandRefused
from emulators.ecy.faults.calls import DropConnection
from emulators.ecy.profile import Profile
from emulators.program import ObjectSpec
from ledger.receipts import Outcome
from recording import EventKind
from tests.bridge.looking import assert_as_it_was, state_of
from tests.bridge.overriding.hands import WHO, Hands, hands, refusal
from tests.bridge.rig import AHU_OBJECTS, AHU_POINTS, Rig, in_background, rig
from tests.command_line import ROOT, configured, environment, run, variables
from tests.faults.scene import HURRY, HostClock
from tests.waiting import eventually
from utils.clocks import Clocks

TSUP, TSUP_ON = "hvac_oveAhu_TSupSet_u", "hvac_oveAhu_TSupSet_activate"
FAN, FAN_ON = "hvac_oveAhu_yFan_u", "hvac_oveAhu_yFan_activate"


def hurried(both: Rig) -> Rig:
    """A host whose clock is in a hurry: what takes seconds there takes none here."""
    both.clocks = Clocks(monotonic=HostClock(HURRY))
    return both


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as running:
        yield hurried(running)


class TestInputs:
    def test_an_input_that_nobody_commands_is_held_until_it_is_released(self, both: Rig) -> None:
        with hands(both) as here:
            here.run.hand.hold_input(TSUP, 288.15, WHO)
            eventually(lambda: (here.value(TSUP_ON), here.value(TSUP)) == (1.0, 288.15))
            assert here.held == [(TSUP, 288.15, True)]
            here.run.hand.hold_input(TSUP, 290.15, "Bob")
            eventually(lambda: here.value(TSUP) == 290.15)
            here.run.hand.release_input(TSUP_ON, WHO)
            eventually(lambda: here.value(TSUP_ON) == 0.0)
            assert here.held == []
            assert refusal(here.run.hand.release_input, TSUP) == f"{TSUP} is not held by hand"
        assert [(event.kind, event.subject, event.words, event.who) for event in here.events] == [
            (EventKind.HAND, TSUP, "held at 288.15 K", "Ann"),
            (EventKind.HAND, TSUP, "held at 290.15 K", "Bob"),
            (EventKind.HAND, TSUP, "released", "Ann"),
        ]

    def test_one_that_a_controller_commands_is_the_controllers_again_at_the_release(self, both: Rig) -> None:
        with hands(both) as here:
            eventually(lambda: here.value(FAN) == pytest.approx(0.6, abs=0.01))
            here.run.hand.hold_input(FAN, 0.25, WHO)
            eventually(lambda: here.value(FAN) == pytest.approx(0.25, abs=0.01))
            here.run.hand.release_input(FAN, WHO)
            eventually(lambda: here.value(FAN) == pytest.approx(0.6, abs=0.01))
            here.run.hand.hold_input(FAN_ON, 0, WHO)
            eventually(lambda: here.value(FAN_ON) == 0.0)
            assert here.is_told("left to the building's own control")
            here.run.hand.release_all("Bob")
            eventually(lambda: here.value(FAN_ON) == 1.0)

    def test_what_cannot_be_is_said_at_once(self, both: Rig) -> None:
        with hands(both) as here:
            hold = here.run.hand.hold_input
            assert refusal(hold, TSUP, 400.0) == f"{TSUP} takes 285.15 to 313.15 K, not 400"
            assert "did you mean" in refusal(hold, "hvac_oveAhu_TSupset_u", 290.0)
            assert here.held == []
        assert refusal(hold, TSUP, 288.15) == "the run is ending: nothing is held any more"
        assert here.events == []

    def test_nobody_holds_anything_before_there_is_a_simulation_nor_in_a_shadow_run(self, both: Rig) -> None:
        with pytest.raises(HandRefused, match="not connected yet"):
            both.run().hand.hold_input(TSUP, 288.15, WHO)
        both.shadow = True
        shadow = both.run()
        with in_background(shadow):
            eventually(lambda: shadow.status().step > 1)
            with pytest.raises(HandRefused, match="a shadow run overrides nothing"):
                shadow.hand.hold_input(TSUP, 288.15, WHO)


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hands]:
    """A run in which nothing is ever held."""
    with rig(tmp_path_factory.mktemp("calm")) as running, hands(running) as here:
        yield here


class TestOutputs:
    def test_one_is_commanded_as_manual_operator_until_it_is_released(self, both: Rig) -> None:
        with hands(both) as here:
            hand = here.run.hand
            hand.hold_point("AHU", "FanSpeed", 42, WHO)
            eventually(lambda: here.slot("FanSpeed") == 42.0)
            eventually(lambda: here.value(FAN) == pytest.approx(0.42, abs=0.01))
            eventually(lambda: here.held == [("AHU.FanSpeed", 42.0, True)])
            assert here.entered == ["FanSpeed"]
            hand.hold_point("AHU", "FanSpeed", 35.5, WHO)
            eventually(lambda: here.slot("FanSpeed") == 35.5)
            eventually(lambda: here.words("AHU.FanSpeed").count("in force in slot 8") == 2)
            hand.release_point("AHU", "FanSpeed", WHO)
            eventually(lambda: here.slot("FanSpeed") is None)
            eventually(lambda: here.entered == [])
            assert refusal(hand.release_point, "AHU", "FanSpeed") == "AHU.FanSpeed is not held by hand"
            eventually(lambda: here.value(FAN) == pytest.approx(0.6, abs=0.01))
        assert here.words("AHU.FanSpeed") == [
            "held at 42 percent, in slot 8 if that is empty",
            "in force in slot 8",
            "held at 35.5 percent, in slot 8 if that is empty",
            "in force in slot 8",
            "released",
        ]
        assert_as_it_was(both)

    def test_one_that_is_still_held_at_the_end_is_given_back(self, both: Rig) -> None:
        with hands(both) as here:
            here.run.hand.hold_point("AHU", "CoolingPump", "inactive", WHO)
            eventually(lambda: here.slot("CoolingPump") == 0.0)
            eventually(lambda: here.is_told("in force"))
        assert_as_it_was(both)
        here.run.hand.release_all(WHO)
        assert (here.held, here.words("AHU.CoolingPump")[-1]) == ([], "in force in slot 8")
        receipts = here.run.summary().receipts
        assert [one.outcome for one in receipts if "slot 8" in one.what] == [Outcome.RELEASED]
        assert here.words("AHU.CoolingPump")[0] == "held at inactive, in slot 8 if that is empty"

    def test_a_slot_that_is_occupied_is_said_and_nothing_is_written(self, both: Rig) -> None:
        both.take_occupied = True
        with hands(both) as here:
            here.ahu.objects.command("FanSpeed", 70.0, 8)
            before = here.ahu.counters.writes["FanSpeed"]
            here.run.hand.hold_point("AHU", "FanSpeed", 42, WHO)
            eventually(lambda: here.is_told("slot 8 of AnalogOutput 1 holds 70.0 already: somebody else uses it"))
            assert (here.held, here.entered) == ([], [])
            here.let_pass()
            assert (here.ahu.counters.writes["FanSpeed"], here.slot("FanSpeed")) == (before, 70.0)

    def test_one_that_somebody_else_takes_meanwhile_is_left_to_them(self, both: Rig) -> None:
        with hands(both) as here:
            here.run.hand.hold_point("AHU", "FanSpeed", 42, WHO)
            eventually(lambda: here.is_told("in force"))
            here.let_pass()
            while here.held:
                here.ahu.objects.command("FanSpeed", 70.0, 8)
                here.let_pass()
            assert here.is_told("no longer held: somebody else has written 70.0 into slot 8")
            words = refusal(here.run.hand.hold_point, "AHU", "FanSpeed", 42)
            assert words == "AHU.FanSpeed: somebody else has taken its slot in this run: it is left to them"
            here.let_pass()
            assert here.slot("FanSpeed") == 70.0
        assert here.slot("FanSpeed") == 70.0

    def test_what_somebody_writes_in_the_moment_of_the_release_is_not_taken_away(self, both: Rig) -> None:
        with hands(both) as here:
            here.run.hand.hold_point("AHU", "FanSpeed", 42, WHO)
            eventually(lambda: here.is_told("in force"))
            here.let_pass()
            here.run.hand.release_point("AHU", "FanSpeed", WHO)
            eventually(lambda: here.entered == [])
            here.ahu.objects.command("FanSpeed", 42.0, 8)
            here.let_pass()
        assert here.slot("FanSpeed") == 42.0

    def test_a_controller_that_was_away_is_held_again_when_it_is_back(
        self, both: Rig, caplog: pytest.LogCaptureFixture
    ) -> None:
        silence = DropConnection(None)
        with hands(both) as here:
            here.run.hand.hold_point("AHU", "FanSpeed", 42, WHO)
            eventually(lambda: here.is_told("in force"))
            here.ahu.faults.add(silence)
            eventually(lambda: here.is_told("it is held again when that is back"))
            eventually(lambda: state_of(both, here.run, "AHU") is LinkState.OFFLINE)
            assert "is offline: nothing is held" in refusal(here.run.hand.hold_point, "AHU", "DischAirTemp", 20)
            here.ahu.objects.command("FanSpeed", None, 8)
            here.ahu.faults.remove(silence)
            eventually(lambda: here.slot("FanSpeed") == 42.0)
            eventually(lambda: here.held == [("AHU.FanSpeed", 42.0, True)])
        assert_as_it_was(both)
        assert "given back during the run" not in caplog.text

    def test_one_that_is_released_while_its_controller_is_away_is_not_held_again(self, both: Rig) -> None:
        silence = DropConnection(None)
        with hands(both) as here:
            here.run.hand.hold_point("AHU", "FanSpeed", 42, WHO)
            eventually(lambda: here.slot("FanSpeed") == 42.0)
            here.ahu.faults.add(silence)
            eventually(lambda: state_of(both, here.run, "AHU") is LinkState.OFFLINE)
            here.run.hand.release_all("Bob")
            here.ahu.faults.remove(silence)
            eventually(lambda: here.slot("FanSpeed") is None)
            eventually(lambda: here.entered == [])
        assert_as_it_was(both)

    def test_one_that_has_another_number_after_a_download_is_held_there(self, both: Rig) -> None:
        moved = [replace(spec, instance=7) for spec in AHU_OBJECTS]
        stranger = ObjectSpec("AnalogOutput", "Boiler", "percent", initial=5.0, instance=1)
        with hands(both) as here:
            here.run.hand.hold_point("AHU", "FanSpeed", 42, WHO)
            eventually(lambda: here.slot("FanSpeed") == 42.0)
            here.ahu.download([stranger, *moved])
            eventually(lambda: here.slot("FanSpeed") == 42.0)
            assert here.slot("Boiler") is None
        assert_as_it_was(both, "VAV")
        assert (here.slot("FanSpeed"), here.slot("Boiler")) == (None, None)

    def test_an_isolated_output_can_be_held_too(self, both: Rig) -> None:
        both.keys["isolate_outputs"] = True
        with hands(both) as here:
            here.run.hand.hold_point("AHU", "FanSpeed", 42, WHO)
            eventually(lambda: here.value(FAN) == pytest.approx(0.42, abs=0.01))
            assert here.thing("FanSpeed").out_of_service
        assert_as_it_was(both)

    def test_in_a_shadow_run_too_as_it_is_not_the_building_that_is_overridden(self, both: Rig) -> None:
        both.shadow = True
        with hands(both, until=lambda run: run.status().step > 1) as here:
            here.run.hand.hold_point("AHU", "FanSpeed", 42, WHO)
            eventually(lambda: here.slot("FanSpeed") == 42.0)
            here.let_pass()
            assert here.value(FAN_ON) == 0.0
        assert_as_it_was(both)


def test_after_a_reboot_that_clears_the_slots_an_output_is_held_again(tmp_path: Path) -> None:
    profile = Profile(slots_survive_reboot=False, out_of_service_survives_reboot=False, reboot_s=0.3)
    with rig(tmp_path, profile=profile) as running, hands(hurried(running)) as here:
        here.run.hand.hold_point("AHU", "FanSpeed", 42, WHO)
        eventually(lambda: here.slot("FanSpeed") == 42.0)
        here.ahu.reboot()
        assert here.slot("FanSpeed") is None
        eventually(lambda: here.slot("FanSpeed") == 42.0)


class TestWhatIsWrittenAnyway:
    def test_an_input_shows_the_hands_value_and_the_simulations_again(self, both: Rig) -> None:
        with hands(both) as here:
            here.run.hand.hold_point("AHU", "DischAirTemp", 55, WHO)
            eventually(lambda: here.thing("DischAirTemp").present_value == 55.0)
            eventually(lambda: here.held == [("AHU.DischAirTemp", 55.0, True)])
            assert here.entered == []
            here.run.hand.release_point("AHU", "DischAirTemp", WHO)
            eventually(lambda: here.thing("DischAirTemp").present_value < 50.0)
        assert here.words("AHU.DischAirTemp") == ["held at 55 degC", "released"]
        assert_as_it_was(both)

    def test_a_value_is_commanded_in_its_own_slot_however_near_it_is_to_the_last_one(self, both: Rig) -> None:
        both.ahu_points = [AHU_POINTS[0], {**AHU_POINTS[1], "deadband": 100.0}, *AHU_POINTS[2:]]
        with hands(both) as here:
            own = here.slot("OutdoorAirTemp", 14)
            here.run.hand.hold_point("AHU", "OutdoorAirTemp", 31.5, WHO)
            eventually(lambda: here.slot("OutdoorAirTemp", 14) == 31.5)
            here.run.hand.hold_point("AHU", "OutdoorAirTemp", 31.25, WHO)
            eventually(lambda: here.slot("OutdoorAirTemp", 14) == 31.25)
            assert here.slot("OutdoorAirTemp") is None
            here.run.hand.release_all(WHO)
            eventually(lambda: here.slot("OutdoorAirTemp", 14) == pytest.approx(own, abs=5.0))
        assert_as_it_was(both)

    def test_one_that_somebody_else_takes_meanwhile_is_not_held_any_more(self, both: Rig) -> None:
        with hands(both) as here:
            here.run.hand.hold_point("AHU", "OutdoorAirTemp", 31.5, WHO)
            here.let_pass()
            while here.held:
                here.ahu.objects.command("OutdoorAirTemp", 99.0, 14)
                here.let_pass()
            assert here.is_told("no longer held: somebody else has written 99.0 into slot 14")
        assert here.slot("OutdoorAirTemp", 14) == 99.0

    def test_a_binary_input_is_held_by_the_names_of_its_states(self, both: Rig) -> None:
        with hands(both) as here:
            eventually(lambda: here.thing("FanStatus").out_of_service)
            was = bool(here.thing("FanStatus").present_value)
            here.run.hand.hold_point("AHU", "FanStatus", "inactive" if was else "active", WHO)
            eventually(lambda: bool(here.thing("FanStatus").present_value) is not was)


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("equipment", "name", "value", "words"),
        [
            ("AHUU", "FanSpeed", 42, "there is no equipment named AHUU, did you mean 'AHU'?"),
            ("AHU", "FanSped", 42, "AHU has no point named FanSped, did you mean 'FanSpeed'?"),
            ("AHU", "FanSpeed", 120, "AHU.FanSpeed: it takes 0 to 100 percent, not 120 (hvac_oveAhu_yFan_u: 0 to 1)"),
            ("AHU", "FanSpeed", float("nan"), "AHU.FanSpeed: nan is not a number"),
            ("AHU", "FanSpeed", True, "AHU.FanSpeed: True is not a number"),
            ("AHU", "DischAirTemp", 1e39, "AHU.DischAirTemp: 1e+39 is more than a controller can hold"),
            ("AHU", "DischAirTemp", -300, "AHU.DischAirTemp: -300 degC is below absolute zero"),
            ("AHU", "CoolingPump", "on", "AHU.CoolingPump: 'on' is neither active (1) nor inactive (0)"),
        ],
    )
    def test_what_cannot_be_is_said_at_once(
        self, calm: Hands, equipment: str, name: str, value: object, words: str
    ) -> None:
        assert refusal(calm.run.hand.hold_point, equipment, name, value) == words
        assert (calm.held, calm.events) == ([], [])

    def test_before_a_controller_is_taken_nothing_of_it_is_held(self, both: Rig) -> None:
        words = refusal(both.run().hand.hold_point, "AHU", "FanSpeed", 42)
        assert words.endswith("is connecting: nothing is held")


@pytest.mark.slow
def test_after_a_kill_release_gives_it_back(tmp_path: Path) -> None:
    with rig(tmp_path) as running:
        told = environment(**variables(running))
        command = [sys.executable, "-m", "tests.bridge.overriding.holding", configured(running)[1]]
        with subprocess.Popen(command, cwd=ROOT, env=told, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            process.kill()
        assert running.controllers.controller("AHU").objects.named("FanSpeed").slots[7] == 42.0
        code, output = run("release", "--env", "absent", **variables(running))
        assert code == 0
        assert [line.split()[-1] for line in output.splitlines() if "FanSpeed slot 8" in line] == ["released"]
        assert_as_it_was(running)
