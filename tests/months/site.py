"""What runs for a month, in a folder of its own: processes, an operator, and who looks whether something is left."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar

from prometheus_client.parser import text_string_to_metric_families

from clients.bacnet.stack import BACnetStack
from tests.months.processes import Started, with_environment
from tests.ports import free_port
from utils.home import HOME

PROGRAMS = ("duct_static_reset", "supply_air_temperature_reset", "load_shed", "rogue_zones")
LEADER = PROGRAMS[0]
"""It commands day and night: as long as it runs a slot is taken."""
SWITCH, RESET_BUTTON, OVERRIDES = "binary-value,1", f"binary-value,{len(PROGRAMS) + 2}", "analog-value,1"
RECORD_MAX_GB = 0.05
LOG_BYTES, _ROOM_BYTES = 5_000_000, 500
"""A log is turned over when it is so large. A month writes less: the programs' begins nearly full."""
START = "2023-07-01 06:00:00"
_SHIPPED = HOME / "configs" / "supervisory"


class Site(ABC):
    """Programs and what they act on. ``step_s`` is a step of the building."""

    step_s: ClassVar[float]

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.building_port, self.switch_port = free_port(), free_port()
        self.lives = 0
        """How often the programs were started."""
        self.programs: Started
        self.building: Started
        self._all: list[Started] = []
        self._stack = ExitStack()
        (folder / "logs").mkdir()
        (folder / "logs" / "programs.log").write_bytes(b"x\n" * ((LOG_BYTES - _ROOM_BYTES) // 2))

    def begin(self) -> None:
        """Start everything; the programs last."""
        self.operator = self._stack.enter_context(BACnetStack("127.0.0.1:0"))
        building = ["emulate", "--no-ecy", "--boptest-port", f"{self.building_port}", "--until-stdin-closes"]
        self.building = self.started("building", building)
        self.building.wait_for("BOPTEST http")

    @abstractmethod
    def start_programs(self) -> None:
        """Once more."""

    @property
    @abstractmethod
    def processes(self) -> Sequence[Started]:
        """Who has to live now."""

    @abstractmethod
    def taken(self) -> list[str]:
        """What programs have taken and not given back."""

    @abstractmethod
    def simulated_h(self) -> float:
        """Hours that programs have seen, or the building."""

    @abstractmethod
    def leftovers(self) -> list[str]:
        """What is left when all have ended."""

    @abstractmethod
    def ends(self) -> dict[str, int]:
        """Ask everybody to end who has something to give back; the exit codes."""

    def leads(self) -> bool:
        """Whether the first of the programs runs, and has its slot."""
        states = self.status("programs", "bench_program_state")
        return bool(states.get((LEADER, "run"))) and bool(self.taken())

    def command(self, thing: str, value: bool | None) -> None:
        """The operator writes to the runtime's device."""
        self.operator.ask(lambda client: client.write(self._switch, thing, value, 8))

    def told(self, thing: str) -> object:
        """What the runtime's device tells."""
        return self.operator.ask(lambda client: client.read(self._switch, thing)).value

    def status_file(self, name: str) -> Path:
        """The file for monitoring of the bridge, or of the programs."""
        return self.folder / f"{name}.prom"

    def status(self, name: str, metric: str) -> dict[tuple[str, ...], float]:
        """One metric by the values of its labels; none before there is a file. Raises ValueError for no status file."""
        file = self.status_file(name)
        families = text_string_to_metric_families(file.read_text(encoding="utf-8") if file.exists() else "")
        samples = [sample for family in families for sample in family.samples if sample.name == metric]
        return {tuple(sample.labels.values()): sample.value for sample in samples}

    def journals(self) -> list[str]:
        """What somebody has not given back yet, as ledgers on disk."""
        return [str(file) for file in (self.folder / "state" / "ledgers").glob("*.jsonl")]

    def strays(self) -> set[int]:
        """Processes of this site that it has not started itself, or that should have ended: guardians."""
        return with_environment(str(self.folder)) - {process.pid for process in self.processes if process.lives}

    def close(self) -> None:
        """Kill whoever is left, and let go."""
        for process in self._all:
            if process.lives:
                process.kill()
        self._stack.close()

    def started(self, name: str, arguments: list[str], **variables: str) -> Started:
        """A process with the site's settings."""
        own = {
            "ECY2_LOGIN_USERNAME": "bench",
            "ECY2_LOGIN_PWORD": "bench",
            "ECY_TLS": "off",
            "BOP_SERVER_URL": f"http://127.0.0.1:{self.building_port}",
            "BOP_START_TIME": START,
            "BOP_WARMUP_PERIOD": "0",
            "BRIDGE_STATE_DIR": str(self.folder / "state"),
            "BRIDGE_RUNS_DIR": str(self.folder / "runs"),
            "RECORD_MAX_GB": f"{RECORD_MAX_GB:g}",
            "LOG_FILE": str(self.folder / "logs" / f"{name}.log"),
            "LOG_LEVEL": "DEBUG",
            "STATUS_FILE": str(self.status_file(name)),
        }
        process = Started(name, arguments, self.folder / f"{name}.txt", {**own, **variables})
        self._all.append(process)
        return process

    def supervise(self, transport: str, changes: dict[str, Any], period_s: float, **variables: str) -> None:
        """Start all programs with one config, made of those that ship."""
        configs = [json.loads((_SHIPPED / f"{name}.{transport}.json").read_text(encoding="utf-8")) for name in PROGRAMS]
        programs = {name: program for config in configs for name, program in config["programs"].items()}
        for program in programs.values():
            program["period_s"] = max(program["period_s"], period_s)
        interface = {"interface": f"127.0.0.1:{self.switch_port}", "enabled_at_start": True}
        file = self.folder / f"site.{transport}.json"
        file.write_text(json.dumps({**configs[0], **interface, **changes, "programs": programs}), encoding="utf-8")
        self.lives += 1
        self.status_file("programs").unlink(missing_ok=True)  # it tells of the life before
        words = ["supervise", *PROGRAMS, "--config", file.name, "--env", "absent"]
        self.programs = self.started("programs", words, **variables)

    @property
    def _switch(self) -> str:
        return f"127.0.0.1:{self.switch_port}"
