"""Acting on set-points in controllers: at our priority, within bounds and rates, in time or as before."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bridge.acting import Acting
from bridge.link import LinkState
from emulators.ecy.profile import Profile
from equipment.set_points import OperatorSwitch, SetPoint
from ledger import TakenSlot
from recording import EventKind
from tests.bridge.acting.rigged import SET_POINT, SUPPLY, SWITCH, acting, assert_given_back, bench, ended
from tests.bridge.listening import Listener
from tests.bridge.looking import assert_untouched
from tests.bridge.rig import Rig
from tests.waiting import DEADLINE_S
from utils.errors import ConfigError
from utils.handoff import Closed

PATIENT = DEADLINE_S
LED_IN = 20
"""In so many steps an override is certainly in force as it is commanded."""
KELVIN = 273.15


def patient(set_point: SetPoint = SET_POINT, **keys: object) -> Acting:
    return Acting([set_point], patience_s=PATIENT, **keys)  # type: ignore[arg-type]


def test_the_set_point_moves_at_our_priority_and_its_loop_follows(both: Rig) -> None:
    with acting(both, patient()) as actor:
        assert actor.slot is None
        turn = actor.act({SUPPLY: 17.0 + KELVIN})
        assert actor.slot == 17.0
        assert turn.in_force == {SUPPLY: pytest.approx(17.0 + KELVIN)}
        turn = actor.go_on_until(steps=LED_IN)
        assert turn.seen[SUPPLY].value == pytest.approx(17.0 + KELVIN, abs=1e-4)
        assert turn.seen["AHU.FanSpeed"].value == pytest.approx(0.17)
        assert turn.frame.values["hvac_oveAhu_yFan_u"] == pytest.approx(0.17)
        assert 0.0 <= turn.seen["AHU.FanSpeed"].age_s < DEADLINE_S
        assert turn.kpis["ener_tot"] >= 0.0
        actor.act({SUPPLY: None})
        assert actor.slot is None
        actor.act({SUPPLY: 13.0 + KELVIN})
    assert_given_back(both)


def test_what_is_beyond_the_bounds_is_brought_within(both: Rig) -> None:
    with acting(both, patient()) as actor:
        slots = []
        for wanted in (400.0, 0.0):
            actor.act({SUPPLY: wanted})
            slots.append(actor.slot)
        assert slots == [pytest.approx(18.0, abs=1e-4), pytest.approx(12.0, abs=1e-4)]


def test_it_moves_no_faster_than_it_may_from_where_it_stood(both: Rig) -> None:
    a_kelvin_in_a_step = replace(SET_POINT, rate_per_h=720.0)
    with acting(both, patient(a_kelvin_in_a_step)) as actor:
        slots = []
        for _ in range(5):
            actor.act({SUPPLY: 18.0 + KELVIN})
            slots.append(actor.slot)
        assert slots == [pytest.approx(value, abs=1e-3) for value in (15.0, 16.0, 17.0, 18.0, 18.0)]


def test_a_turn_in_several_steps_leads_on_in_between(both: Rig) -> None:
    a_kelvin_in_a_step = replace(SET_POINT, rate_per_h=720.0)
    with acting(both, patient(a_kelvin_in_a_step, every=3)) as actor:
        turn = actor.act({SUPPLY: 18.0 + KELVIN})
        assert turn.frame.number == 3
        assert actor.slot == pytest.approx(17.0, abs=1e-3)


def test_an_action_that_is_late_leaves_the_last_one_in_force_which_is_said(both: Rig) -> None:
    listener = Listener()
    both.watchers = (listener,)
    how = Acting([SET_POINT], patience_s=0.0)
    how.act(1, {SUPPLY: 17.0 + KELVIN})
    with acting(both, how) as actor:
        while actor.turn().number < 5:
            how.act(actor.number - 1, {SUPPLY: 12.0 + KELVIN})  # of a turn that is over
        assert actor.turn().was_late
        assert actor.slot == 17.0
    assert listener.told(EventKind.LATE) == [("", "no action within 0 s: the last one counts on")]


def test_somebody_else_who_writes_into_its_slot_has_it_for_the_rest_of_the_run(both: Rig) -> None:
    with acting(both, patient()) as actor:
        for value in (17.0, 16.0):
            actor.act({SUPPLY: value + KELVIN})
        both.clocks.sleep(2.0)
        actor.go_on_until(steps=2)
        actor.ahu.objects.command("SupplyAirTempSp", 21.5, 15)
        actor.go_on_until(steps=2)
        both.clocks.sleep(10.0)
        turn = actor.until("somebody else has written")
        actor.go_on_until({SUPPLY: 13.0 + KELVIN}, steps=3)
        assert (actor.slot, turn.in_force) == (21.5, {})
    assert actor.slot == 21.5


def test_a_reset_is_a_new_episode_in_which_controllers_stay_taken(both: Rig) -> None:
    with acting(both, patient()) as actor:
        before = actor.act({SUPPLY: 17.0 + KELVIN})
        inputs = both.controllers.controller("AHU").objects.named("DischAirTemp")
        actor.run.time.reset(datetime(2023, 1, 9, 6), "agent")
        turn = actor.act()
        assert (before.frame.episode, turn.frame.episode, turn.frame.number) == (0, 1, 0)
        assert turn.frame.time_s == pytest.approx((8 * 24 + 6) * 3600)
        assert (actor.slot, turn.in_force, turn.number) == (None, {}, before.number + 1)
        assert inputs.out_of_service
        assert any(isinstance(one, TakenSlot) and one.priority == 15 for one in actor.run.ledger.open_entries)
        actor.act({SUPPLY: 15.0 + KELVIN})
        assert actor.slot == 15.0
    assert_given_back(both)


def test_an_operator_turns_it_off_and_on(both: Rig) -> None:
    with acting(both, patient(switch=SWITCH)) as actor:
        actor.act({SUPPLY: 17.0 + KELVIN})
        actor.ahu.objects.command("MayAct", 0.0, 8)
        turn = actor.go_on_until(steps=3)
        assert (turn.is_switched_off, turn.in_force, actor.slot) == (True, {}, None)
        actor.ahu.objects.command("MayAct", None, 8)
        turn = actor.go_on_until(steps=3)
        assert (turn.is_switched_off, actor.slot) == (False, 17.0)


def test_a_controller_that_is_lost_is_told_and_acted_on_again_when_it_is_back(both: Rig) -> None:
    with acting(both, patient()) as actor:
        actor.act({SUPPLY: 17.0 + KELVIN})
        both.controllers.unplug("AHU")
        turn = actor.until("is offline")
        assert turn.controllers[both.controllers.addresses["AHU"]] is LinkState.OFFLINE
        both.controllers.plug_in("AHU")
        both.clocks.sleep(300.0)
        while SUPPLY in actor.act({SUPPLY: 16.0 + KELVIN}).masked:
            pass
        actor.act({SUPPLY: 16.0 + KELVIN})
        actor.act()
        assert actor.slot == 16.0


def test_at_the_end_whoever_waits_is_woken(both: Rig) -> None:
    with acting(both, patient()) as actor:
        ended(actor)
        with pytest.raises(Closed):
            actor.acting.next_turn(actor.number, DEADLINE_S)


def test_what_is_no_action_is_refused(both: Rig) -> None:
    with acting(both, patient()) as actor:
        with pytest.raises(ValueError, match="Supply is no set-point of this run; there is AHU"):
            actor.acting.act(actor.number, {"AHU.Supply": 290.0})
        with pytest.raises(ValueError, match="nan is no number; None leaves it"):
            actor.acting.act(actor.number, {SUPPLY: math.nan})


class TestRefused:
    """Before anything is written, with all that is wrong."""

    def words(self, both: Rig, *set_points: SetPoint, switch: OperatorSwitch | None = None) -> list[str]:
        both.acting = Acting(set_points, switch=switch)
        with pytest.raises(ConfigError) as refused:
            both.execute()
        assert_untouched(both)
        return [str(problem) for problem in refused.value.problems]

    def test_whatever_the_controllers_are(self, both: Rig) -> None:
        wrong = replace(SET_POINT, equipment="AHV", low=20.0, high=20.0, rate_per_h=0.0, priority=8, unit="kelvinz")
        told = self.words(both, wrong, wrong, switch=OperatorSwitch("VAW", "On"))
        assert told[0] == "set-point AHV.SupplyAirTempSp: is named 2 times; name it once"
        assert told[1].endswith("may be 20 to 20; write two numbers, the lower one first")
        assert told[2].endswith("may move 0 in an hour; write a number above 0, or None for freely")
        assert told[3].endswith("has priority 8; write 9 to 16, so that people win")
        assert "kelvinz" in told[4]
        assert told[-2:] == [
            "set-point AHV.SupplyAirTempSp: there is no equipment named AHV, did you mean 'AHU'?",
            "switch VAW.On: there is no equipment named VAW, did you mean 'VAV'?",
        ]

    @pytest.mark.parametrize(
        ("changed", "words"),
        [
            ({"name": "SuplyAirTempSp"}, "the controller has no object named SuplyAirTempSp, did you mean"),
            ({"name": "FanSpeed"}, "is a point of AHU.json: the bridge exchanges it with the simulation already"),
            ({"name": "MayAct"}, "is BinaryValue; a set-point is an AnalogValue"),
            ({"unit": None}, "is in degrees-celsius; say in which unit its bounds are, such as degC"),
            ({"unit": "pascal"}, "has bounds in pascal, but the object is in degrees-celsius"),
            ({"name": "Gain"}, "has bounds in K, but the object tells no unit"),
        ],
    )
    def test_when_they_have_been_looked_for(self, both: Rig, changed: dict[str, str], words: str) -> None:
        [told] = self.words(both, replace(SET_POINT, **changed))  # type: ignore[arg-type]
        assert words in told

    def test_a_switch_that_is_not_there(self, both: Rig) -> None:
        told = self.words(both, SET_POINT, switch=OperatorSwitch("AHU", "MayNot"))
        assert told == ["switch AHU.MayNot: the controller has no object named MayNot, did you mean 'MayAct'?"]

    def test_one_whose_slot_is_in_use_even_with_take_occupied(self, both: Rig) -> None:
        both.controllers.controller("AHU").objects.command("SupplyAirTempSp", 20.0, 15)
        both.take_occupied = True
        [told] = self.words(both, SET_POINT)
        assert "holds 20.0 already; somebody else uses it. Release it, or act at another priority" in told

    def test_one_whose_slots_cannot_be_read(self, tmp_path: Path) -> None:
        with bench(tmp_path, Profile(priority_arrays=False)) as both:
            [told] = [one for one in self.words(both, SET_POINT) if "SupplyAirTempSp" in one]
        assert "nobody would see that somebody else commands it" in told

    @pytest.mark.parametrize("keys", [{"every": 0}, {"patience_s": 61.0}, {"patience_s": -1.0}])
    def test_turns_that_cannot_be(self, keys: dict[str, float]) -> None:
        with pytest.raises(ConfigError):
            Acting([SET_POINT], **keys)  # type: ignore[arg-type]
