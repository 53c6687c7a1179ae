"""What a person sees of what both peers have on offer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from bridge.check.offer import ControllerOffer, Offer, SimulationPoint
from bridge.display.plain_text import plain


def print_offer(console: Console, offer: Offer) -> None:
    """A table of the simulation's measurements, one of its inputs, one per controller."""
    if offer.server:
        console.print(plain(f"{offer.server} {offer.testcase}".rstrip()), highlight=False)
    for title, points in (("Measurements", offer.measurements), ("Inputs", offer.inputs)):
        if points:
            console.print(_simulation_table(title, points), soft_wrap=False)
    for controller in offer.controllers:
        if controller.objects:
            console.print(_controller_table(controller), soft_wrap=False)
    for problem in offer.unused_configs:
        console.print(f"configs not used: {problem}", style="yellow", highlight=False, markup=False)
    for where, failure in ((offer.server, offer.failure), *((c.address, c.failure) for c in offer.controllers)):
        if failure is not None:
            console.print(plain(f"{where}: {failure}"), style="yellow", highlight=False)


def print_offer_json(console: Console, offer: Offer) -> None:
    """The same as one JSON document (docs/check.md)."""
    console.out(json.dumps(asdict(offer), indent=2, allow_nan=False), highlight=False)


def _simulation_table(title: str, points: Sequence[SimulationPoint]) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in ("Name", "unit", "minimum", "maximum", "description"):
        table.add_column(heading, overflow="fold")
    for point in points:
        limits = _number(point.minimum), _number(point.maximum)
        table.add_row(*map(plain, (point.name, point.unit or "", *limits, point.description)))
    return table


def _controller_table(controller: ControllerOffer) -> Table:
    table = Table(title=controller.address, title_justify="left")
    for heading in ("Type", "instance", "Name", "units", "present value"):
        table.add_column(heading, overflow="fold")
    for item in controller.objects:
        told = item.unit or item.units or "", _number(item.present_value)
        table.add_row(*map(plain, (item.object_type, str(item.instance), item.name, *told)))
    return table


def _number(value: float | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.6g}"
