"""The air handler: a drawing with named places, filled with the points that mean what the places ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from page.assets import text_of
from page.rendering.markup import PageView, escape
from page.seeing.board import ShownPoint
from page.seeing.zones import found_by_meaning

_PLACE = re.compile(
    r'<g class="place(?P<more>[^"]*)" data-place="(?P<place>[^"]+)"(?: data-set="(?P<set>[^"]+)")?'
    r' data-label="(?P<label>[^"]+)" transform="(?P<where>[^"]+)"/>'
)
_TURN = re.compile(r' data-turn="(?P<place>[^"]+)"')
_LINE = {"": (28, 50), " small": (22, 40)}
"""Where value and remark of a place stand below its label, in units of the drawing."""


_HIT = {"": 'x="-6" y="-20" width="132" height="78"', " small": 'x="-4" y="-16" width="72" height="44"'}
"""What of a place can be touched: more than its letters."""


@cache
def _drawing() -> str:
    return text_of("air_handler.svg")


def air_handler(view: PageView, equipment: str) -> tuple[str, frozenset[int]]:
    """The drawing of an equipment, and the numbers of the points that are on it."""
    points = {meaning.words: point for meaning, point in found_by_meaning(view.board, equipment).items()}
    placed: set[int] = set()

    def filled(match: re.Match[str]) -> str:
        point = points.get(match["place"])
        if point is None:
            return ""
        placed.add(point.number)
        return _place(view, point, match, points.get(match["set"] or ""))

    drawing = _PLACE.sub(filled, _drawing())
    return _TURN.sub(lambda match: _turned(view, points, match["place"]), drawing), frozenset(placed)


def _turned(view: PageView, points: Mapping[str, ShownPoint], place: str) -> str:
    point = points.get(place)
    return f' data-x="{point.number}"' if point is not None else ""


def _place(view: PageView, point: ShownPoint, match: re.Match[str], setpoint: ShownPoint | None) -> str:
    value_y, remark_y = _LINE[match["more"]]
    value = f'{view.number(point, "tspan")} <tspan class="sign">{view.sign(point)}</tspan>'
    label = escape(f"{point.name}: {point.words}")
    title, remark, state = escape(match["label"]), view.own(point, "tspan"), f" {view.state(point, 'tspan')}"
    if match["more"]:
        title += state  # small ones stand so close that there is room nowhere else
    elif setpoint is not None or point in view.board.commandable:
        value += state
    else:
        remark += state
    if setpoint is not None:
        whose = "set-point" if setpoint.equipment else "building's set-point"
        remark = f'<tspan class="set">{whose} {view.number(setpoint, "tspan")} {view.sign(setpoint)}</tspan> {remark}'
    return (
        f'<g class="place{match["more"]}" transform="{match["where"]}" data-p="{point.number}" tabindex="0"'
        f' role="button" aria-label="{label}"><title>{label}</title><rect class="hit" {_HIT[match["more"]]}/>'
        f'<text class="label">{title}</text><text class="value" y="{value_y}">{value}</text>'
        f'<text class="remark" y="{remark_y}">{remark}</text></g>'
    )
