"""Which steps of a recording are told as transitions, and which are left out and why."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("gymnasium")

import numpy as np

from learning.recorded import RecordedTransitions, spaces_for, transitions_of
from recording import ACTED, INDICATOR, Signal, open_run
from recording.columns import read_run
from tests.command_line import Call
from tests.learning.rooms import Said
from tests.recording.made_run import MadeRun, Values
from utils.errors import ConfigError

SP = "AHU.Sp"
NAN = math.nan
SPACES: dict[str, Said] = {
    "step_s": 60,
    "price": "constant",
    "actions": [{"name": "supply", "points": ["supply"], "low": 280.0, "high": 300.0}],
    "observations": [{"point": "zone", "low": 280.0, "high": 300.0}],
    "reward": {"ener_tot": 2.0},
    "cost": {"tdis_tot": 1.0},
}
BROKEN = "with steps that are missing, or the end of the run in their midst"
FRAMES = tuple(30.0 * number for number in range(13))
"""Six steps of two frames."""


def values_at(time_s: float) -> Values:
    """A building whose set-point moves in the second half of each step from the third on, and which uses 1 per 60 s."""
    step = time_s / 60.0
    return {
        "zone": 290.0 + 0.1 * step,
        "supply_u": 285.0 + (0.5 if step > 2.0 and step % 1.0 else 0.0),
        "other_u": 285.0,
        "ener_tot": step if time_s % 60.0 == 0.0 else None,
        "tdis_tot": 0.0 if time_s % 60.0 == 0.0 else None,
    }


def recorded(change: Callable[[float], Values] = lambda _: {}, **changes: object) -> MadeRun:
    made = MadeRun(
        times_s=FRAMES,
        values=lambda time_s: {**values_at(time_s), **change(time_s)},
        tied=[Signal(f"{INDICATOR} {name}", point=name, role=INDICATOR) for name in ("ener_tot", "tdis_tot")],
        facts={"episode": {"step_s": 30.0, "price": None}},
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def told(folder: Path, made: MadeRun, **changes: Said) -> RecordedTransitions:
    file = folder / "spaces.json"
    file.write_text(json.dumps({**SPACES, **changes}), encoding="utf-8")
    with open_run(made.write(folder)) as run:
        data = read_run(run)
    return transitions_of(data, spaces_for(data, file))


def steps(transitions: RecordedTransitions) -> list[int]:
    """Which are told."""
    return [round(time_s / 60.0) for time_s in transitions.times_s]


def test_a_whole_run_is_told(tmp_path: Path) -> None:
    found = told(tmp_path, recorded())
    assert steps(found) == [0, 1, 2, 3, 4, 5]
    assert found.rewards.tolist() == [-2.0] * 6
    assert found.observations[:, 0] == pytest.approx([0.01 * step for step in range(6)], abs=1e-6)
    assert (found.observations[1:] == found.next_observations[:-1]).all()
    assert found.truncated.tolist() == [False] * 5 + [True]
    assert not found.terminated.any()
    assert not found.dropped


def test_where_an_input_moved_within_a_step_its_mean_is_the_action(tmp_path: Path) -> None:
    assert told(tmp_path, recorded()).actions[:, 0] == pytest.approx([-0.5, -0.5, -0.475, -0.475, -0.475, -0.475])


class TestLeftOut:
    def test_steps_that_lack_a_frame_and_what_is_before_them_is_the_last_of_its_row(self, tmp_path: Path) -> None:
        found = told(tmp_path, recorded(times_s=[time_s for time_s in FRAMES if time_s not in (150.0, 180.0)]))
        assert (steps(found), found.dropped) == ([0, 1, 4, 5], {BROKEN: 2})
        assert found.truncated.tolist() == [False, True, False, True]

    def test_many_in_a_row(self, tmp_path: Path) -> None:
        found = told(tmp_path, recorded(times_s=[*FRAMES[:5], *FRAMES[9:]]))
        assert (steps(found), found.dropped) == ([0, 1, 5], {BROKEN: 3})

    def test_a_run_that_ended_in_the_midst_of_one(self, tmp_path: Path) -> None:
        found = told(tmp_path, recorded(times_s=FRAMES[:-1]))
        assert (steps(found), found.dropped) == ([0, 1, 2, 3, 4], {BROKEN: 1})
        assert found.truncated.tolist() == [False] * 4 + [True]

    def test_a_reset_is_never_stepped_across(self, tmp_path: Path) -> None:
        found = told(tmp_path, recorded(episode_of=lambda number: int(number > 6)))
        assert found.episodes.tolist() == [0, 0, 0, 1, 1]
        assert found.truncated.tolist() == [False, False, True, False, True]

    @pytest.mark.parametrize("name", ["zone", "supply_u"])
    def test_values_that_are_missing(self, tmp_path: Path, name: str) -> None:
        found = told(tmp_path, recorded(lambda time_s: {name: NAN} if time_s == 120.0 else {}))
        assert (steps(found), found.dropped) == ([0, 3, 4, 5], {"with a value that is missing or doubtful": 2})

    def test_an_input_that_is_missing_within_a_step(self, tmp_path: Path) -> None:
        found = told(tmp_path, recorded(lambda time_s: {"supply_u": NAN} if time_s == 150.0 else {}))
        assert (steps(found), found.dropped) == ([0, 1, 3, 4, 5], {"with a value that is missing or doubtful": 1})

    def test_what_nobody_asked_indicators_for(self, tmp_path: Path) -> None:
        nothing: Values = {"ener_tot": None, "tdis_tot": None}
        found = told(tmp_path, recorded(lambda time_s: nothing if time_s == 360.0 else {}))
        why = "without indicators at both ends, for which runs ask with BOP_KPI_TIME"
        assert (steps(found), found.dropped) == ([0, 1, 2, 3, 4], {why: 1})

    def test_one_indicator_that_lacks_in_a_frame_is_not_taken_for_0(self, tmp_path: Path) -> None:
        found = told(tmp_path, recorded(lambda time_s: {"ener_tot": None} if time_s == 180.0 else {}))
        assert (steps(found), found.rewards.tolist()) == ([0, 1, 4, 5], [-2.0] * 4)

    def test_actions_outside_their_bounds_unless_nobody_could_have_acted(self, tmp_path: Path) -> None:
        hot = recorded(lambda time_s: {"supply_u": 301.0} if time_s == 90.0 else {"supply_u": 300.0})
        found = told(tmp_path, hot)
        assert (steps(found), found.dropped) == ([0, 2, 3, 4, 5], {"with an action outside its bounds": 1})
        out_of_hours = [{**SPACES["actions"][0], "hours": [6, 18]}]
        found = told(tmp_path, hot, actions=out_of_hours)
        assert (steps(found), found.actions.max()) == ([*range(6)], 1.0)
        assert not found.action_masks.any()

    def test_points_of_one_action_that_are_apart(self, tmp_path: Path) -> None:
        together = [{**SPACES["actions"][0], "points": ["supply", "other"]}]
        found = told(tmp_path, recorded(), actions=together)
        why = "with points of one action that were not at one value"
        assert (steps(found), found.dropped) == ([0, 1], {why: 4})

    def test_behind_a_limit_that_was_passed(self, tmp_path: Path) -> None:
        limits = [{"point": "zone", "low": 280.0, "high": 290.25}]
        found = told(tmp_path, recorded(), limits=limits)
        assert (steps(found), found.dropped) == ([0, 1, 2], {"that began outside the limits": 3})
        assert (found.terminated.tolist(), found.truncated.tolist()) == ([False, False, True], [False] * 3)


class TestSetPoints:
    """One in a controller: found at 290, wanted and led at 284 from the second frame on, its controller's at last."""

    def made(self, **changes: object) -> MadeRun:
        signals = [Signal(f"{SP} {role}", "K", role, role=role, object="Sp", equipment="AHU") for role in ACTED]
        made = recorded(self.stand, **changes)
        return replace(made, tied=[*made.tied, *signals])

    @staticmethod
    def stand(time_s: float) -> Values:
        is_led = 30.0 <= time_s < 300.0
        led = 284.0 if is_led else NAN
        found = 290.0 if time_s <= 30.0 or time_s > 300.0 else 284.00001
        return {"found": found, "wanted": led, "led": led, "left alone": float(time_s >= 300.0)}

    def told(self, folder: Path, **changes: object) -> RecordedTransitions:
        actions = [{"name": "supply", "points": [SP], "low": 280.0, "high": 300.0, "unit": "K"}]
        return told(folder, self.made(**changes), actions=actions)

    def test_it_is_in_force_as_it_was_led_and_else_as_it_was_found(self, tmp_path: Path) -> None:
        found = self.told(tmp_path)
        in_force = found.observations[:, found.observation_names.index("supply")]
        assert in_force.tolist() == pytest.approx([0.0, -0.6, -0.6, -0.6, -0.6, -0.599999], abs=2e-7)
        assert found.actions[:, 0].tolist() == pytest.approx([-0.3, -0.6, -0.6, -0.6, -0.5999995, 0.0], abs=2e-7)
        assert found.action_masks[:, 0].tolist() == [1, 1, 1, 1, 1, 0]

    def test_behind_a_gap_nobody_knows_how_it_was_led(self, tmp_path: Path) -> None:
        found = self.told(tmp_path, times_s=[*FRAMES[:4], *FRAMES[6:]])
        assert steps(found) == [0, 4, 5]
        assert found.dropped == {BROKEN: 2, "with a value that is missing or doubtful": 1}


class TestRefused:
    def words(self, folder: Path, made: MadeRun, **changes: Said) -> str:
        with pytest.raises(ConfigError) as refused:
            told(folder, made, **changes)
        return str(refused.value)

    def test_spaces_that_a_recording_has_not_are_told_at_once(self, tmp_path: Path) -> None:
        actions = [{**SPACES["actions"][0], "points": ["suply"]}]
        forecasts = {"horizon_s": 0, "interval_s": 900, "points": [{"point": "TDryBul", "low": 250.0, "high": 310.0}]}
        changes = {"price": "dynamic", "step_s": 60, "actions": actions, "forecasts": forecasts}
        made = recorded(facts={"episode": {"step_s": 40.0}})
        assert self.words(tmp_path, made, **changes).splitlines() == [
            "step_s: is 60 s; write a multiple of the run's own step, which is 40 s",
            "price: is dynamic, and that of the run was constant; write that one",
            "forecasts: are in no recording; leave them out, also where the policy is used",
            "action supply: the recording has no 'suply', did you mean 'supply'?",
        ]

    def test_a_set_point_in_another_unit(self, tmp_path: Path) -> None:
        actions = [{"name": "supply", "points": [SP], "low": 7.0, "high": 27.0, "unit": "degC"}]
        told_of_it = self.words(tmp_path, TestSetPoints().made(), actions=actions)
        assert told_of_it == f"action supply: its unit is degC, and {SP} was recorded in K; write that"

    def test_a_unit_of_an_input_of_the_building(self, tmp_path: Path) -> None:
        actions = [{**SPACES["actions"][0], "unit": "degC"}]
        told_of_it = self.words(tmp_path, recorded(), actions=actions)
        assert told_of_it == "action supply: its unit is for set-points in controllers; leave it out"

    def test_a_measurement_that_is_none(self, tmp_path: Path) -> None:
        seen: Sequence[Said] = [{"point": "AHU age", "low": 0.0, "high": 1.0}]
        assert "there is no measurement 'AHU age'" in self.words(tmp_path, recorded(), observations=seen)

    def test_a_recording_without_steps(self, tmp_path: Path) -> None:
        assert "has no steps of the bridge" in self.words(tmp_path, recorded(times_s=[]))


class TestVerb:
    def told(self, call: Call, folder: Path, *arguments: str, **changes: object) -> tuple[int, str]:
        (folder / "spaces.json").write_text(json.dumps(SPACES), encoding="utf-8")
        run = recorded(**changes).write(folder)  # type: ignore[arg-type]
        return call("export", str(run), *arguments, BRIDGE_RUNS_DIR=str(folder))

    @pytest.mark.parametrize("form", ["--npz", "--csv"])
    def test_the_file_of_spaces_is_not_written_over(self, call: Call, tmp_path: Path, form: str) -> None:
        spaces = tmp_path / "spaces.json"
        code, output = self.told(call, tmp_path, form, str(spaces), "--transitions", str(spaces))
        assert code == 2
        assert f"{form}: {spaces} is the file of spaces; name another file" in output
        assert json.loads(spaces.read_text(encoding="utf-8")) == SPACES

    def test_they_are_arrays_of_numpys(self, call: Call, tmp_path: Path) -> None:
        file, spaces = tmp_path / "t.npz", str(tmp_path / "spaces.json")
        code, output = self.told(call, tmp_path, "--npz", str(file), "--transitions", spaces, times_s=FRAMES[:-1])
        assert code == 0
        assert output.splitlines() == [
            f"5 transitions of {recorded().name} are in {file}",
            f"left out: 1 {BROKEN}",
        ]
        with np.load(file) as arrays:
            assert arrays["actions"].shape == (5, 1)
            assert arrays["rewards"].tolist() == [-2.0] * 5
            assert arrays["action_names"].tolist() == ["supply"]

    def test_or_rows_of_a_table(self, call: Call, tmp_path: Path) -> None:
        file = tmp_path / "t.csv"
        assert self.told(call, tmp_path, "--csv", str(file), "--transitions", str(tmp_path / "spaces.json"))[0] == 0
        with file.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert [(row["reward"], row["truncated"], row["model_time_s"]) for row in rows][-1] == ("-2", "1", "300")
        assert rows[0]["next zone"] == rows[1]["observation zone"]

    def test_or_columns_of_their_kinds(self, call: Call, tmp_path: Path) -> None:
        parquet, file = pytest.importorskip("pyarrow.parquet"), tmp_path / "t.parquet"
        self.told(call, tmp_path, "--parquet", str(file), "--transitions", str(tmp_path / "spaces.json"))
        table = parquet.read_table(file)
        assert table["truncated"].to_pylist() == [False] * 5 + [True]
        assert (table["episode"].to_pylist(), table["reward"].to_pylist()) == ([0] * 6, [-2.0] * 6)

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            (["--npz"], "--npz: is for --transitions SPACES; take --csv or --parquet for a table"),
            (["--csv", "--transitions", "s.json", "--all"], "--all: has no meaning with --transitions"),
            (["--csv", "--transitions", "s.json", "--stream", "x"], "--stream: has no meaning with --transitions"),
        ],
    )
    def test_what_does_not_belong_together(self, call: Call, tmp_path: Path, arguments: list[str], words: str) -> None:
        code, output = self.told(call, tmp_path, *arguments)
        assert (code, words in output) == (2, True)

    def test_where_there_are_none_it_says_why(self, call: Call, tmp_path: Path) -> None:
        file = tmp_path / "t.csv"
        arguments = ["--csv", str(file), "--transitions", str(tmp_path / "spaces.json")]
        code, output = self.told(call, tmp_path, *arguments, tied=[])
        assert (code, file.exists()) == (2, False)
        assert "has no transitions: left out: 6 without indicators at both ends" in output
