"""An agent on controllers in the loop: what takes effect, what is told, and what ends an episode."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("gymnasium")

import numpy as np

from bridge.run import Run
from learning.environment import BuildingEnv
from learning.in_the_loop import CannotBegin
from ledger import Judgement, TakenSlot
from tests.bridge.acting.rigged import SUPPLY, assert_given_back, bench
from tests.bridge.rig import Rig
from tests.learning.in_the_loop.looped import SPACES, looped, wanting, world_of
from tests.learning.rooms import Said
from tests.ledger.guardian import light_guardian
from tests.waiting import DEADLINE_S, eventually
from utils.errors import ConfigError

KELVIN = 273.15
AT_17 = wanting(17.0 + KELVIN)


@pytest.fixture(autouse=True)
def _light_guardian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.session.GUARDIAN", light_guardian.COMMAND)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with bench(tmp_path) as running:
        yield running


def slot(both: Rig) -> float | None:
    return both.controllers.controller("AHU").objects.named("SupplyAirTempSp").slots[14]


def run_of(env: BuildingEnv) -> Run:
    run = world_of(env).run
    assert run is not None
    return run


def stepped(env: BuildingEnv, steps: int, action: Said = AT_17) -> tuple[Said, ...]:
    """What the last of so many steps tells."""
    for _ in range(steps):
        told = env.step(action)
    return told


def test_an_action_moves_the_set_point_and_the_loop_runs_the_building(both: Rig) -> None:
    with looped(both) as env:
        seen, info = env.reset(seed=1)
        assert (slot(both), info["yielded"], info["action_mask"].tolist()) == (None, {}, [1])
        assert info["time_s"] == 186 * 86_400
        seen, reward, terminated, truncated, info = stepped(env, 3)
        assert slot(both) == pytest.approx(17.0, abs=1e-4)
        assert (terminated, truncated, info["late"]) == (False, False, False)
        assert info["time_s"] == 186 * 86_400 + 90
        named = dict(zip(env.observation_names, seen.tolist(), strict=True))
        assert named["AHU.FanSpeed"] == pytest.approx(2 * 0.17 - 1.0, abs=1e-5)
        assert named["supply air"] == pytest.approx(float(AT_17[0]), abs=1e-5)
        assert -1.0 <= named["AHU age"] < 0.0
        assert info["in_force"] == {SUPPLY: pytest.approx(17.0 + KELVIN, abs=1e-4)}
        assert 0.0 <= info["age_s"] < DEADLINE_S
        assert reward <= 0.0
    assert_given_back(both)


def test_a_reset_is_a_new_episode_with_controllers_staying_taken(both: Rig) -> None:
    with looped(both) as env:
        env.reset(seed=1)
        stepped(env, 2)
        first = run_of(env)
        _, info = env.reset(options={"start": "01-09 06:00"})
        assert run_of(env) is first
        assert (info["time_s"], slot(both)) == ((8 * 24 + 6) * 3600, None)
        assert both.controllers.controller("AHU").objects.named("DischAirTemp").out_of_service
        stepped(env, 2)
        assert slot(both) == pytest.approx(17.0, abs=1e-4)
        assert first.summary().episodes == 2


def test_behind_the_end_nobody_acts_and_time_is_held_until_the_next_reset(both: Rig) -> None:
    with looped(both) as env:
        env.reset(seed=1)
        _, _, terminated, truncated, _ = stepped(env, 8)
        assert (terminated, truncated) == (False, True)
        run = run_of(env)
        eventually(lambda: run.time.state.held_since_s is not None and slot(both) is None)
        _, info = env.reset(seed=2)
        assert (run_of(env) is run, info["time_s"]) == (True, 186 * 86_400)
        assert not run.time.state.is_paused
        stepped(env, 2)


def test_a_reset_that_is_refused_ends_the_episode_and_lets_go(both: Rig) -> None:
    with looped(both) as env:
        env.reset(seed=1)
        stepped(env, 2)
        assert slot(both) is not None
        with pytest.raises(ConfigError, match="leave them out"):
            env.reset(options={"parameters": {"envelope.window_w_m2k": 1.0}})
        with pytest.raises(RuntimeError, match="there is no episode"):
            env.step(AT_17)
        run = run_of(env)
        eventually(lambda: run.time.state.held_since_s is not None and slot(both) is None)
        env.reset(seed=1)
        stepped(env, 2)


def test_behind_a_close_a_reset_begins_another_session(both: Rig) -> None:
    with looped(both) as env:
        env.reset(seed=1)
        first = run_of(env)
        env.close()
        with pytest.raises(RuntimeError, match="there is no episode"):
            env.step(AT_17)
        assert_given_back(both)
        env.reset(seed=1)
        assert run_of(env) is not first
        stepped(env, 2)
    assert_given_back(both)


def test_why_no_session_begins_is_raised_once(both: Rig) -> None:
    with looped(both) as one, looped(both) as other:
        one.reset(seed=1)
        with pytest.raises(ConfigError, match="that is this very process: close first what drives it"):
            other.reset(seed=1)
        other.close()
        one.close()
        other.reset(seed=1)
        stepped(other, 2)


def test_an_action_that_is_late_leaves_the_last_in_force(both: Rig) -> None:
    with looped(both, {"days": 1.0}, patience_s=0.0) as env:
        env.reset(seed=1)
        before = slot(both)
        _, _, terminated, _, info = stepped(env, 3)
        assert (terminated, info["late"], slot(both)) == (False, True, before)


@pytest.mark.slow
def test_who_else_writes_a_set_point_is_told_and_masks_it(both: Rig) -> None:
    with looped(both, {"days": 1.0}) as env:
        env.reset(seed=1)
        stepped(env, 1)
        ledger = run_of(env).ledger
        [ours] = [one for one in ledger.open_entries if isinstance(one, TakenSlot) and one.priority == 15]
        while ledger.judge(ours.device, ours.ref, 21.5) is not Judgement.THEIRS:  # until it is known how it stores
            env.step(AT_17)
        both.controllers.controller("AHU").objects.command("SupplyAirTempSp", 21.5, 15)
        for _ in range(2000):
            _, _, terminated, _, info = env.step(AT_17)
            if info["yielded"]:
                break
        assert "somebody else has written" in info["yielded"][SUPPLY]
        assert (terminated, info["action_mask"].tolist()) == (False, [0])
        stepped(env, 2, wanting(16.0 + KELVIN))
        assert slot(both) == 21.5
    assert slot(both) == 21.5


def test_outside_its_hours_a_set_point_is_its_controllers(both: Rig) -> None:
    acting = [{**SPACES["actions"][0], "hours": [6, 19]}]
    with looped(both, {"actions": acting}) as env:
        env.reset(seed=1, options={"start": "07-06 18:59"})
        _, _, _, _, info = stepped(env, 1)
        assert info["action_mask"].tolist() == [1]
        assert slot(both) == pytest.approx(17.0, abs=1e-4)
        _, _, _, _, info = stepped(env, 2)
        assert (info["action_mask"].tolist(), slot(both)) == ([0], None)


def test_to_compare_with_nobody_acts(both: Rig) -> None:
    with looped(both) as env:
        env.reset(seed=1, options={"own_control": True})
        _, _, _, _, info = stepped(env, 2)
        assert (info["action_mask"].tolist(), info["in_force"], slot(both)) == ([0], {}, None)


class TestEnds:
    """An episode that cannot go on, and why."""

    def test_the_operators_switch(self, both: Rig) -> None:
        with looped(both, switch="AHU.MayAct") as env:
            env.reset(seed=1)
            both.controllers.controller("AHU").objects.command("MayAct", 0.0, 8)
            _, _, terminated, _, info = env.step(AT_17)
            assert (terminated, info["reason"]) == (True, "the operator's switch AHU.MayAct is off")
            eventually(lambda: slot(both) is None)
            with pytest.raises(CannotBegin, match="operator's switch"):
                env.reset(seed=2)
            both.controllers.controller("AHU").objects.command("MayAct", None, 8)
            env.reset(seed=2)

    @pytest.mark.slow
    def test_a_controller_that_is_lost(self, both: Rig) -> None:
        with looped(both) as env:
            env.reset(seed=1)
            stepped(env, 1)
            both.controllers.unplug("VAV")
            for _ in range(3):
                _, _, terminated, _, info = env.step(AT_17)
                if terminated:
                    break
            assert info["reason"] == f"{both.controllers.addresses['VAV']} cannot be reached"

    def test_a_limit_that_is_passed(self, both: Rig) -> None:
        limits = [{"point": "hvac_reaZonSou_TZon_y", "low": 200.0, "high": 201.0}]
        with looped(both, {"limits": limits}) as env:
            env.reset(seed=1)
            _, _, terminated, _, info = env.step(AT_17)
            assert terminated
            assert info["reason"].startswith("hvac_reaZonSou_TZon_y is ")
            eventually(lambda: run_of(env).time.state.held_since_s is not None)

    def test_somebody_who_stops_the_run_and_the_next_reset_begins_another(self, both: Rig) -> None:
        with looped(both) as env:
            env.reset(seed=1)
            first = run_of(env)
            first.time.stop("terminal")
            _, _, terminated, _, info = env.step(AT_17)
            assert (terminated, info["reason"]) == (True, "somebody has stopped the run")
            assert_given_back(both)
            env.reset(seed=2)
            assert run_of(env) is not first
            stepped(env, 2)


class TestRefused:
    def words(self, both: Rig, changes: dict[str, Said], **keys: Said) -> str:
        with pytest.raises(ConfigError) as refused, looped(both, changes, **keys) as env:
            env.reset(seed=1)
        return str(refused.value)

    def test_spaces_are_held_against_building_and_configs_at_once(self, both: Rig) -> None:
        wrong = [{"point": "AHU.FanSped", "low": 0, "high": 1}, {"point": "AHV age", "low": 0, "high": 1}]
        told = self.words(both, {"observations": wrong, "reward": {"ener": 1.0}})
        assert "there is no measurement 'AHU.FanSped', did you mean 'AHU.FanSpeed'?" in told
        assert "there is no measurement 'AHV age', did you mean 'VAV age'?" in told
        assert "there is no KPI 'ener'" in told

    def test_what_a_run_of_controllers_cannot_do(self, both: Rig) -> None:
        point = {"point": "TDryBul", "low": 250.0, "high": 310.0}
        uncertain = {"horizon_s": 0, "interval_s": 900, "points": [point], "temperature_uncertainty": "low"}
        told = self.words(
            both, {"step_s": 32 * 30, "days": 1.0, "forecasts": uncertain}, variables={"BOP_STEP_TIME": "7"}
        )
        assert told.splitlines() == [
            "step_s: is 960 s; write a multiple of BOP_STEP_TIME, which is 7 s",
            "forecasts: carry errors, which a run of controllers cannot ask for; leave temperature_uncertainty and "
            "solar_uncertainty out",
        ]

    @pytest.mark.parametrize(
        ("changed", "words"),
        [
            ({"points": ["SupplyAirTempSp"]}, "write EQUIPMENT.Object, as in AHU.SupplyAirTempSp"),
            ({"points": ["AHV.SupplyAirTempSp"]}, "there is no equipment named AHV, did you mean 'AHU'?"),
            ({"unit": None}, "is in degrees-celsius; say in which unit its bounds are"),
        ],
    )
    def test_actions_that_are_no_set_points(self, both: Rig, changed: dict[str, Said], words: str) -> None:
        assert words in self.words(both, {"actions": [{**SPACES["actions"][0], **changed}]})

    def test_a_switch_that_is_none(self, both: Rig) -> None:
        assert "is 'MayAct'; write EQUIPMENT.Object" in self.words(both, {}, switch="MayAct")

    def test_a_controller_that_nobody_has_agreed_to(self, both: Rig) -> None:
        assert "nobody has agreed yet to drive" in self.words(both, {}, agreed=False)

    def test_parameters_of_the_building(self, both: Rig) -> None:
        with looped(both) as env, pytest.raises(ConfigError, match="leave them out"):
            env.reset(options={"parameters": {"envelope.window_w_m2k": 1.0}})


def test_forecasts_come_with_each_turn(both: Rig) -> None:
    forecasts = {"horizon_s": 7200, "interval_s": 3600, "points": [{"point": "TDryBul", "low": 250.0, "high": 310.0}]}
    with looped(both, {"forecasts": forecasts}) as env:
        seen, _ = env.reset(seed=1)
        assert np.count_nonzero(seen[3:6]) == 3
