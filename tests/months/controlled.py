"""Programs on emulated controllers that run the building over the bridge, at a pace that all of them keep."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from clients.ecy_device_client import ECYDeviceClient
from clients.http.tls import TlsMode, TlsPolicy
from tests.months.processes import Started
from tests.months.site import Site
from tests.ports import free_port
from utils.errors import DeviceError
from utils.for_each import each_in
from utils.home import DEMO_CONFIGS
from utils.values import ObjectState

_SLOW_S = 10.0
"""Wall time that a busy computer may need to set a fast clock and look at it."""
_PROGRAMS_SLOT, _BRIDGES_SLOT = 12, 14
_TRANSPORTS = ("ecy", "bacnet")


class ControlledSite(Site):
    """``speed`` is simulated seconds per second. Programs come back over the other transport."""

    step_s = 30.0

    def __init__(self, folder: Path, speed: float) -> None:
        super().__init__(folder)
        self.speed = speed
        self._configs = {
            config["equipment_name"]: config for file in sorted(DEMO_CONFIGS.glob("*.json")) for config in each_in(file)
        }
        self.names = sorted(self._configs)
        self.first_port, self.bacnet_port = free_port(len(self.names)), free_port(len(self.names) + 1)
        self.bridge: Started
        self.controllers: Started
        self._write_configs()

    def begin(self) -> None:
        """Building, controllers, bridge, programs."""
        super().begin()
        self.start_controllers()
        pace = {"BOP_STEP_TIME": f"{self.step_s:g}", "BOP_TIME_SCALE": f"{self.speed:g}", "ECY_BENCH": "isolated"}
        self.bridge = self.started(
            "bridge",
            ["--yes", "--configs", "configs", "--env", "absent"],
            **pace,
            DESIRED_TIMEZONE="America/Chicago",
            ECY_COUPLE_TIME="0",
            ECY_CLOCK_TOLERANCE=f"{_SLOW_S * self.speed:g}",
        )
        self.start_programs()

    @property
    def processes(self) -> Sequence[Started]:
        """Who has to live now."""
        return self.building, self.controllers, self.bridge, self.programs

    def start_controllers(self) -> None:
        """All of them, at their ports; as new, for they keep nothing."""
        ports = ["--ecy-port", f"{self.first_port}", "--bacnet", f"{self.bacnet_port}"]
        pace = ["--time-scale", f"{self.speed:g}", "--configs", "configs", "--until-stdin-closes"]
        self.controllers = self.started("controllers", ["emulate", "--no-boptest", *ports, *pace])
        self.controllers.wait_for(f"BACnet {self.names[-1]}")

    def start_programs(self) -> None:
        """Over REST, BACnet, REST, ..."""
        transport = _TRANSPORTS[self.lives % len(_TRANSPORTS)]
        first = self.first_port if transport == "ecy" else self.bacnet_port
        devices = {name.lower(): f"127.0.0.1:{first + number}" for number, name in enumerate(self.names)}
        self.supervise(transport, {"devices": devices, "time_scale": self.speed}, self.step_s)

    def simulated_h(self) -> float:
        """The building's, as the bridge tells."""
        return sum(self.status("bridge", "bench_steps_total").values()) * self.step_s / 3600.0

    def online(self) -> int:
        """How many controllers the bridge has."""
        return sum(value > 0.0 for value in self.status("bridge", "bench_controller_online").values())

    def taken(self) -> list[str]:
        """The objects whose slot of programs is taken; nothing is known of controllers that do not answer."""
        try:
            return [name for name, state in self._objects() if _holds(state, _PROGRAMS_SLOT)]
        except DeviceError:
            return []

    def leftovers(self) -> list[str]:
        """Slots of programs and bridge, inputs out of service, journals."""
        slots = (_PROGRAMS_SLOT, _BRIDGES_SLOT)
        left = [
            name
            for name, state in self._objects()
            if state.out_of_service or any(_holds(state, slot) for slot in slots)
        ]
        return [*left, *self.journals()]

    def ends(self) -> dict[str, int]:
        """The programs, and then the bridge."""
        return {"programs": self.programs.end(), "bridge": self.bridge.end()}

    def _objects(self) -> Iterator[tuple[str, ObjectState]]:
        for name, port in self._ports():
            with ECYDeviceClient(f"127.0.0.1:{port}", "bench", "bench", tls=TlsPolicy(TlsMode.OFF)) as client:
                refs = [endpoint.ref for endpoint in client.get_existing_endpoints()]
                yield from ((f"{name} {state.name}", state) for state in client.survey(refs).values())

    def _ports(self) -> Iterator[tuple[str, int]]:
        return ((name, self.first_port + number) for number, name in enumerate(self.names))

    def _write_configs(self) -> None:
        folder = self.folder / "configs"
        folder.mkdir()
        for name, port in self._ports():
            config = dict(self._configs[name])
            config["device_ip"] = f"127.0.0.1:{port}"
            (folder / f"{name}.json").write_text(json.dumps(config), encoding="utf-8")


def _holds(state: ObjectState, priority: int) -> bool:
    return state.priority_array is not None and state.priority_array[priority - 1] is not None
