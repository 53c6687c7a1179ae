"""One cell: the same numbers from the building in this process and from a server, whoever acts on it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from campaigns.cell import Task
from campaigns.running import Stopped, StopSign, run
from campaigns.running.programs_config import hashes_of, planned
from campaigns.running.ran import CellFailed
from clients.boptest_client import BOPTestClient
from emulators.boptest.server import BoptestServer
from emulators.plants.multizone_office import MultizoneOffice
from recording import BRIDGE, open_run
from tests.campaigns.studies import CONFIGS, Said, task
from tests.command_line import run as run_command
from tests.supervisory.files import config, program
from tests.waiting import eventually
from utils.errors import BridgeError, SimulationRefused

CASE = "multizone_office_simple_air"
TSUP = {"hvac_oveAhu_TSupSet": 287.0}
SHORT_PROGRAM: dict[str, Any] = {"step_s": None, "day": "07-06 10:00", "days": 0.02}
POINTS = {
    "temperature": {"point": "weaSta_reaWeaTDryBul_y"},
    "zones": {"core": {"point": "hvac_reaZonCor_TZon_y"}},
    "setpoint": {"point": "hvac_oveAhu_dpSet"},
}


@pytest.fixture(scope="module")
def server() -> Iterator[BoptestServer]:
    with BoptestServer({CASE: MultizoneOffice}) as served:
        yield served


@pytest.fixture(autouse=True)
def _state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRIDGE_STATE_DIR", str(tmp_path / "state"))


def supervised(folder: Path, text: str | None = None, **parameters: Said) -> Task:
    """A cell with a program of one's own."""
    if text is None:
        program(folder, "mine")
    else:
        program(folder, "mine", text)
    config(folder, programs={"mine": {"program": "mine.py", "points": POINTS}})
    cell = task(folder, **{**SHORT_PROGRAM, "supervise": "config.json", **parameters})
    with planned(cell.parameters, folder) as plan:
        hashes = hashes_of(plan, cell.parameters, folder)
    return task(folder, hashes, **{**SHORT_PROGRAM, "supervise": "config.json", **parameters})


def test_a_cell_has_the_indicators_that_a_boptest_client_would_get(tmp_path: Path, server: BoptestServer) -> None:
    kpis = run(task(tmp_path, day="07-06 10:00", hold=TSUP, price="dynamic"), StopSign()).kpis
    with BOPTestClient(server.url) as client:
        client.connect()
        client.set_scenario(electricity_price="dynamic")
        client.initialize_system(186 * 86_400 + 36_000, 0)
        client.set_step_time(600)
        for _ in range(3):
            client.advance_simulation({"hvac_oveAhu_TSupSet_u": 287.0, "hvac_oveAhu_TSupSet_activate": 1.0})
        told = client.get_kpis()
    assert {name: kpis[name] for name in ("ener_tot", "cost_tot", "tdis_tot", "pele_tot")} == {
        name: told[name] for name in ("ener_tot", "cost_tot", "tdis_tot", "pele_tot")
    }
    assert "time_rat" not in kpis
    assert kpis["pgas_tot"] is None


def test_the_same_cell_on_a_server_has_the_same_results(tmp_path: Path, server: BoptestServer) -> None:
    here = run(task(tmp_path, hold=TSUP, warmup_days=0.01), StopSign())
    there = run(task(tmp_path, hold=TSUP, warmup_days=0.01, building=server.url), StopSign())
    assert there.kpis == here.kpis


def test_a_plant_parameter_changes_the_results_and_the_buildings_identity(tmp_path: Path) -> None:
    usual, other = (run(task(tmp_path, plant=plant), StopSign()) for plant in ({}, {"envelope.window_w_m2k": 5.0}))
    assert usual.kpis != other.kpis
    assert usual.building != other.building


@pytest.mark.slow
def test_a_program_that_is_rehearsed_does_what_it_does_beside_a_server(tmp_path: Path, server: BoptestServer) -> None:
    shipped: dict[str, Any] = {
        **SHORT_PROGRAM,
        "supervise": str(CONFIGS / "duct_static_reset.simulation.json"),
        "warmup_days": 0,
    }
    cell = task(tmp_path, **shipped)
    with planned(cell.parameters, tmp_path) as plan:
        hashes = hashes_of(plan, cell.parameters, tmp_path)
    here = run(task(tmp_path, hashes, **shipped), StopSign())
    there = run(task(tmp_path, hashes, **shipped, building=server.url), StopSign())
    alone = run(task(tmp_path, **SHORT_PROGRAM), StopSign())
    assert here.kpis == there.kpis
    assert here.kpis != alone.kpis


def test_a_cells_parameters_reach_its_program(tmp_path: Path) -> None:
    low, high = (
        run(supervised(tmp_path, parameters={"mine": {"gain": gain}}), StopSign()).kpis for gain in (-45.0, 250.0)
    )
    assert low["ener_tot"] != high["ener_tot"]


RANDOM = """
    import random
    from supervisory import Command, Program

    class Mine(Program):
        points = {"setpoint": Command("Pa")}
        period_s = 30

        def on_step(self, ctx):
            ctx.command("setpoint", random.uniform(60, 380))
"""


def test_the_seed_is_that_of_a_programs_random_numbers(tmp_path: Path) -> None:
    points = {"setpoint": POINTS["setpoint"]}
    program(tmp_path, "mine", RANDOM)
    config(tmp_path, programs={"mine": {"program": "mine.py", "points": points}})
    told: dict[str, Any] = {**SHORT_PROGRAM, "supervise": "config.json"}
    with planned(task(tmp_path, **told).parameters, tmp_path) as plan:
        hashes = hashes_of(plan, task(tmp_path, **told).parameters, tmp_path)
    random.seed()
    first, again, other = (run(task(tmp_path, hashes, **told, seed=seed), StopSign()).kpis for seed in (1, 1, 2))
    assert first == again != other


def test_a_program_that_fails_fails_its_cell_and_says_why(tmp_path: Path) -> None:
    text = """
        from supervisory import Command, Program, Read

        class Mine(Program):
            points = {"temperature": Read("degC"), "zones": Read(many=True), "setpoint": Command("Pa")}

            def on_step(self, ctx):
                raise RuntimeError("no idea")
    """
    with pytest.raises(CellFailed, match="no idea"):
        run(supervised(tmp_path, text), StopSign())


def test_a_program_that_was_changed_meanwhile_is_not_run(tmp_path: Path) -> None:
    cell = supervised(tmp_path)
    program(tmp_path, "mine", "# another\n")
    (tmp_path / "mine.py").write_text((tmp_path / "mine.py").read_text() + IDLE, encoding="utf-8")
    with pytest.raises(BridgeError, match="was changed since the campaign began"):
        run(cell, StopSign())


IDLE = """
from supervisory import Command, Program, Read

class Mine(Program):
    points = {"temperature": Read("degC"), "zones": Read(many=True), "setpoint": Command("Pa")}

    def on_step(self, ctx): ...
"""


def test_what_a_server_refuses_is_why_a_cell_fails(tmp_path: Path, server: BoptestServer) -> None:
    with pytest.raises(SimulationRefused, match="Unexpected input variable"):
        run(task(tmp_path, building=server.url, warmup_days=0, hold={"nothing": 1.0}), StopSign())


def test_a_recorded_cell_has_a_file_that_reports_read(tmp_path: Path) -> None:
    folder = tmp_path / "study.campaign.runs" / "000001"
    told = run(task(tmp_path, recording=folder), StopSign()).recording
    with open_run(folder.parent / told) as recorded:
        assert recorded.ending == "ended"
        assert recorded.facts["kpis"]["ener_tot"]
        assert recorded.facts["cell"]["number"] == 1
        assert recorded.steps == 3
        assert BRIDGE in recorded.streams


def test_what_an_attempt_that_was_killed_has_recorded_goes(tmp_path: Path) -> None:
    folder = tmp_path / "000001"
    folder.mkdir()
    (folder / "20260101-000000-cell-0000.run").write_bytes(b"half")
    told = run(task(tmp_path, recording=folder), StopSign()).recording
    assert [file.name for file in folder.glob("*.run")] == [Path(told).name]


def test_a_cell_that_is_stopped_has_no_result_and_leaves_no_test(tmp_path: Path, server: BoptestServer) -> None:
    stop = StopSign()
    stop.set()
    with pytest.raises(Stopped):
        run(task(tmp_path, building=server.url), stop)
    assert [*(tmp_path / "state" / "tests").glob("*.json")] == []


def test_a_program_is_stopped_in_the_middle(tmp_path: Path) -> None:
    stop = StopSign()
    cell = supervised(tmp_path, days=30)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run, cell, stop)
        eventually(lambda: stop.is_listened_to)
        stop.set()
        assert isinstance(running.exception(), Stopped)


@pytest.mark.slow
def test_the_recording_of_a_cell_with_a_program_becomes_a_report(tmp_path: Path) -> None:
    cell = supervised(tmp_path)
    folder = tmp_path / "runs" / "000001"
    told = run(replace(cell, recording=str(folder)), StopSign()).recording
    page = tmp_path / "report.html"
    code, output = run_command("report", str(folder.parent / told), "-o", str(page))
    assert code == 0, output
    assert "Electric power" in page.read_text(encoding="utf-8")
