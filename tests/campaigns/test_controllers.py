"""Cells with controllers: the ordinary bridge, one cell after another, and everything given back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from campaigns.cell import Task
from campaigns.running import Stopped, StopSign, run
from campaigns.running.controllers import alone_with_controllers, equipment_hashes
from campaigns.running.ran import CellFailed
from campaigns.store import DUE, CampaignStore
from recording import open_run
from tests import bench
from tests.bridge.rig import AHU_POINTS, VAV_POINTS, Rig, rig
from tests.campaigns.studies import Said, begin, problems_of, study, task
from tests.command_line import run as run_command
from tests.command_line import start
from tests.waiting import eventually
from utils.errors import ConfigError
from utils.state_folder import StateFolder

STEPS = 6
SIX_STEPS: dict[str, Any] = {"step_s": 5, "days": 5 * STEPS / 86_400, "warmup_days": 0, "controllers": "configs"}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    """A building and two controllers that somebody has agreed to drive."""
    with rig(tmp_path) as made:
        addresses = made.controllers.addresses
        bench.write_configs(
            tmp_path,
            bench.equipment("AHU", addresses["AHU"], AHU_POINTS),
            bench.equipment("VAV", addresses["VAV"], VAV_POINTS),
        )
        unset = ("BOP_SERVER_IP", "BOP_SERVER_PORT", "BOP_START_TIME")
        settings = {name: value for name, value in bench.VARIABLES.items() if name not in unset}
        for name, value in {**settings, "BRIDGE_STATE_DIR": str(tmp_path / "state")}.items():
            monkeypatch.setenv(name, value)
        for address in addresses.values():
            StateFolder(tmp_path / "state").met.set(address, "yes")
        yield made


def cell(site: Rig, **more: Said) -> Task:
    hashes = equipment_hashes(site.folder / "configs")
    return task(site.folder, hashes, **{**SIX_STEPS, "building": site.building.url, **more})


def test_controllers_run_the_building_of_a_cell_and_are_given_back(site: Rig, tmp_path: Path) -> None:
    told = run(cell(site), StopSign())
    alone = run(task(tmp_path, **{**SIX_STEPS, "controllers": None, "building": site.building.url}), StopSign())
    assert told.kpis["ener_tot"] != alone.kpis["ener_tot"]
    assert [*(tmp_path / "state" / "ledgers").glob("*.jsonl")] == []


def test_a_recording_of_it_is_beside_those_of_other_cells(site: Rig, tmp_path: Path) -> None:
    folder = tmp_path / "study.campaign.runs" / "000001"
    told = run(replace(cell(site), recording=str(folder)), StopSign()).recording
    with open_run(folder.parent / told) as recorded:
        assert recorded.facts["controllers"]


def test_cells_queue_for_the_controllers(site: Rig, tmp_path: Path) -> None:
    other, stop = StateFolder(tmp_path / "state"), StopSign()
    with ThreadPoolExecutor(1) as pool:
        with alone_with_controllers(other, StopSign()):
            waiting = pool.submit(run, cell(site), stop)
            eventually(lambda: (tmp_path / "state" / "controllers.lock").exists())
            assert not site.controllers.controller("AHU").journal
            assert not waiting.done()
        assert waiting.result().kpis["ener_tot"]


def test_one_that_waits_in_the_queue_can_be_stopped(site: Rig, tmp_path: Path) -> None:
    stop = StopSign()
    with alone_with_controllers(StateFolder(tmp_path / "state"), StopSign()), ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(run, cell(site), stop)
        stop.set()
        assert isinstance(waiting.exception(), Stopped)


def test_a_cell_that_is_stopped_gives_back_first(site: Rig, tmp_path: Path) -> None:
    stop, ledgers = StopSign(), tmp_path / "state" / "ledgers"
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run, cell(site, days=30), stop)
        eventually(lambda: any(ledgers.glob("*.jsonl")))
        stop.set()
        assert isinstance(running.exception(), Stopped)
    assert [*ledgers.glob("*.jsonl")] == []


def test_controllers_that_nobody_has_agreed_to_are_not_driven(site: Rig, tmp_path: Path) -> None:
    (tmp_path / "state" / "controllers-met.json").unlink()
    with pytest.raises(ConfigError, match="nobody has agreed yet to drive"):
        run(cell(site), StopSign())


def test_configs_that_were_changed_since_it_began_are_not_run(site: Rig, tmp_path: Path) -> None:
    before = cell(site)
    bench.write_configs(tmp_path, bench.equipment("AHU", site.controllers.addresses["AHU"], AHU_POINTS[:1]))
    with pytest.raises(CellFailed, match="were changed since the campaign began"):
        run(before, StopSign())


def test_configs_that_cannot_work_are_told_before_anything_is_run(tmp_path: Path) -> None:
    bench.write_configs(tmp_path, {"equipment_name": "AHU", "device_ip": "10.0.0.1", "poinst": []})
    problems = problems_of(study(tmp_path, base=SIX_STEPS, cells=[{"day": 1}]))
    assert any("did you mean 'points'?" in problem for problem in problems)


@pytest.mark.slow
def test_a_campaign_with_controllers_runs_cell_after_cell(site: Rig, tmp_path: Path) -> None:
    file = study(tmp_path, base={**SIX_STEPS, "building": site.building.url}, grid={"day": [10, 186]}, server_tests=2)
    begin(file).close()
    variables = {**bench.VARIABLES, "BRIDGE_STATE_DIR": str(tmp_path / "state")}
    code, output = run_command("campaign", str(file), "--workers", "2", **variables)
    assert code == 0, output
    assert "2 of 2 cells are done" in output
    assert [*(tmp_path / "state" / "ledgers").glob("*.jsonl")] == []


@pytest.mark.slow
def test_a_campaign_that_is_killed_leaves_nothing_in_controllers(site: Rig, tmp_path: Path) -> None:
    base = {**SIX_STEPS, "days": 30, "building": site.building.url}
    file, ledgers = study(tmp_path, base=base, cells=[{"day": 10}]), tmp_path / "state" / "ledgers"
    variables = {**bench.VARIABLES, "BRIDGE_STATE_DIR": str(tmp_path / "state")}
    with start("campaign", str(file), **variables) as process:
        eventually(lambda: any(ledgers.glob("*.jsonl")))
        process.kill()
    eventually(lambda: not any(ledgers.glob("*.jsonl")))
    assert [row.state for row in CampaignStore(file.with_suffix(".campaign")).rows()] == [DUE]
