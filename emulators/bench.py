"""Both peers in one process: the building behind a BOPTEST-compatible server, and the controllers that run it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from emulators.boptest.hub import Limits
from emulators.boptest.server import BoptestServer
from emulators.cases import STANDARD_CASE, plants_of
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.faults.breakages import BREAKAGES
from emulators.ecy.makes import MAKES, Make
from emulators.ecy.scanning import ExchangeScan, FrontEnd, WallScan
from emulators.ecy.server import EcyServer
from emulators.plants.multizone_office import OfficeVariant
from emulators.process import EmulatorError
from emulators.program import ObjectSpec
from emulators.programs.application import standard_application
from emulators.programs.objects import UnitSystem

log = logging.getLogger(__name__)

BACNET_PORT = 47820
"""Where the controllers' BACnet/IP starts unless told otherwise. Not BACnet's own 47808: a BACpypes3 client on the same
port number takes all of 127.x for itself."""


@dataclass(frozen=True, slots=True)
class BrokenObject:
    """An analog object of a controller, and how it is broken: one of :data:`BREAKAGES`."""

    controller: str
    name: str
    how: str


@dataclass(frozen=True, slots=True)
class BenchPlan:
    """What to serve. A port of None leaves that side out; 0 asks for free ports.

    ``time_scale`` is controller seconds per wall second; with 0 the controllers' programs run one step of scans
    (``step_s``) in every exchange instead of by the clock, at the front end ``exchange_over``. With ``bacnet_port`` the
    controllers speak BACnet/IP too; what they are like there is their ``make``. ``cases`` are served, made of what the
    user gives of the ``office``; ``limits`` are the BOPTEST service's; ``broken`` objects are so from the start;
    ``tell`` takes what happens to its tests, line by line, on any thread.
    """

    boptest_port: int | None = 5000
    legacy: bool = False
    ecy_port: int | None = 8443
    bacnet_port: int | None = None
    controllers: Mapping[str, Sequence[ObjectSpec]] = field(default_factory=dict)
    make: Make = "ecy"
    unit_system: UnitSystem = "SI"
    username: str = "bench"
    password: str = field(default="bench", repr=False)
    time_scale: float = 1.0
    step_s: float = 5.0
    exchange_over: FrontEnd = "rest"
    certificate_folder: Path | None = None
    cases: Sequence[str] = (STANDARD_CASE,)
    office: OfficeVariant = field(default_factory=OfficeVariant)
    limits: Limits = field(default_factory=Limits)
    broken: Sequence[BrokenObject] = ()
    tell: Callable[[str], object] = log.info


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
    ecy = _controllers(plan) if plan.ecy_port is not None and plan.controllers else None
    if plan.boptest_port is not None:
        boptest = stack.enter_context(_building(plan, plan.boptest_port, ecy))
        lines.append(f"BOPTEST {boptest.url}")
    if ecy is not None:
        stack.enter_context(ecy)
        for one in plan.broken:
            ecy.controller(one.controller).faults.add(BREAKAGES[one.how](one.name))
        lines.extend(f"ECY {name} https://{address}" for name, address in ecy.addresses.items())
        lines.extend(_bacnet_lines(ecy))
    return lines


def _building(plan: BenchPlan, port: int, ecy: EcyServer | None) -> BoptestServer:
    """The building's server, with the controllers in its states if they are in this process."""
    return BoptestServer(
        plants_of(plan.cases, plan.office),
        legacy=plan.legacy,
        port=port,
        limits=plan.limits,
        tell=lambda line: plan.tell(f"BOPTEST {line}"),
        beside=ecy,
    )


def _bacnet_lines(ecy: EcyServer) -> list[str]:
    instances = {name: ecy.controller(name).spec.instance for name in ecy.bacnet_addresses}
    lines = [f"BACnet {name} {address} device {instances[name]}" for name, address in ecy.bacnet_addresses.items()]
    lines += [f"BACnet router {address} to network {network}" for network, address in ecy.bacnet_routers.items()]
    return [*lines, *([f"BACnet BBMD {ecy.bacnet_broadcast_address}"] if lines else [])]


def _controllers(plan: BenchPlan) -> EcyServer:
    by_ntp = plan.exchange_over == "rest"  # controllers on BACnet alone have their time from there
    specs = [
        ControllerSpec(
            name,
            objects=objects,
            program=standard_application(name, plan.unit_system),
            instance=number,
            ntp_enabled=by_ntp,
            profile=MAKES[plan.make](number),
        )
        for number, (name, objects) in enumerate(plan.controllers.items(), start=1)
    ]
    scan = WallScan(scale=plan.time_scale) if plan.time_scale else ExchangeScan(plan.step_s, over=plan.exchange_over)
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
