"""Overrides of which only some ends of one loop are taken (embedded-plant §5 trap 5, field notes 7).

The building's own control answers an overridden heating valve with the dampers that it still has, until the mixed air
freezes. So the ends of a loop are overridden together, and given back together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bridge.check.views import PointView
from bridge.findings import Finding, Severity, Topic
from utils.values import PointMetadata, Role


@dataclass(frozen=True, slots=True)
class ControlLoop:
    """A kind of loop: the part of a test case's names by which its ends differ."""

    name: str
    ends: re.Pattern[str]

    def unit_of(self, bop_point: str) -> str | None:
        """The name without what tells the ends apart, or None for an input that is no end of such a loop."""
        found, count = self.ends.subn("*", bop_point)
        return found if count else None


LOOPS = (
    ControlLoop(
        "supply air temperature (valves and dampers in sequence)",
        re.compile(
            r"(?<=oveAhu_)y(Hea|Coo|OA|Ret)(?=_u$)"
            r"|(?<=AirHanUni_)(cooCoi_yCoo|mixingBox_mixBox_y(OA|Ret|EA))(?=_u$)"
            r"|ValPosAhu(Coo|Hea)(?=(Nz|Sz)_u$)"
        ),
    ),
    ControlLoop("zone temperature (damper and reheat)", re.compile(r"y(Dam|ReaHea)(?=_u$)")),
    ControlLoop(
        "zone set-points (heating below cooling)",
        re.compile(r"TZon(Hea|Coo)Set(?=_u$)|TSet(Roo)?(Hea|Coo)(?=_u$)|TZonSet(Min|Max)(?=(Nz|Sz)_u$)"),
    ),
)
"""The loops of BOPTEST's test cases, by how their inputs are named."""


def loop_findings(views: Sequence[PointView], metadata: Mapping[str, PointMetadata]) -> Iterator[Finding]:
    """Every loop of the test case that the configs take in part, or in groups that are given back one by one."""
    groups = {view.point.bop_point: view.group for view in views if view.point.role is Role.READ}
    inputs = [name for name, point in metadata.items() if point.is_input]
    for loop in LOOPS:
        for ends in _units(loop, inputs):
            taken = [name for name in ends if name in groups]
            if taken:
                yield from _judged(loop, ends, taken, groups)


def _units(loop: ControlLoop, names: Iterable[str]) -> Iterable[list[str]]:
    units: dict[str, list[str]] = {}
    for name in names:
        if (unit := loop.unit_of(name)) is not None:
            units.setdefault(unit, []).append(name)
    return units.values()


def _judged(
    loop: ControlLoop, ends: Sequence[str], taken: Sequence[str], groups: Mapping[str, str]
) -> Iterator[Finding]:
    left = [name for name in ends if name not in groups]
    if left:
        what = (
            f"overridden, while {_list(left)} of the same loop, {loop.name}, stay with the building's own control: "
            "the ends will fight"
        )
        yield Finding(Severity.WARNING, Topic.LOOP, _list(taken), what)
    names = sorted({groups[name] for name in taken})
    if len(names) > 1:
        what = (
            f"ends of one loop, {loop.name}, are in the groups {', '.join(names)} and would be released one by one; "
            'give their equipments the same "group"'
        )
        yield Finding(Severity.WARNING, Topic.LOOP, _list(taken), what)


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
