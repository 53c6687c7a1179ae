"""The eight emulated controllers of the demo in this process, files for them, and what is taken in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from commands.verbs.emulate import object_specs
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.scanning import ExchangeScan
from emulators.ecy.server import EcyServer
from emulators.programs.application import standard_application
from tests import bench
from tests.bridge.rig import PASSWORD
from tests.command_line import ROOT
from utils.for_each import each_in

STEP_S = 60.0
DEMO = ROOT / "configs" / "demo"
ZONE = "US/Mountain"


@contextmanager
def eight_controllers() -> Iterator[EcyServer]:
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
    configs = [config for file in sorted(DEMO.glob("*.json")) for config in each_in(file)]
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
