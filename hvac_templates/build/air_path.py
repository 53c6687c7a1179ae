"""Air paths wire themselves: neighbours in a build path share a node, and the path becomes a branch.

A component's outlet node is what its fields say, else its name and "Outlet"; its inlet is the outlet of the one before.
"""

from __future__ import annotations

from hvac_templates.build.built import Built, TemplateFault
from hvac_templates.build.context import ExpansionContext
from hvac_templates.language.model import Action, Connector, FieldReference, PathSpec, matches


def act(path: list[Built], action: Action, made: list[Built]) -> list[Built]:
    """The path after an action; ``made`` are the action's own objects that stand in a path."""
    if isinstance(action.location, int) and not action.reference:
        index = action.location if action.location >= 0 else len(path) + 1 + action.location
        return path[:index] + made + path[index:]
    index = _position(path, action)
    match action.kind:
        case "Remove":
            return path[:index] + path[index + 1 :]
        case "Replace":
            return path[:index] + made + path[index + 1 :]
    index += action.location == "After"
    return path[:index] + made + path[index:]


def _position(path: list[Built], action: Action) -> int:
    places = [place for place, built in enumerate(path) if matches(action.reference, built.spec)]
    wanted = action.occurrence if action.occurrence < 0 else action.occurrence - 1
    if not -len(places) <= wanted < len(places):
        raise TemplateFault(f"no {action.reference} (occurrence {action.occurrence}) in the build path")
    return places[wanted]


def wire(context: ExpansionContext) -> list[tuple[str, list[Built]]]:
    """Give every component of every path its nodes. The (branch name, components) of each path that is a branch."""
    specs = {path.name: path for path in context.spec.paths if context.paths[path.name]}
    inner = {built.spec.air.through for path in specs for built in context.paths[path] if built.spec.air}
    branches = []
    for name, spec in specs.items():
        if name not in inner:
            _wire(context, spec, None, None)
        branch = spec.branch.of(context) if spec.branch else None
        if branch is not None:
            branches.append((str(branch), context.paths[name]))
    return branches


def _wire(context: ExpansionContext, spec: PathSpec, start: str | None, end: str | None) -> str:
    """Wire one path from its own inlet, or from ``start`` where it has none. Returns its last node."""
    node = _text(context, spec, "inlet") or start
    if node is None:
        raise TemplateFault(f"build path {spec.name} has no inlet node")
    end = _text(context, spec, "outlet") or end
    path = context.paths[spec.name]
    for built in path:
        node = _connect(context, built, node, end if built is path[-1] else None)
    return node


def _connect(context: ExpansionContext, built: Built, node: str, end: str | None) -> str:
    """Put one component between its inlet node and its outlet; returns the outlet."""
    air = built.spec.air
    assert air is not None  # noqa: S101 (only components with air are in a path)
    built.inlet = node
    _put(context, built, air.inlet, node)
    if air.through and context.paths.get(air.through):
        nested = next(path for path in context.spec.paths if path.name == air.through)
        built.outlet = _wire(context, nested, node, end)
    else:
        built.outlet = end or _own_outlet(context, built, air)
    _put(context, built, air.outlet, built.outlet)
    return built.outlet


def _own_outlet(context: ExpansionContext, built: Built, air: Connector) -> str:
    if air.outlet is not None:
        holder = _holder(context, built, air.outlet)
        if (named := holder.get(air.outlet.field)) is not None:
            return str(named)
    return f"{built.name} Outlet"


def _put(context: ExpansionContext, built: Built, place: FieldReference | None, node: str) -> None:
    if place is not None:
        _holder(context, built, place).put(place.field, node)


def _holder(context: ExpansionContext, built: Built, place: FieldReference) -> Built:
    holder = context.find(place.target) if place.target else built
    if holder is None:
        raise TemplateFault(f"{built.type} needs a {place.target} to be connected")
    return holder


def _text(context: ExpansionContext, spec: PathSpec, end: str) -> str | None:
    value = spec.inlet if end == "inlet" else spec.outlet
    found = value.of(context) if value else None
    return None if found is None else str(found)
