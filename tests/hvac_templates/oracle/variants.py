"""Variants of the examples with one field set to something else: what a sweep asks both expansions."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from hvac_templates.judge.schema import TEMPLATE_PREFIX, Field, Schema
from tests.hvac_templates.oracle.needs import BESIDE, PLANT, PLANTS, Part, put, with_loop_for
from tests.hvac_templates.oracle.places import example, manifest
from tests.hvac_templates.oracle.several import made_several, may_be_several, stripped

Sort: TypeAlias = Literal["choices", "numbers", "schedules", "blanks"]
_SCHEDULES = "ScheduleNames"
_SCHEDULE_TYPE = "Schedule:Compact"


@dataclass(frozen=True, slots=True)
class Variant:
    """A field of all objects of a type in an example, and its value. ``kind`` is without ``HVACTemplate:``.

    ``without`` names the water whose loop and equipment are taken out of the example, ``beside`` says that the fields
    which the choice asks for are set with it. ``part`` sets the field of some of several objects only; ``bare`` takes
    away first what any of them may leave out.
    """

    example: str
    kind: str
    field: str
    value: str | float
    without: str = ""
    beside: bool = False
    part: Part = "all"
    bare: bool = False

    @property
    def label(self) -> str:
        """The variant in one line, as ``diff NAME --set`` takes it."""
        left_out = f" (without {self.without} loop)" if self.without else ""
        more = f" beside {' '.join(BESIDE[self.field])}" if self.beside else ""
        some = "" if self.part == "all" else f" of the {self.part}{', the rest bare' if self.bare else ''}"
        return f"{self.example} {self.kind}.{self.field}={self.value}{some}{left_out}{more}"

    def model(self) -> dict[str, Any]:
        """The example with the field set, and with the loop that the value needs where the example has none."""
        model = example(self.example)
        kind = TEMPLATE_PREFIX + self.kind
        if self.part != "all":
            made_several(model, kind)
        if self.bare:
            stripped(model, kind)
        beside = BESIDE[self.field] if self.beside else {}
        for field, value in ((self.field, self.value), *beside.items()):
            put(model, kind, field, value, self.part)
        for kind in PLANTS.get(self.without, ()):
            model.pop(PLANT + kind, None)
        return model if self.kind.startswith("Plant:") else with_loop_for(str(self.value), model)

    def alternatives(self) -> Iterator[Variant]:
        """The same with what it asks for, in other examples, and without loops that nothing may need any more."""
        if self.field in BESIDE:
            yield replace(self, beside=True)
        others = [host for host in _hosts(TEMPLATE_PREFIX + self.kind) if host != self.example]
        yield from (replace(self, example=host) for host in others)
        if not self.kind.startswith("Plant:"):
            words = [word for word in PLANTS if word not in str(self.value)]
            ways = {False, self.field in BESIDE}
            yield from (replace(self, without=word, beside=way) for word in words for way in sorted(ways))


def of_some(some: Sequence[Variant]) -> Iterator[Variant]:
    """The same values in one of several templates, and in all but one, beside templates as they are and bare ones."""
    for one in some:
        if may_be_several(one.kind):
            ways: Sequence[tuple[Part, bool]] = (("first", False), ("others", False), ("first", True), ("others", True))
            yield from (replace(one, part=part, bare=bare) for part, bare in ways)


def variants(sort: Sort, *, kind: str = "", field: str = "", everywhere: bool = False) -> list[Variant]:
    """All variants, or those of one type and field; in the smallest example of the type, or in all that have it."""
    schema = Schema.shipped()
    found: list[Variant] = []
    for type_name in schema.templates:
        if kind and kind.casefold() not in (type_name.casefold(), type_name.removeprefix(TEMPLATE_PREFIX).casefold()):
            continue
        hosts = _hosts(type_name)
        for host in hosts if everywhere else hosts[:1]:
            fields = [one for one in schema.fields(type_name).values() if field in ("", one.name)]
            found += [variant for one in fields for variant in _of_field(sort, host, type_name, one)]
    return found


def sample(some: Sequence[Variant], count: int) -> list[Variant]:
    """So many of them, always the same, spread over all."""
    ordered = sorted(some, key=lambda one: hashlib.sha256(one.label.encode("utf-8")).hexdigest())
    chosen = set(ordered[:count])
    return [one for one in some if one in chosen]


def _hosts(type_name: str) -> list[str]:
    """The examples that have the type, the simplest first: by the manifest's tier, then by their templates."""
    kind = type_name.removeprefix(TEMPLATE_PREFIX)
    cases = [(case["tier"], sum(case["templates"].values()), name) for name, case in manifest().items()
             if kind in case["templates"]]  # fmt: skip
    return [name for _, _, name in sorted(cases)]


def _of_field(sort: Sort, host: str, type_name: str, field: Field) -> Iterator[Variant]:
    model = example(host)
    used = {_text(fields.get(field.name, field.default)) for fields in model[type_name].values()}
    values = _SORTS[sort](field, model)
    kind = type_name.removeprefix(TEMPLATE_PREFIX)
    if sort != "blanks" or any(field.name in fields for fields in model[type_name].values()):
        yield from (Variant(host, kind, field.name, value) for value in values if used != {_text(value)})


def _text(value: object) -> str:
    return str(float(value) if isinstance(value, (int, float)) else value).casefold()


def _choices(field: Field, model: Mapping[str, Any]) -> Iterator[str | float]:
    yield from field.choices


def _numbers(field: Field, model: Mapping[str, Any]) -> Iterator[str | float]:
    """Zero, where the field may be zero, and a number that nothing else in an example has."""
    if field.kind not in ("number", "integer"):
        return
    usual = field.default if isinstance(field.default, (int, float)) else 0.0
    odd = usual * 0.937 if usual else 0.0371
    if field.kind == "integer":
        odd = int(usual) + 1
    yield from numbers_within(field, 0.0, odd)
    if field.auto:
        yield field.auto


def numbers_within(field: Field, *numbers: float) -> Iterator[float]:
    """Those of the numbers that a field may be, as its kind of number."""
    for number in numbers:
        if _within(field, number):
            yield int(number) if field.kind == "integer" else round(number, 6)


def _within(field: Field, number: float) -> bool:
    lows = [bound for bound in (field.minimum, field.exclusive_minimum) if bound is not None]
    highs = [bound for bound in (field.maximum, field.exclusive_maximum) if bound is not None]
    excluded = (field.exclusive_minimum, field.exclusive_maximum)
    return number not in excluded and all(low <= number for low in lows) and all(number <= high for high in highs)


def _schedules(field: Field, model: Mapping[str, Any]) -> Iterator[str | float]:
    """One of the example's own schedules."""
    if _SCHEDULES in field.object_lists:
        yield next(iter(model[_SCHEDULE_TYPE]))


def _blanks(field: Field, _: Mapping[str, Any]) -> Iterator[str | float]:
    """The field left out, where that may be."""
    if not field.required:
        yield ""


_SORTS: Mapping[Sort, Callable[[Field, Mapping[str, Any]], Iterator[str | float]]] = {
    "choices": _choices,
    "numbers": _numbers,
    "schedules": _schedules,
    "blanks": _blanks,
}
