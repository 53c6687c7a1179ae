"""What a tree of parts remembers: every number in it by its path, read out and put back to the bit.

A state only ever sets numbers where the living tree has numbers: parts are never made from it, and no name in it is
ever looked up. So a state that somebody has tampered with gives a strange building, and runs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from enum import Enum
from functools import cache
from math import isfinite
from typing import NamedTuple, TypeAlias

from emulators.states.errors import ForeignStateError, SavedStateError

Plain: TypeAlias = "float | int | bool | str | list[Plain] | dict[str, Plain]"
Memory: TypeAlias = dict[str, Plain]
"""Numbers, truths, names of enumeration members, and several numbers together, by their paths (``rooms.0.co2``)."""

_OURS = "emulators."
_ONE, _SEVERAL = (bool, int, float, Enum), (list, tuple, dict)


class _Place(NamedTuple):
    """An attribute that holds something to remember."""

    owner: object
    attribute: str
    value: object


def remember(part: object, constants: tuple[type, ...] = ()) -> Memory:
    """Everything in ``part`` and the parts below it that may change. ``constants`` are classes to pass by.

    Frozen dataclasses, texts and None are constants as well. Raises TypeError for what no state can hold.
    """
    return {path: _plain(place.value) for path, place in _places(part, constants).items()}


def prepare(
    part: object, memory: Mapping[str, object], what: str, constants: tuple[type, ...] = ()
) -> Callable[[], None]:
    """The way back to a memory of ``part``: what is returned goes there and never fails; until then nothing changes.

    Raises SavedStateError, which names ``what``, when the memory is one of something else.
    """
    places = _places(part, constants)
    strange = sorted(places.keys() ^ memory.keys())
    if strange:
        raise ForeignStateError(f"{what}: the state is of another version ({_shown(strange)})")
    revived = {path: _revived(place.value, memory[path], f"{what}: {path}") for path, place in places.items()}

    def go_back() -> None:
        for path, place in places.items():
            setattr(place.owner, place.attribute, revived[path])

    return go_back


def _shown(names: Collection[str]) -> str:
    first, *others = names
    return f"{first[:80]!a}" + (f" and {len(others)} more" if others else "")


def _places(part: object, constants: tuple[type, ...]) -> dict[str, _Place]:
    places: dict[str, _Place] = {}
    _walk(part, "", constants, set(), places)
    return places


def _walk(part: object, path: str, constants: tuple[type, ...], seen: set[int], places: dict[str, _Place]) -> None:
    """Each part once, however many others know it; in the order of its attributes."""
    seen.add(id(part))
    for attribute in _attributes(part):
        value = getattr(part, attribute)
        here = f"{path}{attribute.lstrip('_')}"
        if _is_remembered(value):
            places[here] = _Place(part, attribute, value)
            continue
        for below, found in _parts_in(value, here):
            if _is_part(found, constants, below) and id(found) not in seen:
                _walk(found, f"{below}.", constants, seen, places)


def _attributes(part: object) -> list[str]:
    return [*_slots(type(part)), *getattr(part, "__dict__", ())]  # type: ignore[arg-type]


@cache
def _slots(kind: type) -> tuple[str, ...]:
    return tuple(name for base in kind.__mro__ for name in getattr(base, "__slots__", ()))


def _is_remembered(value: object) -> bool:
    if isinstance(value, _SEVERAL):
        items = value.values() if isinstance(value, dict) else value
        return bool(value) and all(isinstance(item, float) for item in items)
    return isinstance(value, _ONE)


def _parts_in(value: object, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, list | tuple):
        yield from ((f"{path}.{number}", item) for number, item in enumerate(value))
    elif isinstance(value, Mapping):
        yield from ((f"{path}.{_key(key)}", item) for key, item in value.items())
    else:
        yield path, value


def _key(key: object) -> str:
    return key.name if isinstance(key, Enum) else str(key)


def _is_part(value: object, constants: tuple[type, ...], path: str) -> bool:
    if value is None or isinstance(value, (str, *constants)) or _is_frozen(type(value)):  # type: ignore[arg-type]
        return False
    if not type(value).__module__.startswith(_OURS):
        raise TypeError(f"{path}: no state can hold {type(value)}")
    return True


@cache
def _is_frozen(kind: type) -> bool:
    return bool(getattr(getattr(kind, "__dataclass_params__", None), "frozen", False))


def _plain(value: object) -> Plain:
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {_key(key): _plain(item) for key, item in value.items()}
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    raise TypeError(f"no state can hold {type(value)}")


def _revived(living: object, told: object, where: str) -> object:
    """What was told, if it is of the same kind as what lives there."""
    if isinstance(living, Enum):
        return _member(type(living), told, where)
    if isinstance(living, list | tuple):
        if not isinstance(told, list) or len(told) != len(living):
            raise SavedStateError(f"{where} has to be a list of {len(living)} numbers")
        return type(living)(_number(item, where) for item in told)
    if isinstance(living, dict):
        if not isinstance(told, dict) or told.keys() != {_key(key) for key in living}:
            raise SavedStateError(f"{where} has to have {len(living)} numbers by their names")
        return {key: _number(told[_key(key)], where) for key in living}
    if isinstance(living, bool):
        if not isinstance(told, bool):
            raise SavedStateError(f"{where} has to be true or false")
        return told
    return _number(told, where)


def _member(kind: type[Enum], told: object, where: str) -> Enum:
    if not isinstance(told, str) or told not in kind.__members__:
        raise SavedStateError(f"{where} has to be one of {', '.join(kind.__members__)}")
    return kind[told]


_NOT_FINITE = {"inf", "-inf", "nan"}


def _number(told: object, where: str) -> float:
    if isinstance(told, str) and told in _NOT_FINITE:
        return float(told)
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise SavedStateError(f"{where} has to be a number")
    return told
