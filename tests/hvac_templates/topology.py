"""Whether an expanded model hangs together: what EnergyPlus only finds out at run time, or not at all.

Every node is made by one component and goes somewhere; what a component takes in is made somewhere; every branch is on
one branch list; what stands on a branch exists and is connected in that order; no list is empty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from hvac_templates.judge.schema import Schema

Model: TypeAlias = Mapping[str, Mapping[str, Mapping[str, Any]]]
Object: TypeAlias = tuple[str, str]
"""Type and name, the name in small letters."""

_LOOPS = frozenset({"AirLoopHVAC", "PlantLoop", "CondenserLoop"})
_VIEWS = ("Branch", "Connector", "Controller", "SetpointManager", "Sizing", "Availability", "Output", "NodeList")
_VIEW_TYPES = frozenset({"AirLoopHVAC:SupplyPath", "AirLoopHVAC:ReturnPath", "ZoneControl:Humidistat"})
"""Types that name nodes which others make or take."""
_LISTED_PARTS = "AirLoopHVAC:OutdoorAirSystem"
"""Its nodes are those of components that it names in a list."""
_WATER = "WaterCooled"
_MAKING = frozenset(
    {"mixed_air_node_name", "relief_air_stream_node_name", "zone_return_air_node_or_nodelist_name"}
    | {"zone_air_exhaust_node_or_nodelist_name", "zone_supply_air_node_name"}
)
_TAKING = frozenset({"outdoor_air_stream_node_name", "return_air_stream_node_name", "zone_exhaust_air_node_name"})
_ENDS = ("relief", "exhaust", "zone_return")
"""Words in the names of fields whose node need not go on: outdoors, or the return of a zone with units of its own."""
_LISTS = frozenset(
    {"NodeList", "BranchList", "ConnectorList", "Connector:Splitter", "Connector:Mixer", "ZoneHVAC:EquipmentList"}
    | {"AirLoopHVAC:ControllerList", "AvailabilityManagerAssignmentList", "PlantEquipmentList", "OutdoorAir:NodeList"}
    | {"CondenserEquipmentList", "AirLoopHVAC:ZoneSplitter", "AirLoopHVAC:ZoneMixer", "ZoneTerminalUnitList"}
    | {"AirLoopHVAC:SupplyPath", "AirLoopHVAC:ReturnPath", "AirLoopHVAC:OutdoorAirSystem:EquipmentList", "Branch"}
)


@dataclass(slots=True)
class _Nodes:
    """Who makes and who takes each node, and which may end outdoors."""

    makers: dict[str, set[Object]] = field(default_factory=lambda: defaultdict(set))
    takers: dict[str, set[Object]] = field(default_factory=lambda: defaultdict(set))
    given: set[str] = field(default_factory=set)
    ends: set[str] = field(default_factory=set)


def problems(model: Model) -> list[str]:
    """Everything that does not hang together, one line each."""
    return [*_empty_lists(model), *_branch_problems(model), *_branch_components(model), *_node_problems(model)]


def _empty_lists(model: Model) -> Iterator[str]:
    for kind in sorted(_LISTS & model.keys()):
        definition = Schema.shipped().object_type(kind)
        for name, fields in model[kind].items():
            numbered = [value for key, value in fields.items() if key != "name" and value not in ("", [], None)]
            if definition.extensible and not fields.get(definition.extensible):
                yield f'{kind} "{name}" is empty'
            elif not numbered:
                yield f'{kind} "{name}" has nothing on it'


def _branch_problems(model: Model) -> Iterator[str]:
    lists = {
        name: [item["branch_name"].casefold() for item in fields.get("branches", ())]
        for name, fields in model.get("BranchList", {}).items()
    }
    branches = {name.casefold(): name for name in model.get("Branch", {})}
    listed = [branch for names in lists.values() for branch in names]
    yield from (f'Branch "{name}" is on {listed.count(key)} branch lists' for key, name in branches.items()
                if listed.count(key) != 1)  # fmt: skip
    yield from (f'BranchList "{name}" names {branch!r}, which is no branch' for name, names in lists.items()
                for branch in names if branch not in branches)  # fmt: skip
    used = [value.casefold() for _, _, key, value in _values(model, _LOOPS) if key.endswith("branch_list_name")]
    yield from (f'BranchList "{name}" is used by {used.count(name.casefold())} loops' for name in lists
                if used.count(name.casefold()) != 1)  # fmt: skip


def _branch_components(model: Model) -> Iterator[str]:
    known = {(kind, name.casefold()): fields for kind, objects in model.items() for name, fields in objects.items()}
    for branch, fields in model.get("Branch", {}).items():
        before = ""
        for item in fields.get("components", ()):
            component = (item["component_object_type"], item["component_name"].casefold())
            inlet, outlet = (item[f"component_{side}_node_name"].casefold() for side in ("inlet", "outlet"))
            if component not in known:
                yield f'Branch "{branch}": there is no {component[0]} "{component[1]}"'
            elif component[0] != _LISTED_PARTS and not {inlet, outlet} <= _with_parts(known, component):
                yield f'Branch "{branch}": {component[0]} "{component[1]}" has other nodes than {inlet!r}, {outlet!r}'
            if before and inlet != before:
                yield f'Branch "{branch}": {component[0]} "{component[1]}" begins at {inlet!r}, not at {before!r}'
            before = outlet


def _with_parts(known: Mapping[Object, Mapping[str, Any]], one: Object) -> set[str]:
    """The texts of an object and of those that it names with their type: some have their nodes only there."""
    fields, found = known[one], _texts(known[one])
    for key, kind in fields.items():
        part = fields.get(f"{key.removesuffix('object_type')}name") if key.endswith("_object_type") else None
        found |= _texts(known.get((kind, part.casefold()), {})) if part else set()
    return found


def _node_problems(model: Model) -> Iterator[str]:
    nodes, parents = _nodes(model), _parents(model)
    for node in sorted(nodes.makers):
        makers = {one for one in nodes.makers[node] if not parents[one] & nodes.makers[node]}
        if len(makers) > 1:
            yield f"node {node!r} is made by {_listed(makers)}"
        if node not in nodes.takers and node not in nodes.ends:
            yield f"node {node!r} of {_listed(makers)} goes nowhere"
    for node in sorted(nodes.takers.keys() - nodes.makers.keys() - nodes.given):
        yield f"node {node!r}, taken by {_listed(nodes.takers[node])}, comes from nowhere"


def _nodes(model: Model) -> _Nodes:
    nodes = _Nodes()
    lists = {
        name.casefold(): [item["node_name"].casefold() for item in fields.get("nodes", ())]
        for name, fields in model.get("NodeList", {}).items()
    }
    for kind, name, key, value in _values(model, model.keys()):
        dry = key.startswith("condenser_") and model[kind][name].get("condenser_type", _WATER) != _WATER
        if dry or "node" not in key or kind.startswith(_VIEWS) or kind in _VIEW_TYPES:
            continue
        for node in lists.get(value.casefold(), [value.casefold()]):
            _enter(nodes, (kind, name.casefold()), key, node)
    nodes.given |= {name.casefold() for name in model.get("OutdoorAir:Node", {})}
    _enter_connectors(model, nodes)
    return nodes


def _enter_connectors(model: Model, nodes: _Nodes) -> None:
    """Splitters and mixers name branches: they take what those before them make, and give to those behind."""
    ends = {
        name.casefold(): (components[0]["component_inlet_node_name"], components[-1]["component_outlet_node_name"])
        for name, fields in model.get("Branch", {}).items()
        if (components := fields.get("components"))
    }
    for kind, name, key, value in _values(model, ("Connector:Splitter", "Connector:Mixer")):
        inlet, outlet = ends.get(value.casefold(), ("", ""))
        if key.startswith("inlet_branch"):
            nodes.takers[outlet.casefold()].add((kind, name.casefold()))
        elif key.startswith("outlet_branch"):
            nodes.given.add(inlet.casefold())


def _enter(nodes: _Nodes, owner: Object, key: str, node: str) -> None:
    inlet, outlet = "inlet_node" in key, "outlet_node" in key
    if owner[0] == "OutdoorAir:NodeList":
        nodes.given.add(node)
    elif owner[0] in _LOOPS:
        (nodes.given if inlet else nodes.ends).add(node)
    elif key in _TAKING or inlet or (key == "air_inlet_node_name"):
        nodes.takers[node].add(owner)
    elif key in _MAKING or outlet:
        nodes.makers[node].add(owner)
    if any(word in key for word in _ENDS):
        nodes.ends.add(node)


def _parents(model: Model) -> dict[Object, set[Object]]:
    """What each object names as its parts: a parent and its part may both state the node that the part makes."""
    by_name: dict[str, set[Object]] = defaultdict(set)
    for kind, objects in model.items():
        for name in objects:
            by_name[name.casefold()].add((kind, name.casefold()))
    named: dict[Object, set[Object]] = defaultdict(set)
    for kind, name, key, value in _values(model, model.keys()):
        if "node" not in key:
            named[kind, name.casefold()] |= by_name.get(value.casefold(), set()) - {(kind, name.casefold())}
    return named


def _values(model: Model, kinds: Iterable[str]) -> Iterator[tuple[str, str, str, str]]:
    """Type, name, field and text of all text values, those in lists included."""
    for kind in kinds:
        for name, fields in model.get(kind, {}).items():
            yield from ((kind, name, key, value) for key, value in _flat(fields) if value)


def _flat(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in fields.items():
        if isinstance(value, str):
            yield key, value
        elif isinstance(value, list):
            for item in value:
                yield from _flat(item)


def _texts(fields: Mapping[str, Any]) -> set[str]:
    return {value.casefold() for _, value in _flat(fields)}


def _listed(objects: Iterable[Object]) -> str:
    return ", ".join(f'{kind} "{name}"' for kind, name in sorted(objects)) or "nobody"
