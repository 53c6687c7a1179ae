"""Which template, or which object of the model, each link of a template leads to."""

from __future__ import annotations

from collections.abc import Sequence

from hvac_templates.build.built import Built
from hvac_templates.build.context import ExpansionContext
from hvac_templates.language.model import Link, ObjectTemplate
from hvac_templates.language.values import Constant


def resolve_links(contexts: Sequence[ExpansionContext]) -> None:
    """Find what every link means, names compared whatever their letter case. What is not found is None."""
    named: dict[str, list[ExpansionContext]] = {}
    for context in contexts:
        named.setdefault(context.name.casefold(), []).append(context)
    for context in contexts:
        for name, link in context.spec.links.items():
            wanted = link.name.of(context)
            context.links[name] = None if wanted is None else _found(context, link, str(wanted).casefold(), named)


def _found(
    context: ExpansionContext, link: Link, wanted: str, named: dict[str, list[ExpansionContext]]
) -> ExpansionContext | Built | None:
    if link.existing is not None:
        return _existing(context, str(link.existing.of(context)), wanted)
    candidates = (other for other in named.get(wanted, ()) if other is not context)
    return next((other for other in candidates if _is_one_of(other.spec.type, link.types)), None)


def _is_one_of(kind: str, types: Sequence[str]) -> bool:
    return any(kind.startswith(one[:-1]) if one.endswith("*") else kind == one for one in types)


def _existing(context: ExpansionContext, kind: str, wanted: str) -> Built | None:
    for name, fields in context.plant.existing.get(kind, {}).items():
        if name.casefold() == wanted:
            return Built(ObjectTemplate(kind, Constant(name)), kind, name, context, dict(fields))
    return None
