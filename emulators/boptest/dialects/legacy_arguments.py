"""The argument parsers of the v0.6.0 API, which look at a body before the test case does (boptest-api §13)."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from emulators.boptest.case.scenario import PERIOD, PRICE
from emulators.boptest.replies import Json, RefusalError
from utils.errors import BridgeError

SCENARIO = (PRICE, PERIOD)
"""The keys of a scenario in this version."""


@dataclass(frozen=True, slots=True)
class _Arguments:
    """What a call's argument parser wants. A strict one refuses other keys."""

    required: Sequence[str] = ()
    optional: Sequence[str] = ()
    strict: bool = False


_PARSERS: Mapping[str, _Arguments] = {
    "set_step": _Arguments(required=("step",)),
    "initialize": _Arguments(required=("start_time", "warmup_period")),
    "get_results": _Arguments(required=("point_names", "start_time", "final_time"), strict=True),
    "get_forecast": _Arguments(required=("point_names", "horizon", "interval")),
    "set_scenario": _Arguments(optional=SCENARIO, strict=True),
}


class UnknownArgumentsError(BridgeError):
    """A strict parser met keys that it does not know; the answer is a message without envelope."""


def parsed(inputs: Iterable[str], method: str, body: Json) -> dict[str, Json]:
    """The arguments of a call. A body that is no object counts as empty.

    Raises RefusalError for a missing or unreadable argument and UnknownArgumentsError for keys of a strict parser.
    """
    given = body if isinstance(body, dict) else {}
    if method == "advance":
        return _overrides(list(inputs), given)
    arguments = _PARSERS.get(method, _Arguments())
    for name in arguments.required:
        if name not in given:
            raise RefusalError(
                f"Bad input for parameter {name}. Missing required parameter in the JSON body or the post body or "
                "the query string"
            )
    known = (*arguments.required, *arguments.optional)
    if arguments.strict:
        _refuse_unknown(given, known)
    return {name: given[name] for name in known if name in given}


def _overrides(inputs: Sequence[str], given: Mapping[str, Json]) -> dict[str, float]:
    """A body whose values are all zero or null counts as nothing written."""
    values = {name: _as_float(name, given[name]) for name in inputs if given.get(name) is not None}
    _refuse_unknown(given, inputs)
    return values if any(values.values()) else {}


def _as_float(name: str, value: Json) -> float:
    try:
        return float(value)
    except (OverflowError, TypeError, ValueError) as error:
        raise RefusalError(f"Bad input for parameter {name}. {error}") from None


def _refuse_unknown(given: Iterable[str], known: Container[str]) -> None:
    unknown = [name for name in given if name not in known]
    if unknown:
        raise UnknownArgumentsError(f"Unknown arguments: {', '.join(unknown)}")
