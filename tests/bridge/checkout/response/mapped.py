"""The mappings that ship, with errors seeded in them, and an emulated building to try them on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bridge.checkout.response import Progress, Responses, ResponseSettings
from bridge.checkout.response.expecting.plan import ResponsePlan
from bridge.checkout.response.seeing.moving import ActuatorMover
from bridge.checkout.response.seeing.winners import Observed
from bridge.checkout.results import PointFinding, PointVerdict
from clients.boptest_client import BOPTestClient
from emulators.boptest.server import BoptestServer
from emulators.cases import plants_of
from emulators.plants.multizone_office import OfficeVariant
from equipment.config import load_equipment_files
from points import Point, make_point
from utils.clocks import HOST
from utils.unit_conversion import UnitConverter

CONFIGS = Path(__file__).resolve().parents[4] / "configs"
CONVERTER = UnitConverter()
QUICK = ResponseSettings(starts_s=(16 * 86400.0 + 36000.0,), days=False)

Seeds = Mapping[str, Mapping[str, object]]
"""What is otherwise in points, by ``equipment/point``: keys of their configs."""


@dataclass(frozen=True)
class Mapped:
    """An equipment as the response side needs it."""

    name: str
    points: tuple[Point, ...]


@cache
def shipped(folder: str) -> tuple[Mapped, ...]:
    """The configs of a case, as they ship."""
    loaded = load_equipment_files(CONFIGS / folder, "SI", CONVERTER)
    return tuple(Mapped(one.config.equipment_name, one.points) for one in loaded)


def seeded(seeds: Seeds, folder: str = "demo", only: tuple[str, ...] = ()) -> tuple[Mapped, ...]:
    """The same with errors, or ``only`` some equipments of it. Raises KeyError for a point that there is not."""
    left = dict(seeds)
    changed = tuple(
        Mapped(one.name, tuple(_changed(point, left.pop(f"{one.name}/{point.ecy_point}", {})) for point in one.points))
        for one in shipped(folder)
        if not only or one.name in only
    )
    if left:
        raise KeyError(*left)
    return changed


def paired(where: str, folder: str = "demo") -> dict[str, object]:
    """What a point is paired with, as keys of a config."""
    equipment, _, name = where.partition("/")
    [point] = [
        one for mapped in shipped(folder) if mapped.name == equipment for one in mapped.points if one.ecy_point == name
    ]
    keys: dict[str, object] = {"bop_point": point.bop_point}
    return keys | ({"bop_override_point": point.activation.name} if point.activation is not None else {})


def swapped(one: str, other: str, folder: str = "demo") -> dict[str, Mapping[str, object]]:
    """Two points that have each other's."""
    return {one: paired(other, folder), other: paired(one, folder)}


@contextmanager
def building(case: str) -> Iterator[BOPTestClient]:
    """A client of an emulated building on a real socket."""
    with BoptestServer(plants_of([case], OfficeVariant())) as server, BOPTestClient(server.url) as client:
        client.connect(case)
        yield client


def found(
    client: BOPTestClient,
    mapped: tuple[Mapped, ...],
    settings: ResponseSettings = QUICK,
    tell: Callable[[Progress], object] = lambda progress: None,
) -> dict[str, PointFinding]:
    """What the response side finds, by ``equipment/point``."""
    responses = Responses(client, client.get_metadata(), mapped, threading.Event(), settings, tell)
    return by_point(responses.findings())


def watched(client: BOPTestClient, mapped: tuple[Mapped, ...]) -> Observed:
    """What was seen when the actuators of a mapping were moved, for judging other mappings by the same courses."""
    plan = ResponsePlan(client.get_metadata(), mapped)
    mover = ActuatorMover(client, plan, QUICK.step_s, threading.Event(), HOST)
    mover.begin(QUICK.starts_s[0], QUICK.warmup_s)
    observed = Observed(mover.hold(3600.0), {name: kind.measure for name, kind in plan.kinds.items()})
    for name in dict.fromkeys(one.name for one in plan.outputs):
        observed.moved.append(mover.move(name, plan.horizon_s(name)))
    return observed


def by_point(findings: Iterator[PointFinding]) -> dict[str, PointFinding]:
    """Each finding by its point; one for each."""
    told = list(findings)
    named = {f"{one.equipment}/{one.point}": one for one in told}
    assert len(named) == len(told)
    return named


def failed(findings: Mapping[str, PointFinding]) -> dict[str, PointFinding]:
    """Those that failed."""
    return {name: one for name, one in findings.items() if one.verdict is PointVerdict.FAIL}


def _changed(point: Point, keys: Mapping[str, object]) -> Point:
    return make_point(point.config.model_copy(update=dict(keys)), "SI", CONVERTER) if keys else point
