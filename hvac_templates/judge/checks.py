"""Models that cannot run, refused by name: before anything is built, and when it is known who joined whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from hvac_templates.build.built import Built
from hvac_templates.build.context import NAME, TYPE, ExpansionContext
from hvac_templates.judge.labels import label
from hvac_templates.judge.once import THERMOSTAT_FIELD, controlled_zones
from hvac_templates.language.model import Check
from hvac_templates.language.values import FieldValue
from hvac_templates.messages import Message, error, warning

ZONE_TEMPLATE = "HVACTemplate:Zone:"
SYSTEM_TEMPLATE = "HVACTemplate:System:"


def check(contexts: Sequence[ExpansionContext]) -> list[Message]:
    """Everything that is wrong between templates, and between them and the model."""
    each = (_nameless, _dangling, partial(_of_tree, late=False))
    found = [message for context in contexts for one in each for message in one(context)]
    between = (_without_thermostat, _zones_twice, _systems_twice, _loops_twice, _objects_twice)
    return [*found, *(message for one in between for message in one(contexts))]


def check_members(contexts: Iterable[ExpansionContext]) -> list[Message]:
    """What is wrong with who joined whom."""
    return [message for context in contexts for message in _of_tree(context, late=True)]


def _of_tree(context: ExpansionContext, *, late: bool) -> Iterator[Message]:
    """What the tree's own checks say about a template; ``late`` those that ask for members."""
    for one in context.spec.checks:
        if _is_late(one) is late and (one.when is None or one.when.holds(context)):
            text = str(one.text.of(context) or "")
            yield Message(one.severity, context.spec.type, context.key, one.field, text)


def _is_late(one: Check) -> bool:
    """Whether it asks who joined: names such as ``Members.Supply`` and ``CondenserWater.Demand``."""
    names = one.when.names() if one.when else ()
    sides = [name.partition(".")[2] for name in names]
    return any(side[:1].isupper() and side not in (NAME, TYPE) for side in sides)


def _nameless(context: ExpansionContext) -> Iterator[Message]:
    """A template whose objects would have no names, which the schema would not let pass."""
    if context.spec.name.of(context) is None:
        for field in context.spec.name.names():
            yield error(context.spec.type, context.key, field, "this field is required: the objects are named after it")


def _without_thermostat(contexts: Iterable[ExpansionContext]) -> Iterator[Message]:
    """Zones that nothing controls: EnergyPlus simulates them, and neither heats nor cools them."""
    lonely = [one for one in contexts if "Thermostat" in one.spec.links and not one.is_given(THERMOSTAT_FIELD)]
    controlled = controlled_zones(lonely[0].plant.existing) if lonely else set()
    for context in lonely:
        if context.name.casefold() not in controlled:
            text = "no thermostat controls the zone: name an HVACTemplate:Thermostat"
            yield warning(context.spec.type, context.key, THERMOSTAT_FIELD, text)


def _dangling(context: ExpansionContext) -> Iterator[Message]:
    """Fields that name a template or an object that is not there."""
    for name, link in context.spec.links.items():
        wanted = None if link.optional else link.name.of(context)
        if wanted is not None and context.links[name] is None and isinstance(link.name, FieldValue):
            kinds = str(link.existing.of(context)) if link.existing else " or ".join(link.types)
            yield error(context.spec.type, context.key, link.name.name, f'there is no {kinds} named "{wanted}"')


def _zones_twice(contexts: Sequence[ExpansionContext]) -> Iterator[Message]:
    zones = [context for context in contexts if context.spec.type.startswith(ZONE_TEMPLATE)]
    for context, other in _twice(zones, lambda one: [one.name.casefold()]):
        shown = label(other.spec.type, other.key, {})
        yield error(context.spec.type, context.key, "zone_name", f'{other.spec.type} "{shown}" has this zone too')


def _systems_twice(contexts: Sequence[ExpansionContext]) -> Iterator[Message]:
    systems = [context for context in contexts if context.spec.type.startswith(SYSTEM_TEMPLATE)]
    for context, other in _twice(systems, lambda one: [one.name.casefold()]):
        text = f"{other.spec.type} has this name too, and nobody could tell them apart: rename one"
        yield error(context.spec.type, context.key, "name", text)


def _loops_twice(contexts: Sequence[ExpansionContext]) -> Iterator[Message]:
    for context, other in _twice(contexts, lambda one: one.spec.loops):
        text = f'is a second loop of its kind beside "{other.key}": only one of each is possible'
        yield error(context.spec.type, context.key, "", text)


def _objects_twice(contexts: Sequence[ExpansionContext]) -> Iterator[Message]:
    """References to an object of the model that another one refers to, too: it would stand in its loop twice."""
    for context, other in _twice(contexts, _existing):
        field = next(name for link in context.spec.links.values() if link.existing for name in link.name.names())
        yield error(context.spec.type, context.key, field, f'{other.spec.type} "{other.key}" names this one too')


def _existing(context: ExpansionContext) -> Iterator[str]:
    """The objects of the model that a template refers to."""
    return (f"{one.type} {one.name.casefold()}" for one in context.links.values() if isinstance(one, Built))


def _twice(
    contexts: Sequence[ExpansionContext], keys: Callable[[ExpansionContext], Iterable[str]]
) -> Iterator[tuple[ExpansionContext, ExpansionContext]]:
    """Each context that has a key of an earlier one, with that one."""
    first: dict[str, ExpansionContext] = {}
    for context in contexts:
        others = [first.setdefault(key, context) for key in keys(context)]
        other = next((one for one in others if one is not context), None)
        if other is not None:
            yield context, other
