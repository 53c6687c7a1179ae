"""The bridge on controllers of other makes: what works with each, and what is refused.

Each row of the table in docs/bacnet-controllers.md has its test here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from emulators.boptest.faults import HoldCall
from emulators.ecy.bacnet_profile import BacnetProfile, TrunkPlace
from emulators.ecy.makes import NORTH, ON_A_TRUNK, OWN_WAYS, SOUTH
from emulators.ecy.profile import Profile
from emulators.program import ObjectSpec
from ledger import Outcome, Receipt
from tests import bench
from tests.bridge.looking import DAMPER, FAN, held
from tests.bridge.rig import AHU_OBJECTS, AHU_POINTS, Rig, in_background, rig
from tests.waiting import DEADLINE_S, eventually

TRUNK = Profile(bacnet=replace(ON_A_TRUNK.bacnet, trunk=TrunkPlace(bits_per_s=2_000_000.0)))
"""The same line, so much faster that a test need not wait for it."""
SET_POINT = "OutdoorAirTemp"
CONVERTED = "AnalogValue 1 OutdoorAirTemp slot"
PROOF: bench.Config = {
    "bop_point": "hvac_reaAhu_PFanSup_y",
    "ecy_point": "FanProof",
    "object_type": "BinaryValue",
    "threshold": 1,
}


def profile(**switches: object) -> Profile:
    return Profile(bacnet=BacnetProfile(**switches))  # type: ignore[arg-type]


def at_16(points: Sequence[bench.Config]) -> list[bench.Config]:
    """The same points, with commands in the lowest slot."""
    return [{**one, "priority": 16} if one["object_type"] == "AnalogValue" else one for one in points]


def assert_as_it_was(subject: Rig) -> None:
    for name in ("AHU", "VAV"):
        controller = subject.controllers.controller(name)
        for each in controller.objects.names():
            found = controller.objects.named(each)
            assert (found.out_of_service, set(found.slots) <= {None}) == (False, True), each
    assert subject.controllers.controller("AHU").objects.named(SET_POINT).present_value == 10.0


def driven(subject: Rig, steps: int = 30) -> list[Receipt]:
    """A whole run, which moves the building and leaves nothing; the receipts of the air handler."""
    run = subject.run(steps=steps)
    summary = run.execute()
    assert (run.last_values[FAN], run.last_values[DAMPER]) == (1.0, 1.0)
    assert run.last_values["hvac_oveAhu_yFan_u"] == pytest.approx(0.6)
    assert not summary.not_released
    assert not summary.yielded
    return list(summary.receipts)


def outcome_of(receipts: Sequence[Receipt], what: str) -> Outcome:
    [outcome] = [receipt.outcome for receipt in receipts if receipt.what.startswith(what)]
    return outcome


def test_on_a_trunk_they_are_taken_driven_and_given_back(tmp_path: Path) -> None:
    with rig(tmp_path, profile=TRUNK, over_bacnet=True) as subject:
        receipts = driven(subject)
        assert {receipt.device for receipt in receipts} == {"bacnet://2:1", "bacnet://2:2"}
        assert_as_it_was(subject)
        assert subject.controllers.bacnet.segment(2).router.rejected == 0


@pytest.mark.parametrize("make", [NORTH, SOUTH, OWN_WAYS], ids=["north", "south", "own ways"])
def test_every_make_is_driven_and_given_back_as_far_as_it_goes(tmp_path: Path, make: Profile) -> None:
    with rig(tmp_path, profile=make, over_bacnet=True) as subject:
        subject.ahu_points = at_16(AHU_POINTS)
        driven(subject)
        assert_as_it_was(subject)


@pytest.mark.parametrize("switch", ["read_property_multiple", "write_property_multiple"])
def test_without_lists_it_goes_property_by_property(tmp_path: Path, switch: str) -> None:
    with rig(tmp_path, profile=profile(**{switch: False}), over_bacnet=True) as subject:
        driven(subject)
        assert_as_it_was(subject)
        asked = subject.controllers.controller("AHU").counters.bacnet
        lists, single = (
            ("ReadPropertyMultiple", "ReadProperty") if "read" in switch else ("WritePropertyMultiple", "WriteProperty")
        )
        assert asked[lists] == 0
        assert asked[single] > 20


class TestWithoutSlots:
    @pytest.fixture
    def plain(self) -> Profile:
        return profile(plain_analog_values=True)

    def test_what_a_value_showed_before_is_put_back(self, tmp_path: Path, plain: Profile) -> None:
        with rig(tmp_path, profile=plain, over_bacnet=True) as subject:
            held(subject, lambda run: self.assert_ours(subject))
            receipts = driven(subject)
            assert outcome_of(receipts, CONVERTED) is Outcome.RESTORED
            [receipt] = [one for one in receipts if one.what.startswith(CONVERTED)]
            assert receipt.before == "present-value 10.0"
            assert_as_it_was(subject)

    @staticmethod
    def assert_ours(subject: Rig) -> None:
        assert subject.controllers.controller("AHU").objects.named(SET_POINT).present_value != 10.0

    def test_a_value_that_may_be_somebody_elses_is_told_before_it_is_gone(self, tmp_path: Path, plain: Profile) -> None:
        with rig(tmp_path, profile=plain, over_bacnet=True) as subject:
            run = subject.run()
            with in_background(run) as future:
                eventually(lambda: run.last_values.get(FAN) == 1.0)
                subject.building.faults.add(HoldCall(), "advance").reached.wait(DEADLINE_S)
                subject.controllers.controller("AHU").objects.command(SET_POINT, 77.0, 16)
                run.request_stop()
                receipts = future.result(DEADLINE_S).receipts
            [receipt] = [one for one in receipts if one.what.startswith(CONVERTED)]
            assert receipt.outcome is Outcome.RESTORED
            assert receipt.note.startswith("it held 77.0, which may be ours as the controller stored it")

    def test_slots_that_are_not_told_are_given_back_all_the_same(self, tmp_path: Path) -> None:
        with rig(tmp_path, profile=Profile(priority_arrays=False), over_bacnet=True) as subject:
            assert outcome_of(driven(subject), CONVERTED) is Outcome.UNVERIFIED
            assert_as_it_was(subject)


class TestOneSlotForOthers:
    def test_commands_in_another_are_refused_which_is_said_once_and_the_rest_goes_on(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        with rig(tmp_path, profile=profile(only_priority=16), over_bacnet=True) as subject:
            run = subject.run(steps=30)
            run.execute()
            assert (run.last_values[FAN], run.last_values[DAMPER]) == (1.0, 1.0)
            assert subject.controllers.controller("AHU").objects.named(SET_POINT).present_value == 10.0
        assert sum(f"refused a write to AnalogValue 1 ({SET_POINT})" in line for line in caplog.messages) == 1

    def test_with_the_priority_of_the_config_it_is_commanded(self, tmp_path: Path) -> None:
        with rig(tmp_path, profile=profile(only_priority=16), over_bacnet=True) as subject:
            subject.ahu_points = at_16(AHU_POINTS)
            assert outcome_of(driven(subject), CONVERTED) is Outcome.RELEASED


def test_inputs_that_nobody_may_force_stay_as_they_are_which_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with rig(tmp_path, profile=profile(out_of_service_writable=False), over_bacnet=True) as subject:
        receipts = driven(subject)
        assert outcome_of(receipts, "AnalogInput 1 DischAirTemp") is not Outcome.FAILED
        assert outcome_of(receipts, CONVERTED) is Outcome.RELEASED
        assert subject.controllers.controller("AHU").objects.named("DischAirTemp").present_value == -40.0
    assert sum("refused a write to AnalogInput 1 (DischAirTemp)" in line for line in caplog.messages) == 1


class TestMinimumTimes:
    """A binary object that holds itself in slot 6 (ASHRAE 135, 19.2.3) is in nobody else's hands for that."""

    @pytest.fixture
    def subject(self, tmp_path: Path) -> Iterator[Rig]:
        slow, proof = profile(minimum_on_s=3600, minimum_off_s=3600), ObjectSpec("BinaryValue", "FanProof")
        with rig(tmp_path, profile=slow, over_bacnet=True, ahu_objects=(*AHU_OBJECTS, proof)) as subject:
            subject.ahu_points = (*AHU_POINTS, PROOF)
            yield subject

    def slots(self, subject: Rig) -> tuple[float | None, float | None]:
        found = subject.controllers.controller("AHU").objects.named("FanProof").slots
        return found[5], found[13]

    def test_what_waits_in_our_slot_is_ours_and_goes_back(self, subject: Rig, caplog: pytest.LogCaptureFixture) -> None:
        for state in (1.0, None):
            subject.controllers.controller("AHU").objects.command("FanProof", state, 16)
        assert self.slots(subject) == (1.0, None)
        run = subject.run(steps=10, ECY_REFRESH_TIME="0.001")
        summary = run.execute()
        assert (summary.yielded, summary.not_released) == ((), ())
        assert not [line for line in caplog.messages if "FanProof" in line]
        assert outcome_of(summary.receipts, "BinaryValue 1 FanProof") is Outcome.RELEASED
        assert self.slots(subject) == (1.0, None)

    def test_a_change_of_ours_is_held_after_we_have_gone_and_is_no_leftover(self, subject: Rig) -> None:
        driven(subject)
        assert self.slots(subject) == (1.0, None)
        assert not subject.execute(steps=1).not_released
