"""From the data of the YAML files to the typed tree. Every fault is collected with its file and path."""

from __future__ import annotations

from collections.abc import Iterable

from hvac_templates.language.conditions import Options
from hvac_templates.language.macros import Parts, expanded
from hvac_templates.language.model import (
    Action,
    Block,
    Check,
    Entry,
    Link,
    ObjectTemplate,
    PathSpec,
    TemplateSpec,
    matches,
    objects_of,
)
from hvac_templates.language.objects import (
    CONDITION_WORDS,
    OVERRIDE_WORDS,
    Overrides,
    Raw,
    many,
    object_spec,
    option_condition,
    optional,
    options,
    overrides_of,
    parse_condition,
)
from hvac_templates.language.text import MAIN_PATH, TreeFault, entries, listed, needed, only, parse_text, text_of, whole
from utils.errors import Problem

ANY_TEMPLATE = "HVACTemplate:*"
DEEPEST = 12
"""How often a part may use itself, with other parameters each time: for the speeds of a coil, say."""
BLOCK_WORDS = CONDITION_WORDS | {"Objects", "Use", "With", "TemplateObjects", *OVERRIDE_WORDS}
ACTION_WORDS = BLOCK_WORDS | {"ActionType", "ObjectReference", "Occurrence", "Location"}


class TreeParser:
    """Parses templates of one file. What cannot be understood is left out and noted in ``problems``."""

    def __init__(self, source: str, parts: Parts) -> None:
        self.problems: list[Problem] = []
        self._source = source
        self._parts = parts

    def template(self, type_name: str, raw: Raw) -> TemplateSpec:
        """One entry of the OptionTree."""
        try:
            return self._template(type_name, raw)
        except TreeFault as fault:
            self._note((type_name,), fault)
            return TemplateSpec(type_name, self._source, parse_text("{}"), {}, {}, (), Block())

    def _template(self, type_name: str, raw: Raw) -> TemplateSpec:
        words = {"Name", "Links", "Loops", "BuildPath", "BuildPaths", "BaseObjects", "TemplateObjects", "Checks"}
        only(raw, words)
        paths = entries(raw, "BuildPaths")
        if "BuildPath" in raw:
            paths = {MAIN_PATH: raw["BuildPath"], **paths}
        base = [raw.get("BaseObjects", []), {"TemplateObjects": raw.get("TemplateObjects", {})}]
        return TemplateSpec(
            type_name,
            self._source,
            parse_text(text_of(raw, "Name", "{}")),
            {name: _link(name, link) for name, link in entries(raw, "Links").items()},
            {kind: text_of(raw["Loops"], kind) for kind in entries(raw, "Loops")},
            tuple(self._path(name, path, (type_name, name)) for name, path in paths.items()),
            Block(tuple(self._block(part, (type_name,), ()) for part in base)),
            tuple(_check(check) for check in self._checks(listed(raw, "Checks"))),
        )

    def _checks(self, raw: object, within: tuple[str, ...] = ()) -> Iterable[Raw]:
        """Checks, those of the parts that are used among them."""
        if not isinstance(raw, list):
            raise TreeFault("Checks are a list")
        for check in raw:
            if isinstance(check, dict) and "Use" in check:
                for name, part in expanded(check, self._parts):
                    if within.count(name) > DEEPEST:
                        raise TreeFault(f"Use {name}: the part uses itself without end")
                    yield from self._checks(part, (*within, name))
            else:
                yield check

    def _path(self, name: str, raw: Raw, where: tuple[str, ...]) -> PathSpec:
        only(raw, {"Inlet", "Outlet", "Branch", "BaseObjects", "Actions"})
        return PathSpec(
            name,
            self._block(raw.get("BaseObjects", []), (*where, "BaseObjects"), ()),
            tuple(self._actions(listed(raw, "Actions"), (*where, "Actions"))),
            optional(raw, "Inlet"),
            optional(raw, "Outlet"),
            optional(raw, "Branch"),
        )

    def _actions(self, raw: Iterable[Raw], where: tuple[str, ...]) -> Iterable[Action]:
        """Actions, those among them that are chosen by a field: ``field: {option: action}``."""
        for number, one in enumerate(raw, start=1):
            here = (*where, str(number))
            if not isinstance(one, dict) or set(one) & ACTION_WORDS:
                yield self._action(one, here)
                continue
            for name in one:
                for option, action in entries(one, name).items():
                    chosen = option_condition(str(name), option, entries(one, name))
                    if both := sorted(CONDITION_WORDS & set(action)):
                        raise TreeFault(f"{name} / {option}: chosen by a field, an action has no {both[0]}, too")
                    yield self._action({**action, **chosen}, (*here, str(name), str(option)))

    def _action(self, raw: Raw, where: tuple[str, ...]) -> Action:
        only(raw, ACTION_WORDS)
        kind = raw.get("ActionType", "Insert")
        if kind not in ("Insert", "Remove", "Replace"):
            raise TreeFault(f"ActionType {kind}: it is Insert, Remove or Replace")
        location = raw.get("Location", "After")
        if not isinstance(location, int) and location not in ("Before", "After"):
            raise TreeFault(f"Location {location}: it is Before, After or a number")
        if not isinstance(location, int) and "ObjectReference" not in raw:
            raise TreeFault("an action needs an ObjectReference, or a number as its Location")
        body = {word: raw[word] for word in BLOCK_WORDS - CONDITION_WORDS if word in raw}
        return Action(
            kind,
            text_of(raw, "ObjectReference"),
            whole(raw, "Occurrence", 1),
            location,
            self._block(body, where, ()),
            parse_condition(raw),
        )

    def _block(self, raw: object, where: tuple[str, ...], overrides: Overrides) -> Block:
        if isinstance(raw, list):
            return Block(tuple(self._entries(raw, where, overrides)))
        if not isinstance(raw, dict):
            self._note(where, TreeFault(f"{raw!r} stands where objects are expected"))
            return Block()
        if not set(raw) & (BLOCK_WORDS | {"Existing"}):
            return Block(tuple(self._objects(raw, where, overrides)))
        try:
            return self._worded_block(raw, where, overrides)
        except TreeFault as fault:
            self._note(where, fault)
            return Block()

    def _entries(self, raw: Iterable[object], where: tuple[str, ...], overrides: Overrides) -> Iterable[Entry]:
        for number, entry in enumerate(raw, start=1):
            if isinstance(entry, dict) and "Existing" in entry:
                yield from self._existing(entry, (*where, str(number)))
            else:
                yield from _flat(self._block(entry, (*where, str(number)), overrides))

    def _worded_block(self, raw: Raw, where: tuple[str, ...], overrides: Overrides) -> Block:
        only(raw, BLOCK_WORDS)
        inner = (*overrides_of(raw), *overrides)
        found: list[Entry] = []
        for name, part in expanded(raw, self._parts):
            if where.count(f"Use {name}") > DEEPEST:
                raise TreeFault(f"Use {name}: the part uses itself without end")
            found += _flat(self._block(part, (*where, f"Use {name}"), inner))
        found += _flat(self._block(raw.get("Objects", []), (*where, "Objects"), inner))
        for name, choices in entries(raw, "TemplateObjects").items():
            found.append(self._options(name, choices, (*where, name), inner))
        block = Block(tuple(found), parse_condition(raw))
        for pattern in dict(overrides_of(raw)):
            if not any(matches(pattern, spec) for spec in objects_of(block)):
                raise TreeFault(f"{pattern}: what the block says of it has no object here")
        return block

    def _options(self, name: str, raw: object, where: tuple[str, ...], overrides: Overrides) -> Options[Block]:
        if not isinstance(raw, dict):
            raise TreeFault(f"{name}: write option: objects")
        parts = {option: self._block(part or [], (*where, str(option)), overrides) for option, part in raw.items()}
        return options(name, parts)

    def _objects(self, raw: Raw, where: tuple[str, ...], overrides: Overrides) -> Iterable[ObjectTemplate]:
        for type_name, body in raw.items():
            try:
                yield object_spec(type_name, body or {}, overrides)
            except TreeFault as fault:
                self._note((*where, str(type_name)), fault)

    def _existing(self, raw: Raw, where: tuple[str, ...]) -> Iterable[ObjectTemplate]:
        try:
            only(raw, {"Existing", "As", "Connectors"} | CONDITION_WORDS)
            body = {word: value for word, value in raw.items() if word != "Existing"}
            yield object_spec("", body, (), existing=raw["Existing"])
        except TreeFault as fault:
            self._note(where, fault)

    def _note(self, where: tuple[str, ...], fault: Exception) -> None:
        self.problems.append(Problem(f"{self._source}: {' / '.join(where)}", str(fault)))


def _check(raw: Raw) -> Check:
    only(raw, CONDITION_WORDS | {"Field", "Message", "Severity"})
    severity = raw.get("Severity", "error")
    if severity not in ("error", "warning"):
        raise TreeFault(f"Severity {severity}: it is error or warning")
    return Check(parse_condition(raw), text_of(raw, "Field"), parse_text(str(needed(raw, "Message"))), severity)


def _flat(block: Block) -> tuple[Entry, ...]:
    """What a block adds to the one around it: its entries, or itself where it has a condition."""
    return (block,) if block.when else block.entries


def _link(name: str, raw: object) -> Link:
    if isinstance(raw, str):
        return Link(parse_text(f"{{{raw}}}"), (ANY_TEMPLATE,))
    if not isinstance(raw, dict):
        raise TreeFault(f"{name}: {raw!r} is no link: name the field that leads there")
    only(raw, {"Field", "Types", "Object", "Optional"})
    existing = parse_text(text_of(raw, "Object")) if "Object" in raw else None
    types = many(raw.get("Types", ANY_TEMPLATE))
    return Link(parse_text(f"{{{needed(raw, 'Field')}}}"), types, existing, "Optional" in raw)
