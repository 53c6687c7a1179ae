"""From a template's spec to its objects: which apply, how the air passes through them, and what they join."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from hvac_templates.build.air_path import act, wire
from hvac_templates.build.built import Built, LoopFault, TemplateFault
from hvac_templates.build.context import ExpansionContext, Member
from hvac_templates.language.model import ZONE, Block, Connector, FieldReference, Listing, ObjectTemplate
from hvac_templates.language.values import Content, Scalar

NUMBER = "Number"


def instantiate(context: ExpansionContext) -> None:
    """Make the objects that apply, and give them their air nodes."""
    for path in context.spec.paths:
        made = _made(context, path.base)
        components = [built for built in made if built.spec.air]
        context.built += made
        for action in path.actions:
            if action.when is None or action.when.holds(context):
                added = _made(context, action.objects)
                before = components
                components = act(components, action, [built for built in added if built.spec.air])
                gone = [built for built in before if built not in components]
                context.built = [built for built in context.built if built not in gone] + added
        context.paths[path.name] = components
    context.built += _made(context, context.spec.base)
    context.nothing_more()
    for name, components in wire(context):
        context.branches[name] = [_on_branch(built, built.inlet, built.outlet) for built in components]


def connections(context: ExpansionContext) -> Iterator[Callable[[ExpansionContext], None]]:
    """What joins the objects to loops, systems and the zone, one step each: one that fails does not keep the others."""
    for built in context.built:
        for connector in built.spec.connectors:
            yield partial(_join, built=built, connector=connector)


def _made(context: ExpansionContext, block: Block) -> list[Built]:
    return [_object(context, spec) for spec in applying(context, block)]


def applying(context: ExpansionContext, block: Block) -> Iterator[ObjectTemplate]:
    """The objects of a block that the template's fields ask for, in the order of the tree."""
    if block.when is not None and not block.when.holds(context):
        return
    for entry in block.entries:
        if isinstance(entry, ObjectTemplate):
            if entry.when is None or entry.when.holds(context):
                yield entry
            continue
        part = entry if isinstance(entry, Block) else entry.chosen(context)
        if part is not None:
            yield from applying(context, part)


def _object(context: ExpansionContext, spec: ObjectTemplate) -> Built:
    if spec.existing:
        found = context.linked(spec.existing)
        if not isinstance(found, Built):
            raise TemplateFault(f"the {spec.existing} that it names is not in the model")
        return Built(spec, found.type, found.name, context, found.fields())
    name = spec.name.of(context)
    if name is None:
        raise TemplateFault(f"{spec.type}: a field that its name is made of is blank")
    return Built(spec, spec.type, str(name), context)


def _join(context: ExpansionContext, built: Built, connector: Connector) -> None:
    if connector.when is not None and not connector.when.holds(context):
        return
    target = connector.target
    if target == ZONE:
        context.members.setdefault(ZONE, []).append(_member(context, built, connector, None))
        return
    if built.spec.air is connector or (target in context.links and context.links[target] is None):
        return
    other = context.linked(target)
    if not isinstance(other, ExpansionContext):
        raise LoopFault(f'{built.type} "{built.name}" needs a {target} loop, and no template provides one', target)
    label = other.spec.loops.get(target) if target not in context.links else None
    side = connector.side if label is None else f"{target}.{connector.side}"
    other.members.setdefault(side, []).append(_member(context, built, connector, label))


def _member(context: ExpansionContext, built: Built, connector: Connector, label: str | None) -> Member:
    branch = connector.branch.of(context) if connector.branch else label and f"{built.name} {label} Branch"
    priority = connector.priority.of(context) if connector.priority else None
    return Member(
        built,
        connector,
        context,
        _node(context, built, connector.inlet),
        _node(context, built, connector.outlet),
        None if branch is None else str(branch),
        _rank(priority),
    )


def _rank(priority: Content | None) -> float:
    """A priority as a number (EnergyPlus has it as a text); without one, or with a word, the last."""
    try:
        return float(str(priority))
    except ValueError:
        return float("inf")


def _node(context: ExpansionContext, built: Built, place: FieldReference | None) -> str | None:
    holder = built if place is None or not place.target else context.find(place.target)
    node = holder.get(place.field) if holder and place else None
    return None if node is None else str(node)


def _on_branch(built: Built, inlet: str | None, outlet: str | None) -> dict[str, Any]:
    return {
        "component_object_type": built.type,
        "component_name": built.name,
        "component_inlet_node_name": inlet,
        "component_outlet_node_name": outlet,
    }


def settle(context: ExpansionContext) -> None:
    """Fill the fields that repeat for each object found. An object that finds none is not made."""
    for built in context.built:
        for listing in built.spec.listings:
            rows = [_row(found, listing, number) for number, found in enumerate(_listed(context, listing), start=1)]
            if not rows:
                built.is_empty = True
            elif listing.into:
                built.put(listing.into, rows)
            else:
                for row in rows:
                    for field, value in row.items():
                        built.put(field, value)


def _listed(context: ExpansionContext, listing: Listing) -> Iterable[Built | Member]:
    for kind, name in listing.sources:
        if kind == "Of":
            yield from context.all_of(name)
        else:
            yield from sorted(context.members.get(name, ()), key=lambda member: member.priority)


def _row(found: Built | Member, listing: Listing, number: int) -> dict[str, Scalar]:
    values = {field.replace("#", str(number)): _cell(found, word, number) for field, word in listing.fields}
    return {field: value for field, value in values.items() if value is not None}


def _cell(found: Built | Member, word: str | float, number: int) -> Scalar | None:
    if not isinstance(word, str):
        return word
    return number if word == NUMBER else found.what(word)
