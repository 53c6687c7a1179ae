"""The demo's building and controllers with an error in them: what a checkout is judged by."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bridge.checkout.report.spreadsheet import BYTE_ORDER_MARK
from bridge.checkout.results import PointVerdict
from commands.verbs.emulate import object_specs
from emulators.boptest.server import BoptestServer
from emulators.cases import CASES, STANDARD_CASE
from emulators.ecy.controller import ControllerSpec
from emulators.ecy.scanning import ExchangeScan
from emulators.ecy.server import EcyServer
from emulators.plants.multizone_office import MultizoneOffice
from emulators.program import ObjectSpec
from emulators.programs.application import standard_application
from tests.bench import VARIABLES
from tests.bridge.checkout.seeds import Seed
from utils.for_each import each_in
from utils.home import SHIPPED

_CONFIGS = SHIPPED / CASES[STANDARD_CASE].configs
_STEP_S = 5.0


@dataclass(frozen=True, slots=True)
class SeededBench:
    """Peers that run, with configs that lead to them; for the command line."""

    options: tuple[str, ...]
    variables: Mapping[str, str]
    controllers: EcyServer


@contextmanager
def seeded_bench(folder: Path, seed: Seed | None = None, *, over_bacnet: bool = False) -> Iterator[SeededBench]:
    """Start both peers; without a seed nothing is wrong with them. ``folder`` takes configs, log and state."""
    controllers = EcyServer(
        _specs(seed, ntp_enabled=not over_bacnet),
        username=VARIABLES["ECY2_LOGIN_USERNAME"],
        password=VARIABLES["ECY2_LOGIN_PWORD"],
        scan=ExchangeScan(_STEP_S, over="bacnet" if over_bacnet else "rest"),
        bacnet_port=0 if over_bacnet else None,
    )
    with BoptestServer({STANDARD_CASE: MultizoneOffice}, beside=controllers) as building, controllers:
        if seed is not None:
            _break(controllers, seed)
        addresses = controllers.bacnet_addresses if over_bacnet else controllers.addresses
        keys = {"protocol": "bacnet"} if over_bacnet else {}
        configs = _write_configs(folder / "configs", addresses, keys, seed)
        options = ("--configs", str(configs), "--env", str(folder / "absent.env"), "--yes")
        own = {"BOP_SERVER_URL": building.url, "BRIDGE_STATE_DIR": str(folder / "state"), "ECY_BENCH": "isolated"}
        yield SeededBench(options, {**VARIABLES, **own, "LOG_FILE": str(folder / "app.log")}, controllers)


def _specs(seed: Seed | None, *, ntp_enabled: bool) -> list[ControllerSpec]:
    units = {} if seed is None else seed.units
    return [
        ControllerSpec(
            name,
            objects=[_in_units(one, units.get(f"{name}/{one.name}")) for one in objects],
            program=standard_application(name, "SI"),
            instance=number,
            ntp_enabled=ntp_enabled,
        )
        for number, (name, objects) in enumerate(object_specs(_CONFIGS, "SI").items(), start=1)
    ]


def _in_units(spec: ObjectSpec, units: str | None) -> ObjectSpec:
    return spec if units is None else replace(spec, units=units)


def _break(controllers: EcyServer, seed: Seed) -> None:
    for equipment, made in seed.broken.items():
        controller = controllers.controller(equipment)
        controller.faults.add(made(controller.objects))
    for point, (value, slot) in seed.held.items():
        equipment, name = point.split("/")
        controllers.controller(equipment).objects.command(name, value, slot)


def _write_configs(folder: Path, addresses: Mapping[str, str], keys: Mapping[str, str], seed: Seed | None) -> Path:
    folder.mkdir()
    changed = {} if seed is None else dict(seed.keys)
    for config in (one for file in sorted(_CONFIGS.glob("*.json")) for one in each_in(file)):
        name = config["equipment_name"]
        points = [point | changed.pop(f"{name}/{point['ecy_point']}", {}) for point in config["points"]]
        written: dict[str, Any] = {**config, **keys, "device_ip": addresses[name], "points": points}
        (folder / f"{name}.json").write_text(json.dumps(written), encoding="utf-8")
    if changed:
        raise ValueError(f"the shipped configs have no {', '.join(changed)}")
    return folder


@dataclass(frozen=True, slots=True)
class Named:
    """What a checkout said of a point that fails."""

    point: str
    fault: str
    other: str


def named_in(sheet: str) -> frozenset[Named]:
    """All that a checkout's CSV says of failures."""
    lines = csv.DictReader(io.StringIO(sheet.removeprefix(BYTE_ORDER_MARK), newline=""))
    return frozenset(
        Named(f"{line['equipment']}/{line['point']}", line["error"], line["mixed up with"])
        for line in lines
        if line["result"] == PointVerdict.FAIL
    )


def wrongly_named(seed: Seed, named: Collection[Named]) -> list[str]:
    """What of it is not as the seed says; nothing where all is named, rightly, and nothing else."""
    said = [f"{one.point} fails: {one.fault} {one.other}" for one in named if one.point not in seed.failing]
    for point, others in seed.failing.items():
        own = [one for one in named if one.point == point]
        if not own:
            said.append(f"{point} does not fail")
        said += [f"{point} is called {one.fault}" for one in own if one.fault != seed.fault]
        if own and others and not any(one.other in others for one in own):
            said.append(f"{point} is said to be mixed up with {' or '.join(one.other for one in own) or 'nothing'}")
    return sorted(said)
