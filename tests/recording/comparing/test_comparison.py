"""A replay against its recording, through their files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from recording import Direction, Recorder, Signal, open_run
from recording.columns import RecordedEpisode, read_run
from recording.comparing import EXACT, Comparison, Likeness, compare, noises
from tests.recording.samples import folder, step

TEMPERATURE = Signal("AHU.T", "degC", object="T", equipment="AHU", direction=Direction.TO_CONTROLLER)
VALVE = Signal("AHU.Valve", "percent", object="Valve", equipment="AHU", direction=Direction.FROM_CONTROLLER)
FAN = Signal("AHU.Fan", "", object="Fan", equipment="AHU", direction=Direction.FROM_CONTROLLER)
DAMPER = Signal("VAV.Damper", "percent", object="Damper", equipment="VAV", direction=Direction.FROM_CONTROLLER)
Rows = Sequence[Sequence[float | None]]


class Recordings:
    """Makes recordings and reads them."""

    def __init__(self, path: Path) -> None:
        self._folder = folder(path)

    def episode(self, signals: Sequence[Signal], rows: Rows) -> RecordedEpisode:
        recorder = Recorder(self._folder, "bridge")
        recorder.stream("bridge", signals)
        for number, row in enumerate(rows):
            recorder.step("bridge", step(number, *row))
        recorder.close()
        with open_run(recorder.file) as run:
            return read_run(run).episodes[0]


def compared(path: Path, old: tuple[Sequence[Signal], Rows], new: tuple[Sequence[Signal], Rows]) -> Comparison:
    recordings = Recordings(path)
    return compare(recordings.episode(*old), recordings.episode(*new), lambda signal, values: EXACT, {})


def test_controllers_that_say_what_they_said_are_the_same_in_whatever_order_points_are_listed(tmp_path: Path) -> None:
    found = compared(tmp_path, ((TEMPERATURE, VALVE), [(20, 0), (21, 5)]), ((VALVE, TEMPERATURE), [(0, 20), (5, 21)]))
    assert found.likeness is Likeness.SAME


def test_one_output_that_differs_makes_the_whole_different(tmp_path: Path) -> None:
    signals = TEMPERATURE, VALVE, DAMPER
    found = compared(tmp_path, (signals, [(20, 0, 30), (21, 5, 30)]), (signals, [(20, 0, 30), (21, 5, 31)]))
    assert found.likeness is Likeness.DIFFERENT
    assert (found.differ_since(0.0), found.differ_since(5.0)) == (0, 1)
    assert [(one.signal.title, one.likeness.value) for one in found.outputs] == [
        ("AHU.Valve", "same"),
        ("VAV.Damper", "different"),
    ]


def test_a_controller_that_was_shown_something_else_is_not_judged_and_the_others_are(tmp_path: Path) -> None:
    signals = TEMPERATURE, VALVE, DAMPER
    found = compared(tmp_path, (signals, [(20, 0, 30), (21, 5, 30)]), (signals, [(20, 0, 30), (22, 9, 30)]))
    assert found.likeness is Likeness.NOT_COMPARABLE
    [valve, damper] = found.outputs
    assert (valve.likeness, valve.why) == (Likeness.NOT_COMPARABLE, "it was shown another T from 1 Jan 00:00:05 on")
    assert damper.likeness is Likeness.SAME


def test_outputs_that_only_one_of_them_has_are_told_and_are_not_the_same(tmp_path: Path) -> None:
    found = compared(tmp_path, ((VALVE, FAN), [(0, 1), (5, 1)]), ((VALVE, DAMPER), [(0, 1), (5, 1)]))
    assert (found.only_recorded, found.only_played) == (("AHU.Fan",), ("VAV.Damper",))
    assert found.likeness is Likeness.NOT_COMPARABLE


def test_a_step_that_the_replay_has_lost_is_not_shifted_onto_the_next(tmp_path: Path) -> None:
    rows: Rows = [(float(number),) for number in range(20)]
    recordings = Recordings(tmp_path)
    old = recordings.episode((VALVE,), rows)
    lost: Rows = [(None,) if number == 3 else row for number, row in enumerate(rows)]
    found = compare(old, recordings.episode((VALVE,), lost), lambda signal, values: EXACT, {})
    assert (found.likeness, found.outputs[0].compared) == (Likeness.SAME, 19)


def test_the_noise_of_several_rounds_is_told_per_output(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path)
    rounds = [recordings.episode((VALVE, FAN), [(0, 1), (value, 1)]) for value in (5, 5.5, 4.75)]
    assert noises(rounds, 0.0) == {"AHU.Valve": 0.75, "AHU.Fan": 0.0}
    assert noises(rounds[:1], 0.0) == {}


class TestWhatAControllerWasShown:
    """Outputs follow from everything that their controller was shown; where that is another thing, they say nothing."""

    def test_a_point_that_was_never_confirmed_was_not_shown(self, tmp_path: Path) -> None:
        """Somebody took the slot, or the controller was away."""
        signals, old, new = (TEMPERATURE, VALVE), [(20, 0)] * 10, [(20, 0)] * 5 + [(None, 0)] * 5
        for one, other, told in ((old, new, "10 steps of the recording and 5"), (new, old, "5 steps of the recording")):
            [valve] = compared(tmp_path, (signals, one), (signals, other)).outputs
            assert valve.likeness is Likeness.NOT_COMPARABLE
            assert f"it was shown T in {told}" in valve.why

    def test_a_point_more_is_something_else(self, tmp_path: Path) -> None:
        found = compared(tmp_path, ((VALVE,), [(0,), (5,)]), ((VALVE, TEMPERATURE), [(0, 20), (5, 20)]))
        assert found.outputs[0].why == "the replay shows it T, which the recording did not"
        assert found.likeness is Likeness.NOT_COMPARABLE

    def test_equipments_on_one_controller_see_the_same(self, tmp_path: Path) -> None:
        shared = [replace(signal, device="10.0.0.5") for signal in (TEMPERATURE, VALVE, DAMPER)]
        found = compared(tmp_path, (shared, [(20, 0, 30), (21, 5, 30)]), (shared, [(20, 0, 30), (22, 5, 30)]))
        assert [output.likeness for output in found.outputs] == [Likeness.NOT_COMPARABLE] * 2

    def test_an_output_in_another_unit_is_not_compared(self, tmp_path: Path) -> None:
        found = compared(tmp_path, ((FAN,), [(0,), (5,)]), ((replace(FAN, unit="percent"),), [(0,), (5,)]))
        assert found.outputs[0].why == "it is in percent now, and was in no unit"

    def test_an_output_that_became_an_input_is_lost(self, tmp_path: Path) -> None:
        turned = replace(VALVE, direction=Direction.TO_CONTROLLER)
        found = compared(tmp_path, ((VALVE, FAN), [(0, 1), (5, 1)]), ((turned, FAN), [(0, 1), (5, 1)]))
        assert found.only_recorded == ("AHU.Valve",)
