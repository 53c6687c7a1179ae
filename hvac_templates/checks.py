"""Models that cannot run, refused by name: before anything is built, and when it is known who joined whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from hvac_templates.context import NAME, TYPE, Context
from hvac_templates.messages import Message, error
from hvac_templates.tree_model import Check
from hvac_templates.values import FieldValue

ZONE_TEMPLATE = "HVACTemplate:Zone:"


def check(contexts: Sequence[Context]) -> list[Message]:
    """Everything that is wrong between templates, and between them and the model."""
    found = [message for context in contexts for message in (*_dangling(context), *_of_tree(context, late=False))]
    return [*found, *_zones_twice(contexts), *_loops_twice(contexts)]


def check_members(contexts: Iterable[Context]) -> list[Message]:
    """What is wrong with who joined whom."""
    return [message for context in contexts for message in _of_tree(context, late=True)]


def _of_tree(context: Context, *, late: bool) -> Iterator[Message]:
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


def _dangling(context: Context) -> Iterator[Message]:
    """Fields that name a template or an object that is not there."""
    for name, link in context.spec.links.items():
        wanted = None if link.optional else link.name.of(context)
        if wanted is not None and context.links[name] is None and isinstance(link.name, FieldValue):
            kinds = str(link.existing.of(context)) if link.existing else " or ".join(link.types)
            yield error(context.spec.type, context.key, link.name.name, f'there is no {kinds} named "{wanted}"')


def _zones_twice(contexts: Sequence[Context]) -> Iterator[Message]:
    zones = [context for context in contexts if context.spec.type.startswith(ZONE_TEMPLATE)]
    for context, other in _twice(zones, lambda one: [one.name.casefold()]):
        yield error(context.spec.type, context.key, "zone_name", f'{other.spec.type} "{other.key}" has this zone too')


def _loops_twice(contexts: Sequence[Context]) -> Iterator[Message]:
    for context, other in _twice(contexts, lambda one: one.spec.loops):
        text = f'is a second loop of its kind beside "{other.key}": only one of each is possible'
        yield error(context.spec.type, context.key, "", text)


def _twice(contexts: Sequence[Context], keys: Callable[[Context], Iterable[str]]) -> Iterator[tuple[Context, Context]]:
    """Each context that has a key of an earlier one, with that one."""
    first: dict[str, Context] = {}
    for context in contexts:
        others = [first.setdefault(key, context) for key in keys(context)]
        other = next((one for one in others if one is not context), None)
        if other is not None:
            yield context, other
