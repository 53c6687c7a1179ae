"""``python main.py supervise`` beside two emulated controllers, and an operator who reaches for its switches."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from clients.bacnet.stack import BACnetStack
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.server import EcyServer
from emulators.program import ObjectSpec
from tests import bench
from tests.command_line import MAIN, environment
from tests.ports import free_port
from tests.supervisory.gate_rig import AHU, PASSWORD, PRIORITY, USER, VAV
from tests.waiting import DEADLINE_S, eventually

INSTANCE = 599001
MODES = {1: "disabled", 2: "run", 3: "releasing", 4: "fault"}
PROGRAM = Path(__file__).with_name("misbehaving.py")


@dataclass
class Site:
    """Controllers with one set point per program, every other one on the second controller."""

    server: EcyServer
    folder: Path
    programs: Sequence[str]
    transport: str
    port: int
    operator: BACnetStack
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    def slot(self, program: str) -> float | None:
        """What the program's slot holds."""
        return self.server.controller(self.home(program)).objects.named(program).slots[PRIORITY - 1]

    def home(self, program: str) -> str:
        """The controller of a program's set point."""
        return (AHU, VAV)[self.programs.index(program) % 2]

    def put(self, program: str, value: float | None) -> None:
        """An operator writes into the program's slot."""
        self.server.controller(self.home(program)).objects.command(program, value, PRIORITY)

    def tell(self, program: str, hook: str, order: str = "raise") -> Path:
        """Have a hook do something the next time."""
        file = self.folder / f"{program}-{hook}"
        file.write_text(order, encoding="utf-8")
        return file

    def switch(self, on: bool | None, program: str | None = None) -> None:
        """Turn the switch for everything or for a program, as an operator at priority 8."""
        name = "optimization-enabled" if program is None else f"{program}-enabled"
        self.operator.ask(lambda client: client.write(self.address, self._object(name), on, 8))

    def mode(self, program: str) -> str:
        """What the runtime's device tells of a program."""
        value = self._told(f"{program}-mode")
        assert isinstance(value, int)
        return MODES[value]

    def reason(self, program: str) -> object:
        """Why it had to release last, as the runtime's device tells."""
        return self._told(f"{program}-last-release-reason")

    def _told(self, name: str) -> object:
        return self.operator.ask(lambda client: client.read(self.address, self._object(name))).value

    @property
    def address(self) -> str:
        """The runtime's own device."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> subprocess.Popen[str]:
        """Start the runtime, without waiting."""
        variables = {**bench.VARIABLES, "ECY_TLS": "off", "BRIDGE_STATE_DIR": str(self.folder / "state")}
        log = {"LOG_FILE": str(self.folder / "app.log")}
        arguments = ["supervise", *self.programs, "--config", str(self._config()), "--env", "absent"]
        with (self.folder / "output.txt").open("w", encoding="utf-8") as output:
            process = subprocess.Popen(  # noqa: S603
                [*MAIN, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                env=environment(**variables, **log),
            )
        self.processes.append(process)
        return process

    def run(self) -> subprocess.Popen[str]:
        """Start the runtime, and wait until every program has its slot."""
        process = self.start()
        eventually(lambda: None not in self.slots() or process.poll() is not None, 40.0)
        assert process.poll() is None, self.output()
        return process

    def slots(self) -> list[float | None]:
        """What all programs' slots hold."""
        return [self.slot(program) for program in self.programs]

    def ledgers(self) -> list[Path]:
        """Journals with something open in them."""
        return list((self.folder / "state" / "ledgers").glob("*.jsonl"))

    def output(self) -> str:
        """What the runtime has printed."""
        return (self.folder / "output.txt").read_text(encoding="utf-8")

    def _object(self, name: str) -> str:
        """Kinds and instances of the runtime's objects; programs count from 2, in the order of the command line."""
        kind = "multi-state-value" if name.endswith("mode") else "binary-value"
        kind = "characterstring-value" if name.endswith("reason") else kind
        owner = name.removesuffix("-last-release-reason").removesuffix("-mode").removesuffix("-enabled")
        return f"{kind},{self.programs.index(owner) + 2 if owner in self.programs else 1}"

    def _config(self) -> Path:
        addresses = self.server.bacnet_addresses if self.transport == "bacnet" else self.server.addresses
        config = {
            "transport": self.transport,
            "interface": f"127.0.0.1:{self.port}",
            "instance": INSTANCE,
            "devices": addresses,
            "enabled_at_start": True,
            "step_s": 0.5,
            "hook_timeout_s": 3.0,
            "overruns": 100,
            "programs": {
                name: {
                    "program": str(PROGRAM),
                    "parameters": {"folder": str(self.folder), "name": name},
                    "points": {"setpoint": {"device": self.home(name), "object": f"AnalogValue {name}"}},
                }
                for name in self.programs
            },
        }
        file = self.folder / "config.json"
        file.write_text(json.dumps(config), encoding="utf-8")
        return file


@contextmanager
def site(folder: Path, transport: str, *programs: str) -> Iterator[Site]:
    """Controllers and an operator; runtimes that are started do not outlive the block."""
    objects = [ObjectSpec("AnalogValue", name, "pascals", initial=250.0) for name in programs]
    specs = [ControllerSpec(AHU, objects=objects), ControllerSpec(VAV, objects=objects, instance=2)]
    with (
        EcyServer(specs, username=USER, password=PASSWORD, bacnet_port=0) as server,
        BACnetStack("127.0.0.1:0") as stack,
    ):
        made = Site(server, folder, programs, transport, free_port(), stack)
        try:
            yield made
        finally:
            for process in made.processes:
                process.terminate()
                process.wait(DEADLINE_S)
