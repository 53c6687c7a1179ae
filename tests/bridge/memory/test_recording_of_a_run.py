"""What is left of a run of the bridge when it has ended, however it ended."""

from __future__ import annotations

import json
import logging
import math
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from emulators.boptest.faults import FailedSimulation
from emulators.ecy.faults.calls import DropConnection
from recording import GOOD, NOT_ASKED, Direction, EventKind, RecordedRun, open_run
from tests.bridge.looking import DAMPER, assert_as_it_was, assert_untouched
from tests.bridge.rig import PASSWORD, in_background, rig
from tests.waiting import eventually
from utils.errors import BridgeError, ConfigError


@contextmanager
def recorded(folder: Path) -> Iterator[RecordedRun]:
    """The only recording of a run in a folder of the host's."""
    (file,) = (folder / ".state" / "runs").glob("*.run")
    with open_run(file) as run:
        yield run


class TestSteps:
    def test_every_signal_has_the_names_of_both_sides_its_unit_and_its_direction(self, tmp_path: Path) -> None:
        with rig(tmp_path) as both:
            both.execute(steps=1)
            address = both.controllers.addresses["AHU"]
        with recorded(tmp_path) as run:
            signals = run.streams["bridge"].signals
        first, told = signals[0], next(one for one in signals if one.title == "hvac_reaAhu_TSup_y [K]")
        assert (first.title, first.unit, first.point, first.object) == (
            "AHU.DischAirTemp [degC]",
            "degC",
            "hvac_reaAhu_TSup_y",
            "DischAirTemp",
        )
        assert (first.equipment, first.device, first.role) == ("AHU", address, "forced")
        assert (told.unit, told.direction) == ("K", Direction.FROM_SIMULATION)
        assert first.meaning == told.meaning == "supply air temperature"
        assert [one.title for one in signals if one.direction == Direction.STATE] == ["AHU active", "VAV active"]
        assert [one.title for one in signals if one.direction == Direction.TO_SIMULATION][:2] == [
            "sent hvac_oveAhu_yFan_u [1]",
            "sent hvac_oveAhu_yFan_activate",
        ]

    def test_all_that_the_building_tells_is_kept_whether_or_not_a_config_names_it(self, tmp_path: Path) -> None:
        with rig(tmp_path) as both:
            run = both.run(steps=3)
            run.execute()
            last = run.last_values
        with recorded(tmp_path) as kept:
            stream = kept.streams["bridge"]
            (*_, step) = stream.steps()
            told = {
                signal.point: value
                for signal, value in zip(stream.signals, step.values, strict=True)
                if signal.direction == Direction.FROM_SIMULATION
            }
        assert told == pytest.approx(dict(last), nan_ok=True)

    def test_what_nobody_asked_for_has_no_value_and_says_so(self, tmp_path: Path) -> None:
        with rig(tmp_path) as both:
            run = both.run()
            with in_background(run) as future:
                eventually(lambda: run.last_values.get(DAMPER) == 1.0)
                both.controllers.controller("VAV").faults.add(DropConnection(None))
                eventually(lambda: run.last_values.get(DAMPER) == 0.0)
                run.request_stop()
                future.result()
        with recorded(tmp_path) as kept:
            stream = kept.streams["bridge"]
            (*_, step) = stream.steps()
            places = {signal.object: place for place, signal in enumerate(stream.signals) if signal.object}
            kinds = [event.kind for event in kept.events()]
        assert math.isnan(step.values[places["Damper"]] or 0.0)
        assert (step.qualities[places["Damper"]], step.qualities[places["FanSpeed"]]) == (NOT_ASKED, GOOD)
        assert EventKind.OFFLINE in kinds


class TestFacts:
    def test_it_says_what_ran(self, tmp_path: Path) -> None:
        with rig(tmp_path) as both:
            both.execute(steps=2, DESIRED_TIMEZONE="America/Denver")
            address, url = both.controllers.addresses["AHU"], both.building.url
            released = len(both.runs[0].summary().receipts)
        with recorded(tmp_path) as run:
            facts = run.facts
        assert facts["kind"] == "bridge"
        assert facts["test_case"]["url"] == url
        assert facts["episode"]["start_time_s"] == 186 * 86400 + 10 * 3600
        assert json.loads(facts["configs"]["AHU.json"])["device_ip"] == address
        ahu = facts["controllers"][address]
        assert (ahu["equipment"], ahu["model"]) == (["AHU"], "ECY-S1000")
        assert ahu["firmware"]
        assert abs(ahu["clock_offset_s"]) < 3600
        assert facts["kpis"]["ener_tot"] >= 0
        assert len(facts["receipts"]) == released
        assert facts["metadata"]["hvac_reaAhu_TSup_y"]["unit"] == "K"

    def test_no_password_is_in_it(self, tmp_path: Path) -> None:
        with rig(tmp_path) as both:
            both.execute(steps=1)
        with recorded(tmp_path) as run:
            assert run.facts["settings"]["ECY2_LOGIN_USERNAME"] == "bench"
            assert PASSWORD not in json.dumps(run.facts)
        (file,) = (tmp_path / ".state" / "runs").iterdir()
        assert PASSWORD.encode() not in file.read_bytes()

    def test_slots_and_forced_inputs_that_were_found_are_kept(self, tmp_path: Path) -> None:
        with rig(tmp_path) as both:
            both.controllers.controller("AHU").objects.command("OutdoorAirTemp", 3.5, 8)
            both.execute(steps=1)
            address = both.controllers.addresses["AHU"]
        with recorded(tmp_path) as run:
            assert run.facts["controllers"][address]["slots_found"] == {"OutdoorAirTemp": {"8": 3.5}}


class TestEnds:
    def test_a_stop_on_request_is_said(self, tmp_path: Path) -> None:
        with rig(tmp_path) as both:
            run = both.run()
            with in_background(run) as future:
                eventually(lambda: run.last_values.get(DAMPER) == 1.0)
                run.request_stop()
                future.result()
        with recorded(tmp_path) as kept:
            assert kept.ending == "stopped on request"

    def test_an_error_that_ends_a_run_is_said(self, tmp_path: Path) -> None:
        with rig(tmp_path) as both:
            both.building.faults.add(FailedSimulation(), "advance")
            with pytest.raises(BridgeError) as told:
                both.execute()
        with recorded(tmp_path) as kept:
            assert kept.ending == str(told.value)

    def test_a_start_that_is_refused_leaves_none(self, tmp_path: Path) -> None:
        with rig(tmp_path) as both:
            both.ahu_points = ({**both.ahu_points[0], "bop_point": "hvac_reaAhu_TSupp_y"},)
            with pytest.raises(ConfigError):
                both.execute()
        assert list((tmp_path / ".state" / "runs").iterdir()) == []


class TestSettings:
    def test_record_no_keeps_nothing(self, tmp_path: Path) -> None:
        with rig(tmp_path) as both:
            both.execute(steps=1, RECORD="no")
            assert_as_it_was(both)
        assert not (tmp_path / ".state" / "runs").exists()

    def test_recordings_may_be_kept_elsewhere(self, tmp_path: Path) -> None:
        with rig(tmp_path) as both:
            both.execute(steps=1, BRIDGE_RUNS_DIR="films")
        assert len(list((tmp_path / "films").glob("*-bridge-*.run"))) == 1

    def test_a_folder_that_cannot_be_made_keeps_the_run_from_starting(self, tmp_path: Path) -> None:
        (tmp_path / "films").write_text("no folder")
        with rig(tmp_path) as both:
            with pytest.raises(ConfigError, match=r"BRIDGE_RUNS_DIR: .*films is not a folder"):
                both.execute(BRIDGE_RUNS_DIR="films")
            assert_untouched(both)

    def test_two_benches_may_share_a_folder(self, tmp_path: Path) -> None:
        for name in ("a", "b"):
            (tmp_path / name).mkdir()
        with rig(tmp_path / "a") as one, rig(tmp_path / "b") as other:
            runs = [both.run(BRIDGE_RUNS_DIR=str(tmp_path / "films")) for both in (one, other)]
            with in_background(runs[0]) as first, in_background(runs[1]) as second:
                eventually(lambda: all(run.last_values.get(DAMPER) == 1.0 for run in runs))
                for run in runs:
                    run.request_stop()
                for future in (first, second):
                    future.result()
        files = sorted((tmp_path / "films").iterdir())
        assert [file.suffix for file in files] == [".run", ".run"]
        for file in files:
            with open_run(file) as kept:
                assert (kept.name, kept.ending) == (file.stem, "stopped on request")
                assert list(kept.streams["bridge"].steps())


def test_a_disk_that_gets_full_ends_the_recording_once_and_the_run_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    connect = sqlite3.connect

    def connected(*where: Any, **how: Any) -> sqlite3.Connection:  # noqa: ANN401 - as sqlite3's
        base: sqlite3.Connection = connect(*where, **how)
        base.execute("PRAGMA max_page_count = 40")
        return base

    monkeypatch.setattr(sqlite3, "connect", connected)
    with rig(tmp_path) as both, caplog.at_level(logging.WARNING):
        summary = both.execute(steps=400)
        assert_as_it_was(both)
    assert (summary.steps, summary.is_clean) == (400, True)
    assert [line for line in caplog.messages if "record" in line] == [
        "the recording ends here, the run goes on: database or disk is full"
    ]
    with recorded(tmp_path) as run:
        assert run.ended_s is None
