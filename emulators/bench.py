"""Both peers in one process: the building behind a BOPTEST-compatible server, and the controllers that run it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from emulators.boptest.server import BoptestServer
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.scanning import ExchangeScan, WallScan
from emulators.ecy.server import EcyServer
from emulators.plants.multizone_office import MultizoneOffice
from emulators.process import EmulatorError
from emulators.program import ObjectSpec
from emulators.programs.application import standard_application
from emulators.programs.objects import UnitSystem

BACNET_PORT = 47820
"""Where the controllers' BACnet/IP starts unless told otherwise. Not BACnet's own 47808: a BACpypes3 client on the same
port number takes all of 127.x for itself."""


@dataclass(frozen=True, slots=True)
class BenchPlan:
    """What to serve. A port of None leaves that side out; 0 asks for free ports.

    ``time_scale`` is controller seconds per wall second; with 0 the controllers' programs run one step of scans
    (``step_s``) in every exchange instead of by the clock. With ``bacnet_port`` the controllers speak BACnet/IP too.
    """

    boptest_port: int | None = 5000
    legacy: bool = False
    ecy_port: int | None = 8443
    bacnet_port: int | None = None
    controllers: Mapping[str, Sequence[ObjectSpec]] = field(default_factory=dict)
    unit_system: UnitSystem = "SI"
    username: str = "bench"
    password: str = field(default="bench", repr=False)
    time_scale: float = 1.0
    step_s: float = 5.0
    certificate_folder: Path | None = None


@contextmanager
def serve(plan: BenchPlan) -> Iterator[list[str]]:
    """Serve until the block ends. Yields one line per server: its kind, its name if any, its address."""
    with ExitStack() as stack:
        try:
            lines = _start(plan, stack)
        except OSError as error:
            raise EmulatorError(f"cannot listen: {error.strerror or error}; choose other ports") from error
        yield lines


def _start(plan: BenchPlan, stack: ExitStack) -> list[str]:
    lines: list[str] = []
    if plan.boptest_port is not None:
        plants = {"multizone_office_simple_air": MultizoneOffice}
        boptest = stack.enter_context(BoptestServer(plants, legacy=plan.legacy, port=plan.boptest_port))
        lines.append(f"BOPTEST {boptest.url}")
    if plan.ecy_port is not None and plan.controllers:
        ecy = stack.enter_context(_controllers(plan))
        lines.extend(f"ECY {name} https://{address}" for name, address in ecy.addresses.items())
        lines.extend(_bacnet_lines(ecy))
    return lines


def _bacnet_lines(ecy: EcyServer) -> list[str]:
    instances = {name: ecy.controller(name).spec.instance for name in ecy.bacnet_addresses}
    lines = [f"BACnet {name} {address} device {instances[name]}" for name, address in ecy.bacnet_addresses.items()]
    return [*lines, *([f"BACnet BBMD {ecy.bacnet_broadcast_address}"] if lines else [])]


def _controllers(plan: BenchPlan) -> EcyServer:
    specs = [
        ControllerSpec(name, objects=objects, program=standard_application(name, plan.unit_system), instance=number)
        for number, (name, objects) in enumerate(plan.controllers.items(), start=1)
    ]
    scan = WallScan(scale=plan.time_scale) if plan.time_scale else ExchangeScan(plan.step_s)
    ports = [plan.ecy_port + offset for offset in range(len(specs))] if plan.ecy_port else 0
    return EcyServer(
        specs,
        username=plan.username,
        password=plan.password,
        scan=scan,
        ports=ports,
        certificate_folder=plan.certificate_folder,
        bacnet_port=plan.bacnet_port,
    )
