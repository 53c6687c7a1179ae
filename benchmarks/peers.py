"""Emulated peers in processes of their own, as a benchmark needs them.

``python -m benchmarks.peers COUNT LATENCY [bacnet]``
"""

from __future__ import annotations

import sys
from contextlib import ExitStack

from emulators.boptest.server import BoptestServer
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.scanning import WallScan
from emulators.ecy.server import EcyServer
from emulators.plants.multizone_office import MultizoneOffice
from emulators.program import ObjectSpec

USER, PASSWORD = "bench", "bench"
POINTS_PER_CONTROLLER = 20


def serve(count: int, latency_s: float, over_bacnet: bool) -> None:
    """Serve a building (count 0) or so many controllers, until standard input closes."""
    with ExitStack() as stack:
        if count == 0:
            building = stack.enter_context(BoptestServer({"multizone_office_simple_air": MultizoneOffice}))
            lines = [f"BOPTEST {building.url}"]
        else:
            specs = [ControllerSpec(f"C{n:02d}", objects=_objects(), instance=n + 1) for n in range(count)]
            port = 0 if over_bacnet else None
            server = stack.enter_context(
                EcyServer(
                    specs, username=USER, password=PASSWORD, scan=WallScan(), latency_s=latency_s, bacnet_port=port
                )
            )
            addresses = server.bacnet_addresses if over_bacnet else server.addresses
            lines = [f"ECY {name} {address}" for name, address in addresses.items()]
        print("\n".join(lines), flush=True)
        sys.stdin.read()


def _objects() -> list[ObjectSpec]:
    inputs = [ObjectSpec("AnalogInput", f"In{n:02d}") for n in range(POINTS_PER_CONTROLLER)]
    return [*inputs, ObjectSpec("AnalogOutput", "Out0", initial=40.0)]


if __name__ == "__main__":
    serve(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:] == ["bacnet"])
