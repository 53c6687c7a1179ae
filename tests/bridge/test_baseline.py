"""The baseline of a run: the building's own control over the same period, on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bridge.baseline import BaselinePlan, find_baseline, record_baseline
from clients.boptest_client import BOPTestClient
from emulators.boptest.server import BoptestServer
from emulators.plants.multizone_office import MultizoneOffice
from recording import Direction, Event, EventKind, Recorder, RunsFolder, open_run
from recording.columns import RunData, read_run
from tests.recording.made_run import JULY_6_S, MadeRun, office_facts
from tests.recording.samples import folder
from tests.waiting import eventually
from utils.clocks import HOST
from utils.errors import ConfigError, SimulationUnreachable

CASE = "multizone_office_simple_air"
NOON_S = JULY_6_S + 12 * 3600.0
STEP_S = 300.0


@pytest.fixture
def building() -> Iterator[BoptestServer]:
    with BoptestServer({CASE: MultizoneOffice}) as server:
        yield server


@pytest.fixture
def runs(tmp_path: Path) -> RunsFolder:
    return folder(tmp_path / "runs")


def recorded_run(runs: RunsFolder, **facts: object) -> RunData:
    """A run of six steps in two episodes."""
    runs.prepare()
    told = office_facts(NOON_S, STEP_S)
    told["test_case"] = {"name": CASE, "url": "", "version": "1.0.0-dev"}
    told["episode"] = {"warmup_s": 600.0, "step_s": STEP_S, "first_year": 2023, "price": "dynamic"}
    times = [NOON_S + STEP_S * number for number in range(4)]
    made = MadeRun(
        times_s=[*times, *times],
        values=lambda _: {"hvac_reaAhu_TSup_y": 285.0},
        episode_of=lambda number: number // 4,
        facts={**told, **facts},
    )
    with open_run(made.write(runs.path)) as run:
        return read_run(run)


def computed(building: BoptestServer, runs: RunsFolder, run: RunData) -> Path:
    with BOPTestClient(building.url) as client:
        return record_baseline(client, run, BaselinePlan.of(run), runs)


def test_it_covers_the_same_times_with_nothing_overridden(building: BoptestServer, runs: RunsFolder) -> None:
    run = recorded_run(runs)
    with open_run(computed(building, runs, run)) as recorded:
        baseline = read_run(recorded)
    assert [list(one.times_s) for one in baseline.episodes] == [list(one.times_s) for one in run.episodes]
    values = baseline.episodes[0].named(Direction.FROM_SIMULATION)
    assert not any(any(values[name]) for name in values if name.endswith("_activate"))
    assert values["hvac_reaZonSou_TZon_y"][0] > 280.0
    assert baseline.fact("kind") == "baseline"
    assert baseline.indicators(0).keys() == baseline.indicators(1).keys() >= {"ener_tot"}


def test_it_begins_as_the_run_did_with_the_same_warm_up(building: BoptestServer, runs: RunsFolder) -> None:
    run = recorded_run(runs)
    with open_run(computed(building, runs, run)) as recorded, BOPTestClient(building.url) as client:
        client.connect(CASE)
        told = client.initialize_system(NOON_S, 600.0).values
        first = read_run(recorded).episodes[0].named(Direction.FROM_SIMULATION)
        assert {name: values[0] for name, values in first.items()} == dict(told)


def test_it_is_computed_once_for_the_same_plan_and_anew_for_another(building: BoptestServer, runs: RunsFolder) -> None:
    run = recorded_run(runs)
    plan = BaselinePlan.of(run)
    assert find_baseline(runs, plan) is None
    file = computed(building, runs, run)
    assert find_baseline(runs, plan) == file
    assert find_baseline(runs, replace(plan, warmup_s=0.0)) is None


def test_one_that_was_broken_off_is_not_used_again(runs: RunsFolder) -> None:
    run = recorded_run(runs)
    plan = BaselinePlan.of(run)
    recorder = Recorder(runs, "baseline")
    recorder.facts({"baseline": plan.as_fact()})
    recorder.close("broken off")
    assert find_baseline(runs, plan) is None


def test_one_that_lacks_steps_is_not_used_again(runs: RunsFolder) -> None:
    run = recorded_run(runs)
    plan = BaselinePlan.of(run)
    with closing(Recorder(runs, "baseline")) as recorder:
        recorder.facts({"baseline": plan.as_fact()})
        recorder.event(Event(HOST.wall(), EventKind.GAP, "", "too little was free on the disk before this"))
    assert find_baseline(runs, plan) is None


def test_a_server_that_is_not_there_leaves_no_baseline(runs: RunsFolder) -> None:
    run = recorded_run(runs)
    client = BOPTestClient("http://127.0.0.1:9")
    with pytest.raises(SimulationUnreachable, match=r"127\.0\.0\.1:9"):
        record_baseline(client, run, BaselinePlan.of(run), runs)
    client.close()
    assert find_baseline(runs, BaselinePlan.of(run)) is None


def test_a_legacy_server_is_left_to_a_run_that_is_under_way(runs: RunsFolder) -> None:
    run = recorded_run(runs)
    with BoptestServer({CASE: MultizoneOffice}, legacy=True) as legacy, BOPTestClient(legacy.url) as client:
        with closing(Recorder(runs, "bridge")):
            eventually(lambda: any(files.is_running for files in runs.runs()))
            with pytest.raises(ConfigError, match="one test for all"):
                record_baseline(client, run, BaselinePlan.of(run), runs)
        record_baseline(client, run, BaselinePlan.of(run), runs)


@pytest.mark.parametrize(
    "lacking", [{"test_case": {}}, {"episode": {"step_s": 60.0}}, {"episode": {"warmup_s": 0.0, "step_s": 0.0}}]
)
def test_a_recording_that_tells_too_little_has_no_baseline(runs: RunsFolder, lacking: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="without which there is no baseline"):
        BaselinePlan.of(recorded_run(runs, **lacking))
