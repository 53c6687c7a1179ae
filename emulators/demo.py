"""The demo's two peers as child processes, and the configs and settings that lead the ordinary bridge to them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe

from emulators.process import emulator_process

STEP_S = 5
START = "2023-07-06 05:30:00"
DAY_STEPS = 14 * 3600 // STEP_S
"""From before the air handler's start until after the last one has gone home."""
PASSWORD_VARIABLE = "ECY_EMULATOR_PASSWORD"  # noqa: S105 - a name, not a password


@dataclass(frozen=True, slots=True)
class DemoPeers:
    """Where the bridge finds the demo's peers: its settings as variables, and its configs.

    ``bacnet`` are the lines that say where the controllers speak BACnet/IP, if they were asked to.
    """

    variables: Mapping[str, str]
    configs: Path
    bacnet: tuple[str, ...] = ()


@contextmanager
def demo_peers(
    main_file: Path,
    shipped: Path,
    folder: Path,
    *,
    time_scale: float,
    legacy: bool,
    bacnet_port: int | None = None,
) -> Iterator[DemoPeers]:
    """Run both emulators until the block ends. ``folder`` takes the configs, the log and the state.

    With ``bacnet_port`` the controllers speak BACnet/IP too (0: on free ports), on this computer only.
    """
    password = token_urlsafe(12)
    secret = {PASSWORD_VARIABLE: password}
    emulate = [sys.executable, str(main_file), "emulate", "--until-stdin-closes"]
    boptest = [*emulate, "--no-ecy", "--boptest-port", "0", *(["--legacy"] if legacy else [])]
    timing = ["--time-scale", str(time_scale), "--step", str(STEP_S)]
    bacnet = [] if bacnet_port is None else ["--bacnet", str(bacnet_port)]
    controllers = [*emulate, "--no-boptest", "--ecy-port", "0", *timing, *bacnet]
    count = len(list(shipped.glob("*.json")))
    with ExitStack() as stack:
        [server] = stack.enter_context(emulator_process(boptest, 1, secret))
        lines = stack.enter_context(emulator_process(controllers, 2 * count + 1 if bacnet else count, secret))
        configs = folder / "configs"
        _write_configs(shipped, lines, configs)
        told = tuple(line for line in lines if line.startswith("BACnet "))
        yield DemoPeers(_variables(server.split()[-1], password, time_scale), configs, told)


def _write_configs(shipped: Path, lines: Sequence[str], folder: Path) -> None:
    """The shipped configs, with the addresses that the emulators have got."""
    folder.mkdir()
    words = [line.split() for line in lines if line.startswith("ECY ")]
    addresses = {name: url.removeprefix("https://") for _, name, url in words}
    for file in shipped.glob("*.json"):
        config = json.loads(file.read_text(encoding="utf-8"))
        config["device_ip"] = addresses[config["equipment_name"]]
        (folder / file.name).write_text(json.dumps(config), encoding="utf-8")


def _variables(server: str, password: str, time_scale: float) -> dict[str, str]:
    return {
        "BOP_SERVER_URL": server,
        "BOP_START_TIME": START,
        "BOP_WARMUP_PERIOD": "86400",
        "BOP_STEP_TIME": str(STEP_S),
        "BOP_TIME_SCALE": str(time_scale),
        "ECY2_LOGIN_USERNAME": "bench",
        "ECY2_LOGIN_PWORD": password,
        "ECY_COUPLE_TIME": "2" if time_scale else "0",
        "DESIRED_TIMEZONE": "America/Chicago",
        "ECY_BENCH": "isolated",
        "LOG_FILE": "demo.log",
        "BRIDGE_STATE_DIR": "state",
    }
