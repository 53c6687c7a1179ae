"""The parts of the tree that stand for objects: fields, conditions, choices, connectors, lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias, TypeVar

from hvac_templates.language.conditions import (
    ANY_NUMBER,
    ANY_VALUE,
    GIVEN,
    NONE,
    NOT_GIVEN,
    Condition,
    Key,
    Options,
    Test,
    key_of,
)
from hvac_templates.language.model import (
    AIR,
    AIR_LOOP,
    Assignment,
    Connector,
    FieldReference,
    Listing,
    ObjectTemplate,
    matches,
)
from hvac_templates.language.text import (
    INLET,
    OUTLET,
    TreeFault,
    entries,
    listed,
    only,
    parse_text,
    parse_value,
    text_of,
)
from hvac_templates.language.values import FieldValue, Value

Raw: TypeAlias = Mapping[str, Any]
Overrides: TypeAlias = tuple[tuple[str, Raw], ...]
"""Transitions, Mappings and Cases of the blocks around: pattern, and the body that says them."""

PartT = TypeVar("PartT")

CONDITION_WORDS = {"When", "Unless", "WhenAny"}
OVERRIDE_WORDS = ("Transitions", "Mappings", "Cases")
OBJECT_WORDS = CONDITION_WORDS | {"Fields", "Connectors", "As", "Listed", "Numbered", *OVERRIDE_WORDS}
_MEANT = {NONE, ANY_VALUE, ANY_NUMBER, GIVEN, NOT_GIVEN}


def object_spec(type_name: str, raw: Raw, overrides: Overrides, *, existing: str = "") -> ObjectTemplate:
    """A super object. Raises TreeFault."""
    only(raw, OBJECT_WORDS)
    fields = dict(entries(raw, "Fields"))
    name = _field_value("name", fields.pop("name", f"{{}} {type_name}"))
    listings = [_listing(raw[word], word) for word in ("Listed", "Numbered") if word in raw]
    bare = ObjectTemplate(type_name, name, text_of(raw, "As"), existing, parse_condition(raw))
    bodies = [raw, *(body for pattern, body in overrides if matches(pattern, bare))]
    assignments = _assignments(fields)
    assignments += [made for body in bodies for made in _transitions(entries(body, "Transitions"))]
    assignments += [made for body in bodies for case in listed(body, "Cases") for made in _case(case)]
    return ObjectTemplate(
        type_name,
        name,
        bare.role,
        existing,
        bare.when,
        tuple(assignments),
        tuple(_mapping(*item) for body in bodies for item in entries(body, "Mappings").items()),
        tuple(_connectors(entries(raw, "Connectors"))),
        tuple(listings),
    )


def overrides_of(raw: Raw) -> Iterable[tuple[str, Raw]]:
    """What a block says about the objects in it: pattern, and the body with Transitions, Mappings or Cases."""
    for word in OVERRIDE_WORDS:
        said = raw.get(word)
        for one in said if isinstance(said, list) else [said]:
            for pattern, body in entries({word: one}, word).items():
                yield str(pattern), {word: body}


def _transitions(raw: Raw) -> Iterable[Assignment]:
    """``template_field: object_field``, or ``template_field: {object_field: value}``: when the field has a value."""
    for name, target in raw.items():
        if isinstance(target, str):
            yield Assignment(target, parse_text(f"{{{name}}}"))
        else:
            has_value = Condition(((_test(name, ANY_VALUE),),))
            yield from _assignments(entries(raw, name), has_value)


def _case(raw: Raw) -> list[Assignment]:
    only(raw, CONDITION_WORDS | {"Fields"})
    return _assignments(entries(raw, "Fields"), parse_condition(raw))


def _assignments(fields: Raw, when: Condition | None = None) -> list[Assignment]:
    return [Assignment(str(field), _field_value(field, value), when) for field, value in fields.items()]


def _field_value(field: str, raw: object) -> Value:
    try:
        return parse_value(raw)
    except TreeFault as fault:
        raise TreeFault(f"{field}: {fault}") from fault


def _mapping(name: str, raw: Raw) -> Options[tuple[Assignment, ...]]:
    if not isinstance(raw, dict):
        raise TreeFault(f"{name}: {raw!r} stands where value: fields are expected")
    return options(name, {option: tuple(_assignments(entries(raw, option))) for option in raw})


def options(name: str, raw: Mapping[Any, PartT]) -> Options[PartT]:
    """Options by what they are for; ``A | B`` stands for both. Raises TreeFault for one that is said twice."""
    parts: dict[Key, PartT] = {}
    for option, part in raw.items():
        for key in _keys(option):
            if key in parts:
                raise TreeFault(f"{name}: {option} is there twice")
            parts[key] = part
    number, other = (parts.pop(key_of(word), None) for word in (ANY_NUMBER, ANY_VALUE))
    return Options(name, parts, number, other)


def _keys(option: str | float) -> list[Key]:
    return [key_of(word) for word in _words(option)]


def option_condition(name: str, option: str | float, among: Iterable[str | float]) -> Raw:
    """``When`` and ``Unless`` of what a field chooses among options, as :class:`Options` chooses."""
    words = {one: _words(one) for one in among}
    meant = words[option]
    if not {ANY_VALUE, ANY_NUMBER} & set(meant):
        return {"When": {name: meant}}
    others = [word for one in words if one != option for word in words[one] if word != ANY_VALUE]
    return {"When": {name: meant}, "Unless": {name: others}} if others else {"When": {name: meant}}


def _words(option: str | float) -> list[str | float]:
    return [word.strip() for word in option.split("|")] if isinstance(option, str) else [option]


def parse_condition(raw: Raw) -> Condition | None:
    """``When``, ``Unless`` and ``WhenAny`` of a block; None where it has none of them. Raises TreeFault."""
    when, unless, anywhere = (_alternatives(raw.get(word, [])) for word in ("When", "Unless", "WhenAny"))
    when_any = Condition(anywhere) if anywhere else None
    return Condition(when, unless, when_any) if when or unless or anywhere else None


def _alternatives(raw: object) -> tuple[tuple[Test, ...], ...]:
    found = []
    for tests in raw if isinstance(raw, list) else [raw]:
        if not isinstance(tests, dict) or not tests:
            raise TreeFault(f"{tests!r}: a condition says field: value")
        found.append(tuple(_test(name, wanted) for name, wanted in tests.items()))
    return tuple(found)


def _test(name: str, wanted: Any) -> Test:  # noqa: ANN401 (any form of YAML)
    if isinstance(wanted, dict):
        only(wanted, {"Above", "Below"})
        return Test(name, frozenset(), above=_bound(wanted.get("Above")), below=_bound(wanted.get("Below")))
    if isinstance(wanted, str) and wanted.startswith("{"):
        return Test(name, frozenset(), same_as=_field_name(wanted))
    values = wanted if isinstance(wanted, list) else [wanted]
    if wrong := [value for value in values if not isinstance(value, (str, int, float))]:
        raise TreeFault(f"{name}: {wrong[0]!r} is no value to compare with; blank is the word None in quotes")
    words = frozenset(value for value in values if isinstance(value, str) and value in _MEANT)
    return Test(name, frozenset(key_of(value) for value in values if value not in words), words)


def _bound(raw: float | str | None) -> float | str | None:
    return _field_name(raw) if isinstance(raw, str) else raw


def _field_name(text: str) -> str:
    value = parse_text(text)
    if not isinstance(value, FieldValue):
        raise TreeFault(f"{text}: compare with one field")
    return value.name


def _connectors(raw: Raw) -> Iterable[Connector]:
    for target, body in raw.items():
        for one in body if isinstance(body, list) else [body]:
            yield _connector(target, one or {})


def _connector(target: str, raw: Raw) -> Connector:
    only(raw, {"Side", "Inlet", "Outlet", "Branch", "Priority", "Through"} | CONDITION_WORDS)
    return Connector(
        AIR if target == AIR_LOOP else target,
        text_of(raw, "Side"),
        _field_reference(raw.get(INLET)),
        _field_reference(raw.get(OUTLET)),
        optional(raw, "Branch"),
        optional(raw, "Priority"),
        text_of(raw, "Through"),
        parse_condition(raw),
    )


def _field_reference(raw: object) -> FieldReference | None:
    if raw is None:
        return None
    if isinstance(raw, dict) and len(raw) == 1:
        target, field = next(iter(raw.items()))
        return FieldReference(str(target), str(field))
    return FieldReference("", str(raw))


def _listing(raw: Raw, word: str) -> Listing:
    only(raw, {"Of", "Joined", "Into", "Fields"})
    if (word == "Listed") != ("Into" in raw):
        raise TreeFault("Listed says Into which array; Numbered has # in its fields instead")
    sources = [(kind, name) for kind in raw if kind in ("Of", "Joined") for name in many(raw[kind])]
    cells = entries(raw, "Fields")
    if wrong := [field for field, word in cells.items() if not isinstance(word, (str, int, float))]:
        raise TreeFault(f"{wrong[0]}: say what of each object to put there: key, self, Outlet, a field")
    return Listing(tuple(cells.items()), tuple(sources), text_of(raw, "Into"))


def many(raw: object) -> tuple[str, ...]:
    """One text or several, as several. Raises TreeFault for anything else."""
    texts = raw if isinstance(raw, list) else [raw]
    if wrong := [text for text in texts if not isinstance(text, str)]:
        raise TreeFault(f"{wrong[0]!r} stands where a text is expected")
    return tuple(texts)


def optional(raw: Raw, word: str) -> Value | None:
    """The value of a word; None where it is not there. Raises TreeFault."""
    return parse_value(raw[word]) if word in raw else None
