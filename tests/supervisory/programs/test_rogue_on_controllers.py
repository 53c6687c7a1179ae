"""Rogue zones in the ordinary runtime, on an emulated controller: counted over restarts, reset by a button."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from clients.bacnet.stack import BACnetStack
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.server import EcyServer
from emulators.program import ObjectSpec
from supervisory.setup.plan import plan_run
from supervisory.setup.settings import settings_for
from supervisory.supervision import Supervision
from tests.ledger.guardian import light_guardian
from tests.ports import free_port
from tests.supervisory.gate_rig import PASSWORD, USER
from tests.waiting import eventually
from utils.state_folder import StateFolder

ROGUE = "rogue_zones"
RESET = "binary-value,3"
ONE_COUNT_MIN = 0.005


@pytest.fixture(autouse=True)
def _light_guardian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("supervisory.guard.custody.GUARDIAN", light_guardian.COMMAND)


@pytest.fixture
def server() -> Iterator[EcyServer]:
    """One controller with a box that gets half of what it wants."""
    flows = {"Supply": 3.0, "Flow": 0.5, "Wanted": 1.0}
    objects = [ObjectSpec("AnalogInput", name, "cubic-meters-per-second", value) for name, value in flows.items()]
    with EcyServer([ControllerSpec("AHU", objects=objects)], username=USER, password=PASSWORD) as serving:
        yield serving


@contextmanager
def running(server: EcyServer, folder: Path) -> Iterator[str]:
    """The program, counting three times a second; yields where its device is."""
    port = free_port()
    points = {
        "supply_airflow": {"device": "ahu", "object": "AnalogInput Supply"},
        "zone_airflow": {"south": {"device": "ahu", "object": "AnalogInput Flow"}},
        "zone_airflow_setpoint": {"south": {"device": "ahu", "object": "AnalogInput Wanted"}},
    }
    parameters = {"count_every_min": ONE_COUNT_MIN, "occupied_from_h": 0, "occupied_to_h": 24}
    config = {
        "transport": "ecy",
        "interface": f"127.0.0.1:{port}",
        "enabled_at_start": True,
        "step_s": 0.1,
        "devices": {"ahu": server.addresses["AHU"]},
        "programs": {ROGUE: {"period_s": 0.1, "parameters": parameters, "points": points}},
    }
    file = folder / "site.json"
    file.write_text(json.dumps(config), encoding="utf-8")
    plan = plan_run([ROGUE], file, folder)
    account = {"ECY2_LOGIN_USERNAME": USER, "ECY2_LOGIN_PWORD": PASSWORD}
    supervision = Supervision(plan, settings_for(plan.config, None, account, folder), StateFolder(folder / "state"))
    with ThreadPoolExecutor(1, thread_name_prefix="supervision") as pool:
        done = pool.submit(supervision.execute)
        try:
            yield f"127.0.0.1:{port}"
        finally:
            supervision.request_stop()
            assert done.result().failures == {}


def counts(folder: Path) -> float:
    """How often the box was counted, as the state on disk tells."""
    [file] = (folder / "state" / "programs").rglob(f"{ROGUE}.json")
    minutes = json.loads(file.read_text(encoding="utf-8"))["minutes"]["duct pressure"]["south"][1]
    return float(minutes / ONE_COUNT_MIN)


def has_counted(folder: Path, times: int) -> bool:
    return bool(list((folder / "state").rglob(f"{ROGUE}.json"))) and counts(folder) >= times


@pytest.mark.slow
def test_what_was_counted_outlives_a_restart_and_an_operators_button_begins_anew(
    server: EcyServer, tmp_path: Path
) -> None:
    with running(server, tmp_path):
        eventually(lambda: has_counted(tmp_path, 4))
    before = counts(tmp_path)
    with running(server, tmp_path) as address, BACnetStack("127.0.0.1:0") as operator:
        seen = [before]

        def goes_on() -> bool:
            seen.append(counts(tmp_path))
            return seen[-1] > before

        eventually(goes_on)
        assert min(seen) == before
        name = operator.ask(lambda client: client.read(address, RESET, "object-name")).value
        assert name == f"{ROGUE}-reset"
        operator.ask(lambda client: client.write(address, RESET, True, 8))
        eventually(lambda: operator.ask(lambda client: client.read(address, RESET)).value is False)
        eventually(lambda: counts(tmp_path) < before)
    assert not list((tmp_path / "state" / "ledgers").glob("*.jsonl"))
