"""Water loops from the branches that joined them: branch lists, splitters, mixers, connector lists.

Each side of a loop is an inlet branch, parallel branches, and an outlet branch. What joined as ``SupplyInlet`` (pumps),
``SupplyOutlet`` and ``SupplyBypass`` (pipes), ``Supply`` (equipment), ``SupplyPump`` (on its branch) decides the supply
side; the demand side likewise. Any other word is a group that only lists speak of.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from hvac_templates.build.built import LoopFault, TemplateFault
from hvac_templates.build.context import ExpansionContext, Member

Made: TypeAlias = tuple[str, str, dict[str, Any]]
"""Object type, name and fields."""

SIDES = ("Demand", "Supply")


@dataclass(frozen=True, slots=True)
class Side:
    """One half of a loop: branch names in the order of the flow.

    ``connected`` are the parallel branches in the order of the splitter and the mixer, which the engine's flows follow.
    """

    name: str
    inlet: str
    parallel: tuple[str, ...]
    connected: tuple[str, ...]
    outlet: str

    def objects(self) -> Iterator[Made]:
        """The branch list, and the connectors around the parallel branches."""
        yield "BranchList", f"{self.name} Side Branches", {"branches": _each("branch_name", self.all)}
        yield "ConnectorList", f"{self.name} Side Connectors", _connectors(self.name)
        splits = {"inlet_branch_name": self.inlet, "branches": _each("outlet_branch_name", self.connected)}
        yield "Connector:Splitter", f"{self.name} Splitter", splits
        mixes = {"outlet_branch_name": self.outlet, "branches": _each("inlet_branch_name", self.connected)}
        yield "Connector:Mixer", f"{self.name} Mixer", mixes

    @property
    def all(self) -> tuple[str, ...]:
        """Every branch, from the inlet to the outlet."""
        return (self.inlet, *self.parallel, self.outlet)


@dataclass(frozen=True, slots=True)
class Loop:
    """A demand side and a supply side."""

    demand: Side
    supply: Side

    def objects(self) -> Iterator[Made]:
        """All lists and connectors of the loop."""
        yield from self.demand.objects()
        yield from self.supply.objects()


def loop_objects(context: ExpansionContext) -> Iterator[Made]:
    """The branches, lists and connectors of every loop that a template provides."""
    for kind, label in context.spec.loops.items():
        prefixes = tuple(f"{kind}.{side}" for side in SIDES)
        sides = {side: members for side, members in context.members.items() if side.startswith(prefixes)}
        if sides:
            yield from _branches([member for side in sorted(sides, key=_pumps_first) for member in sides[side]])
            demand, supply = (_side(context, kind, label, side) for side in SIDES)
            yield from Loop(demand, supply).objects()


def _pumps_first(side: str) -> bool:
    return not side.endswith("Pump")


def _branches(members: Sequence[Member]) -> Iterator[Made]:
    """One branch per name; members of the same name follow each other on it."""
    named: dict[str, list[dict[str, Any]]] = {}
    for member in members:
        named.setdefault(str(member.branch), []).append(_component(member))
    for name, components in named.items():
        yield "Branch", name, {"components": components}


def _component(member: Member) -> dict[str, Any]:
    return {
        "component_object_type": member.built.type,
        "component_name": member.built.name,
        "component_inlet_node_name": member.inlet,
        "component_outlet_node_name": member.outlet,
    }


def _side(context: ExpansionContext, kind: str, label: str, side: str) -> Side:
    def branches(part: str) -> list[str]:
        return list(dict.fromkeys(str(name) for name in context.joined(f"{kind}.{side}{part}", "Branch")))

    equipment, inlets, outlets = branches(""), branches("Inlet"), branches("Outlet")
    if not equipment:
        user = "uses it" if side == "Demand" else "serves it"
        raise LoopFault(f"nothing {user}: a {kind} loop needs equipment on both sides", kind, side)
    if len(inlets) != 1 or len(outlets) != 1:
        text = f"the {side.lower()} side of a {kind} loop has one branch at its inlet and one at its outlet"
        raise TemplateFault(f"{text}, not {len(inlets)} and {len(outlets)}: look at its pump fields")
    parallel = [member for part in ("", "Bypass") for member in context.members.get(f"{kind}.{side}{part}", ())]
    connected = dict.fromkeys(str(member.branch) for member in sorted(parallel, key=lambda member: member.priority))
    parts = (*equipment, *branches("Bypass"))
    return Side(f"{context.name} {label} {side}", inlets[0], parts, tuple(connected), outlets[0])


def _each(field: str, names: Sequence[str]) -> list[dict[str, str]]:
    return [{field: name} for name in names]


def _connectors(name: str) -> dict[str, str]:
    return {
        "connector_1_object_type": "Connector:Splitter",
        "connector_1_name": f"{name} Splitter",
        "connector_2_object_type": "Connector:Mixer",
        "connector_2_name": f"{name} Mixer",
    }
