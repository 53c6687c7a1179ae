"""The argument parsers of the v0.6.0 API, which look at a body before the test case does (boptest-api §13).

They are Flask-RESTful's: a list counts as an argument given several times, of which the first is taken, and what is
not declared as a number or a list arrives as text.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from emulators.boptest.case.scenario import PERIOD, PRICE
from emulators.boptest.replies import UNEXPECTED, Json, RefusalError
from utils.errors import BridgeError

SCENARIO = (PRICE, PERIOD)
"""The keys of a scenario in this version."""

_NAMES = "point_names"

_Values = Mapping[str, Sequence[Json]]


@dataclass(frozen=True, slots=True)
class _Arguments:
    """What a call's argument parser wants. A strict one refuses other keys."""

    required: Sequence[str] = ()
    optional: Sequence[str] = ()
    strict: bool = False


_PARSERS: Mapping[str, _Arguments] = {
    "set_step": _Arguments(required=("step",)),
    "initialize": _Arguments(required=("start_time", "warmup_period")),
    "get_results": _Arguments(required=(_NAMES, "start_time", "final_time"), strict=True),
    "get_forecast": _Arguments(required=(_NAMES, "horizon", "interval")),
    "set_scenario": _Arguments(optional=SCENARIO, strict=True),
}


class UnknownArgumentsError(BridgeError):
    """A strict parser met keys that it does not know; the answer is a message without envelope."""


def parsed(inputs: Iterable[str], method: str, body: Json) -> dict[str, Json]:
    """The arguments of a call.

    Raises RefusalError for a missing or unreadable argument, UnknownArgumentsError for keys of a strict parser, and
    TypeError or ValueError for a body that cannot be taken for pairs of keys and values.
    """
    given = _values(body)
    if method == "advance":
        return _overrides(list(inputs), given)
    arguments = _PARSERS.get(method, _Arguments())
    known = (*arguments.required, *arguments.optional)
    read = {name: _read(name, given) for name in known if name in given or name in arguments.required}
    if arguments.strict:
        _refuse_unknown(given, known)
    return {name: _joined(values) if name == _NAMES else values[0] for name, values in read.items()}


def _values(body: Json) -> _Values:
    """Every value of every key. A key with an empty list has none, and counts as absent."""
    values: dict[str, list[Json]] = {}
    pairs = body.items() if isinstance(body, dict) else () if body is None else body
    for key, value in pairs:
        for one in value if isinstance(value, list) else [value]:
            values.setdefault(key, []).append(one)
    return values


def _read(name: str, given: _Values) -> list[Json]:
    if name not in given:
        raise RefusalError(
            f"Bad input for parameter {name}. Missing required parameter in the JSON body or the post body or the "
            "query string"
        )
    return _converted(name, given[name], list if name == _NAMES else str)


def _converted(name: str, values: Iterable[Json], kind: Callable[[Json], Json]) -> list[Json]:
    """All values, even where only the first counts; null stays null."""
    try:
        return [None if value is None else kind(value) for value in values]
    except UNEXPECTED as error:
        raise RefusalError(f"Bad input for parameter {name}. {error}") from None


def _joined(names: Iterable[Json]) -> list[str]:
    """Names were taken apart into lists of letters. Raises TypeError for what is not made of text."""
    return ["".join(name) for name in names]


def _overrides(inputs: Sequence[str], given: _Values) -> dict[str, Json]:
    """A body whose values are all zero or null counts as nothing written."""
    values = {name: _converted(name, given[name], float)[0] for name in inputs if name in given}
    _refuse_unknown(given, inputs)
    return {name: value for name, value in values.items() if value is not None} if any(values.values()) else {}


def _refuse_unknown(given: Iterable[str], known: Container[str]) -> None:
    unknown = [name for name in given if name not in known]
    if unknown:
        raise UnknownArgumentsError(f"Unknown arguments: {', '.join(unknown)}")
