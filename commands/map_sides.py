"""Both sides of a mapping: the simulation's points, and the objects of controllers that are asked for them."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

from rich.console import Console

from bridge.check.offer import ControllerOffer, Inventory, Offer, SimulationPoint
from commands.common import NOTHING_WRITTEN, account_question, may_show, prepare
from commands.logs import log_console, log_on_screen
from emulators.door import MultizoneOffice, PointMeta
from equipment.config import beside_configs
from mapping import Listed
from mapping.results import Reached
from points.activation_point import ActivationPoint
from utils.bacnet import SCHEME, bare_address
from utils.home import HOME
from utils.process.interruption import until_done
from utils.settings import ControllerSettings, LocalSettings, ServerSettings, SettingsSource
from utils.values import ObjectType


@dataclass(frozen=True, slots=True)
class Asked:
    """What was told; ``failures`` say who did not answer."""

    simulation: Sequence[Listed]
    points: Sequence[Listed] = ()
    reached: Mapping[str, Reached] = field(default_factory=dict)
    failures: Sequence[str] = ()
    exit_code: int = 0


def ask_sides(
    options: argparse.Namespace, console: Console, called: Mapping[str, str], *, asks_controllers: bool
) -> Asked:
    """Ask the server, or the embedded building, and the controllers if they are wanted. Reads only.

    ``called`` are the equipments that configs have at some addresses; a name that an option tells goes before.
    """
    if options.embedded and not asks_controllers:
        return Asked(_embedded())
    offer = _offer(options, console, asks_controllers=asks_controllers)
    names = {**called, **{address: name for name, address in options.device if name}}
    listed = [point for one in offer.controllers for point in _objects(one, names)]
    reached = {_name(one, names): Reached.at(one.address) for one in offer.controllers}
    failures = [f"{one.address}: {one.failure}" for one in offer.controllers if one.failure]
    failures += [f"{offer.server}: {offer.failure}"] if offer.failure else []
    simulation = _embedded() if options.embedded else _told(offer)
    return Asked(simulation, listed, reached, failures, offer.exit_code)


def _offer(options: argparse.Namespace, console: Console, *, asks_controllers: bool) -> Offer:
    settings = _settings(options)
    asked = () if options.embedded else (ServerSettings,)
    settings.check(LocalSettings, ControllerSettings, *asked)
    server = settings.part(ServerSettings) if asked else None
    screen = log_console(options, console)
    state, manager = prepare(settings, options.configs, only_looks=True)
    question = account_question(options, screen)
    devices = [address for _, address in options.device] if options.device or not asks_controllers else None
    shows = may_show(options, question)
    inventory = Inventory(server, manager, state, devices=devices, may_show=shows)
    log_on_screen(settings.part(LocalSettings), (*settings.secrets, *manager.secrets), screen, options.loudness)
    tick = question.put if question is not None else lambda: None
    with closing(manager), state.without_a_trace():
        return until_done(inventory.look, inventory.request_stop, thread_name="look", second=NOTHING_WRITTEN, tick=tick)


def _settings(options: argparse.Namespace) -> SettingsSource:
    """Controllers that are named on the line may be others than those of the configs."""
    settings = beside_configs(SettingsSource.read(options.env, os.environ, HOME), options.configs)
    if not options.device:
        return settings
    return replace(settings, wants_account=any(not address.startswith(SCHEME) for _, address in options.device))


def _embedded() -> list[Listed]:
    building = MultizoneOffice()
    return [*_metas(building.measurements, is_input=False), *_metas(building.inputs, is_input=True)]


def _metas(points: Mapping[str, PointMeta], *, is_input: bool) -> Iterable[Listed]:
    for name, meta in points.items():
        if not name.endswith(_ACTIVATES):
            yield Listed(name, meta.description, meta.unit, is_input=is_input)


def _told(offer: Offer) -> list[Listed]:
    sides: tuple[tuple[Sequence[SimulationPoint], bool], ...] = ((offer.measurements, False), (offer.inputs, True))
    return [
        Listed(point.name, point.description, point.unit, is_input=is_input)
        for points, is_input in sides
        for point in points
        if not point.name.endswith(_ACTIVATES)
    ]


_ACTIVATES = ActivationPoint.of("x_u").name.removeprefix("x")


def _objects(offer: ControllerOffer, names: Mapping[str, str]) -> Iterable[Listed]:
    for one in offer.objects:
        yield Listed(
            name=one.name,
            description=one.description,
            unit=one.unit,
            equipment=_name(offer, names),
            object_type=ObjectType(one.object_type),
            instance=one.instance,
            where=f"{offer.address} {one.object_type} {one.instance}",
        )


def _name(offer: ControllerOffer, names: Mapping[str, str]) -> str:
    return names.get(offer.address, bare_address(offer.address))
