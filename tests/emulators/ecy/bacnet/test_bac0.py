"""BAC0, a client of other people, finds, reads, commands and follows the emulated controllers."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from emulators.ecy.controller import ControllerSpec
from emulators.ecy.makes import ON_A_TRUNK
from emulators.ecy.server import EcyServer
from tests.command_line import ROOT
from tests.emulators.ecy.client import PASSWORD, SOME_OBJECTS, USER

SCRIPT = "tests.emulators.ecy.bacnet.bac0_script"


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("BAC0") is None, reason="BAC0 is not installed")
def test_bac0_works_with_every_controller(tmp_path: Path) -> None:
    specs = [ControllerSpec(name, objects=SOME_OBJECTS, instance=at) for at, name in enumerate("abcdefgh", start=1)]
    with EcyServer(specs, username=USER, password=PASSWORD, bacnet_port=0) as server:
        result = _bac0(server, tmp_path)
        slots = server.controller("a").objects.named("Setpoint").slots
    assert result == {
        "devices": list(range(1, 9)),
        "before": 21.0,
        "commanded": 22.5,
        "several": [22.5, "degrees-celsius", "Setpoint"],
        "objects": 9,
        "told": True,
        "released": 21.0,
    }
    assert set(slots) == {None}


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("BAC0") is None, reason="BAC0 is not installed")
def test_bac0_finds_its_way_to_controllers_behind_a_router(tmp_path: Path) -> None:
    specs = [ControllerSpec(name, objects=SOME_OBJECTS, instance=at) for at, name in enumerate("ab", start=1)]
    with EcyServer(specs, username=USER, password=PASSWORD, profile=ON_A_TRUNK, bacnet_port=0) as server:
        result = _bac0(server, tmp_path)
    assert (result["devices"], result["before"], result["commanded"], result["released"]) == ([1, 2], 21.0, 22.5, 21.0)
    assert result["several"] == [22.5, "degrees-celsius", "Setpoint"]


def _bac0(server: EcyServer, home: Path) -> dict[str, object]:
    command = [sys.executable, "-m", SCRIPT, str(server.bacnet_broadcast_address), server.bacnet_addresses["a"]]
    variables = os.environ | {"HOME": str(home), "USERPROFILE": str(home)}  # it writes settings and logs there
    child = subprocess.run(  # noqa: S603 - our own script
        command, cwd=ROOT, env=variables, capture_output=True, text=True, timeout=60, check=False
    )
    lines = [line for line in child.stdout.splitlines() if line.startswith("RESULT ")]
    assert lines, child.stdout + child.stderr
    result: dict[str, object] = json.loads(lines[0].removeprefix("RESULT "))
    return result
