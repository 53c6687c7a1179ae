"""An agent on eight emulated controllers that is killed leaves nothing in them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("gymnasium")

from commands.emulate import object_specs
from emulators.boptest.server import BoptestServer
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.scanning import ExchangeScan
from emulators.ecy.server import EcyServer
from emulators.plants.multizone_office import MultizoneOffice
from emulators.programs.application import standard_application
from learning.making import OFFICE_CASE
from tests import bench
from tests.bridge.rig import PASSWORD
from tests.command_line import ROOT, environment
from tests.waiting import DEADLINE_S, eventually

RELEASED_S = 10.0
STEP_S = 60.0
DEMO = ROOT / "configs" / "demo"
ZONE = "US/Mountain"

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX's")]


@pytest.fixture
def eight() -> Iterator[EcyServer]:
    """The controllers of the demo with their applications."""
    objects = object_specs(DEMO, "SI")
    specs = [
        ControllerSpec(name, objects=objects[name], program=standard_application(name, "SI"), instance=number)
        for number, name in enumerate(objects, start=1)
    ]
    with EcyServer(specs, username="bench", password=PASSWORD, scan=ExchangeScan(STEP_S)) as serving:
        yield serving


def files(folder: Path, controllers: EcyServer, url: str) -> tuple[str, str]:
    """The demo's configs with the addresses of these, and settings."""
    configs = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(DEMO.glob("*.json"))]
    for config in configs:
        config["device_ip"] = controllers.addresses[config["equipment_name"]]
    told = {
        **{name: value for name, value in bench.VARIABLES.items() if not name.startswith("BOP_SERVER")},
        "BOP_SERVER_URL": url,
        "BOP_STEP_TIME": f"{STEP_S:g}",
        "DESIRED_TIMEZONE": ZONE,
        "BRIDGE_RUNS_DIR": "runs",
        "BRIDGE_STATE_DIR": "state",
    }
    env_file = folder / "bench.env"
    env_file.write_text("\n".join(f"{name}={value}" for name, value in told.items()), encoding="utf-8")
    return str(bench.write_configs(folder, *configs)), str(env_file)


def taken(controllers: EcyServer) -> list[str]:
    """What stands in them that is not their own: slots, inputs out of service, zones and NTP."""
    found = []
    for name in controllers.addresses:
        controller = controllers.controller(name)
        things = [(one, controller.objects.named(one)) for one in controller.objects.names()]
        found += [f"{name} {one} slots" for one, thing in things if set(thing.slots[:15]) > {None}]
        found += [f"{name} {one} out of service" for one, thing in things if thing.out_of_service]
        if (controller.clock.zone, controller.clock.ntp_enabled) != ("UTC", True):
            found.append(f"{name} clock")
    return found


def test_one_that_forgets_to_close_gives_back_as_it_ends(eight: EcyServer, tmp_path: Path) -> None:
    with BoptestServer({OFFICE_CASE: MultizoneOffice}) as building:
        arguments = [*files(tmp_path, eight, building.url), "forget"]
        command = [sys.executable, "-m", "tests.learning.in_the_loop.learner", *arguments]
        told = environment(PYTHONWARNINGS="error")
        ended = subprocess.run(command, cwd=ROOT, env=told, timeout=3 * DEADLINE_S, check=False)  # noqa: S603
        assert ended.returncode == 0
        assert taken(eight) == []
    assert not list(tmp_path.rglob("guardian/*.log"))


def test_a_killed_learner_leaves_nothing(eight: EcyServer, tmp_path: Path) -> None:
    with BoptestServer({OFFICE_CASE: MultizoneOffice}) as building:
        command = [sys.executable, "-m", "tests.learning.in_the_loop.learner", *files(tmp_path, eight, building.url)]
        with subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True) as learner:  # noqa: S603
            assert learner.stdout is not None
            guardian = learner.stdout.readline().strip()
            before = taken(eight)
            assert len([one for one in before if one.endswith("clock")]) == 8
            assert {"AHU SupplyAirTempSp slots", "VAV_West OccCoolSp slots"} < set(before)
            assert "VAV_Core SpaceTemp out of service" in before
            learner.kill()
            assert eventually(lambda: not taken(eight)) < RELEASED_S
        assert guardian.isdecimal()
    eventually(lambda: not list(tmp_path.rglob("ledgers/*.jsonl")))
    assert taken(eight) == []
