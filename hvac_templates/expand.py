"""The expansion: a model with HVACTemplate objects in, the model that EnergyPlus simulates out.

Pure: the given model is not changed, nothing is remembered, the same model gives the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from hvac_templates.build.builder import connections, instantiate, settle
from hvac_templates.build.built import LoopFault, TemplateFault
from hvac_templates.build.context import ExpansionContext, TemplatePlant
from hvac_templates.build.links import resolve_links
from hvac_templates.build.loops import Made, loop_objects
from hvac_templates.build.schedules import Places, always_schedules
from hvac_templates.collecting import uncollected
from hvac_templates.judge import checks
from hvac_templates.judge.form import form_errors
from hvac_templates.judge.labels import labelled
from hvac_templates.judge.once import claimed_twice
from hvac_templates.judge.schema import TEMPLATE_PREFIX, Schema
from hvac_templates.judge.validation import check_input, check_output, normalised
from hvac_templates.language.formulas import AUTOMATIC, FormulaError
from hvac_templates.messages import Fields, Message, Model, Result, error, has_errors
from hvac_templates.tree import Tree

ExpandedModel: TypeAlias = dict[str, dict[str, dict[str, Any]]]

ORDER = (
    "HVACTemplate:Thermostat",
    "HVACTemplate:Zone:",
    "HVACTemplate:System:",
    "HVACTemplate:Plant:Chiller",
    "HVACTemplate:Plant:Boiler",
    "HVACTemplate:Plant:Tower",
    "HVACTemplate:Plant:",
)
"""In which order templates are built: those that join others before those that are joined."""


def expand(model: Model, *, schema: Schema | None = None, tree: Tree | None = None, validate: bool = True) -> Result:
    """Expand a model. A model that cannot run is refused: no model, and a message for everything that is wrong.

    ``validate`` off skips the checks of the input's and the output's fields against the schema, nothing else: what has
    not the form of a model is still refused.
    Raises ConfigError when the tree itself is faulty.
    """
    with uncollected():
        return _expand(model, schema or Schema.shipped(), tree, validate)


def _expand(model: Model, schema: Schema, tree: Tree | None, validate: bool) -> Result:
    found = list(form_errors(model))
    if validate and not found:
        found += check_input(model, schema)
    if has_errors(found):
        return Result(None, tuple(labelled(one, model) for one in found))
    typed = normalised(model, schema)
    expansion = Expansion(typed, schema, tree or Tree.shipped())
    expanded = expansion.run()
    found += expansion.messages
    if validate and not has_errors(found):
        found += check_output(expanded, schema, typed)
    return Result(None if has_errors(found) else expanded, tuple(labelled(one, typed) for one in found))


@dataclass
class Expansion:
    """One expansion while it runs."""

    model: Model
    schema: Schema
    tree: Tree
    messages: list[Message] = field(default_factory=list)

    def run(self) -> ExpandedModel:
        """The expanded model; what is wrong with it is in ``messages``."""
        base = {kind: dict(objects) for kind, objects in self.model.items() if not kind.startswith(TEMPLATE_PREFIX)}
        contexts = self._contexts(TemplatePlant(existing=base))
        self.messages += [*self._unbuilt(), *checks.check(contexts)]
        if has_errors(self.messages):
            return {}
        for context in contexts:
            self._attempt(context, instantiate)
            for join in connections(context):
                self._attempt(context, join)
        self.messages += checks.check_members(contexts)
        for context in contexts:
            self._attempt(context, settle)
        if has_errors(self.messages):
            return {}
        owned = [(context, one) for context in contexts for one in self._made(context)]
        self.messages += claimed_twice(owned, base)
        if has_errors(self.messages):
            return {}
        made = [one for _, one in owned]
        made += always_schedules(made, base, self._schedule_places)
        return self._merged(base, made)

    def _contexts(self, plant: TemplatePlant) -> list[ExpansionContext]:
        contexts = [
            ExpansionContext(self.tree[kind], key, fields, defaults, plant)
            for kind, objects in self.model.items()
            if kind.startswith(TEMPLATE_PREFIX) and kind in self.tree
            for defaults in [self._defaults(kind)]
            for key, fields in objects.items()
        ]
        contexts.sort(key=lambda context: _rank(context.spec.type))
        for context in contexts:
            plant.templates.setdefault(context.spec.type, []).append(context)
            for kind in context.spec.loops:
                plant.loops.setdefault(kind, context)
        resolve_links(contexts)
        return contexts

    def _unbuilt(self) -> Iterator[Message]:
        for kind in self.model:
            if kind.startswith(TEMPLATE_PREFIX) and kind not in self.tree:
                yield error(kind, "", "", "is not a template that this program can expand")

    def _defaults(self, kind: str) -> Fields:
        fields = self.schema.fields(kind).values()
        return {one.name: one.default for one in fields if one.default is not None}

    def _attempt(self, context: ExpansionContext, step: Callable[[ExpansionContext], None]) -> None:
        try:
            step(context)
        except (TemplateFault, FormulaError) as fault:
            self._refuse(context, fault)

    def _made(self, context: ExpansionContext) -> Iterator[Made]:
        """Everything that one template makes."""
        try:
            yield from [(kind, name, self._spelled(kind, fields)) for kind, name, fields in _objects(context)]
        except (TemplateFault, FormulaError) as fault:
            self._refuse(context, fault)

    def _spelled(self, kind: str, fields: dict[str, Any]) -> dict[str, Any]:
        """The fields with Autosize or Autocalculate, whichever the object's field has: to users they are one word."""
        if self.schema.has(kind):
            for name, word in self.schema.object_type(kind).automatic.items():
                value = fields.get(name)
                if isinstance(value, str) and value.casefold() in AUTOMATIC:
                    fields[name] = word
        return fields

    def _schedule_places(self, kind: str) -> Places:
        return self.schema.object_type(kind).schedules if self.schema.has(kind) else ()

    def _refuse(self, context: ExpansionContext, fault: Exception) -> None:
        name = getattr(fault, "field", "")
        text = f"{fault}{self._remedy(fault)}" if isinstance(fault, LoopFault) else str(fault)
        message = error(context.spec.type, context.key, name, text)
        if message not in self.messages:
            self.messages.append(message)

    def _remedy(self, fault: LoopFault) -> str:
        """Which templates would mend a loop."""
        found = self.tree.on_side(fault.kind, fault.side) if fault.side else self.tree.providing(fault.kind)
        if fault.side == "Demand":
            return "; take it out, or choose its water in a template"
        return f"; add {' or '.join(found)}" if found else ""

    def _merged(self, base: Mapping[str, Mapping[str, Fields]], made: Iterable[Made]) -> ExpandedModel:
        """The model's own objects and those made. Two of one type and name must be the same."""
        merged = {kind: dict(objects) for kind, objects in base.items()}
        taken = {kind: {name.casefold(): name for name in objects} for kind, objects in base.items()}
        for kind, name, fields in made:
            known = taken.setdefault(kind, {})
            if name.casefold() not in known:
                known[name.casefold()] = name
                merged.setdefault(kind, {})[name] = fields
            elif merged[kind][known[name.casefold()]] != fields and kind not in _MAY_BE_THERE:
                self.messages.append(error(kind, name, "", _TWICE))
        return {kind: {name: dict(fields) for name, fields in objects.items()} for kind, objects in merged.items()}


_TWICE = "would be made by the templates, but there is another of this name: rename that one"
_MAY_BE_THERE = frozenset({"ScheduleTypeLimits", "Schedule:Compact"})


def _objects(context: ExpansionContext) -> Iterator[Made]:
    for built in context.built:
        if built.is_made:
            yield built.type, built.name, built.fields()
    for name, components in context.branches.items():
        yield "Branch", name, {"components": components}
    yield from loop_objects(context)
    for name, nodes in context.lists.items():
        yield "NodeList", name, {"nodes": [{"node_name": node} for node in nodes]}


def _rank(kind: str) -> int:
    return next(place for place, prefix in enumerate(ORDER) if kind.startswith(prefix))
