"""What BOPTEST servers say, in all the shapes that they say it (boptest-api §2, §13)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from clients.http.funnel import HttpReply, Json
from utils.clocks import ModelSeconds
from utils.errors import SimulationError, SimulationRefused, SimulationUnreachable
from utils.text import one_line
from utils.values import PointMetadata, SimulationState, is_finite_number

_BUSY = frozenset({429, 502, 503, 504})
_NO_LIMIT = 1e300  # an FMU without a limit tells +-1.797e308 (boptest-api §11)
_LONGEST_WORDS = 400
_WARNING = re.compile(r"WARNING: (value of \S+ for (\S+) is (?:above|below) .*?)\s*;")


@dataclass(frozen=True, slots=True)
class BoptestAnswer:
    """The body of a good answer: ``message`` in words, ``payload`` for the program."""

    message: str
    payload: Json


def envelope_of(reply: HttpReply, what: str) -> BoptestAnswer:
    """Open an answer to a test call. Raises SimulationRefused or SimulationUnreachable, saying what was asked."""
    if not reply.is_success:
        raise refusal(reply, what)
    document = json_of(reply, what)
    if not isinstance(document, dict) or "payload" not in document:
        raise SimulationUnreachable(f"{what}: the answer has no payload ({words_of(reply)})")
    return BoptestAnswer(str(document.get("message") or ""), document["payload"])


def json_of(reply: HttpReply, what: str) -> Json:
    """Decode an answer. Raises SimulationUnreachable when it is not JSON."""
    try:
        return reply.json()
    except ValueError:
        raise SimulationUnreachable(f"{what}: the answer is not JSON ({words_of(reply)})") from None


def refusal(reply: HttpReply, what: str) -> SimulationError:
    """The error that an answer outside 2xx stands for, with the server's own words."""
    sentence = f"{what}: {words_of(reply)} (HTTP {reply.status})"
    return SimulationUnreachable(sentence) if reply.status in _BUSY else SimulationRefused(sentence)


def words_of(reply: HttpReply) -> str:
    """The server's own words: ``message``, ``payload`` behind a bare "Bad Request", ``errors``, or the body."""
    try:
        document = reply.json()
    except ValueError:
        document = None
    words = _document_words(document) if isinstance(document, dict) else ""
    return _shortened(words or re.sub(r"<[^>]*>", " ", reply.text)) or "no words"


def _document_words(document: Mapping[str, Json]) -> str:
    errors = document.get("errors")
    if isinstance(errors, list):
        return "; ".join(str(error.get("msg", error)) if isinstance(error, dict) else str(error) for error in errors)
    message = document.get("message")
    payload = document.get("payload")
    if message == "Bad Request" and payload:
        return f"Bad Request: {payload}"
    return str(message or "")


def _shortened(words: str) -> str:
    """One line: of a traceback, what it says first and last."""
    lines = [" ".join(line.split()) for line in words.splitlines() if any(map(str.isalnum, line))]
    if any(line.endswith("Traceback (most recent call last):") for line in lines):
        lines = [lines[0].removesuffix("Traceback (most recent call last):").strip(), lines[-1]]
    return one_line(" ".join(lines), _LONGEST_WORDS)


def number_of(value: Json) -> float:
    """A number as the server tells it; NaN for null, true, infinities and for what is not a number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not is_finite_number(value):
        return math.nan
    return float(value)


def numbers_of(payload: Json, what: str) -> dict[str, float]:
    """A payload of numbers by name. Raises SimulationUnreachable when it is not an object."""
    # Nearly all of some hundred values a step are floats: those are not asked any more than that.
    return {
        name: value if type(value) is float and math.isfinite(value) else number_of(value)
        for name, value in object_of(payload, what).items()
    }


def series_of(payload: Json, what: str) -> dict[str, tuple[float, ...]]:
    """A payload of number lists by name. Raises SimulationUnreachable when it is not an object of lists."""
    series = {}
    for name, values in object_of(payload, what).items():
        if not isinstance(values, list):
            raise SimulationUnreachable(f"{what}: {name} is not a list")
        series[name] = tuple(number_of(value) for value in values)
    return series


def object_of(payload: Json, what: str) -> dict[str, Json]:
    """A payload that has to be a JSON object. Raises SimulationUnreachable when it is not."""
    if not isinstance(payload, dict):
        raise SimulationUnreachable(f"{what}: the payload is not an object ({_shortened(str(payload))})")
    return payload


def state_of(payload: Json, what: str) -> SimulationState:
    """The state after initialize, a scenario's period or a step. Raises SimulationUnreachable without a time."""
    values = numbers_of(payload, what)
    time_s = values.pop("time", math.nan)
    if math.isnan(time_s):
        raise SimulationUnreachable(f"{what}: the state has no time")
    return SimulationState(ModelSeconds(time_s), values)


def metadata_of(payload: Json, what: str, *, is_input: bool) -> dict[str, PointMetadata]:
    """The points of ``/inputs`` or ``/measurements``."""
    points = {name: object_of(entry, what) for name, entry in object_of(payload, what).items()}
    return {
        name: PointMetadata(
            unit=_text(entry.get("Unit")),
            description=_text(entry.get("Description")) or "",
            minimum=_limit(entry.get("Minimum")),
            maximum=_limit(entry.get("Maximum")),
            is_input=is_input,
        )
        for name, entry in points.items()
    }


def clipped_by_server(message: str) -> Iterable[tuple[str, str]]:
    """Each point that the server clipped in a step, with its words; there is no other sign than the message."""
    return ((match[2], one_line(match[1].rstrip(". "))) for match in _WARNING.finditer(message))


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _limit(value: Json) -> float | None:
    limit = number_of(value)
    return limit if abs(limit) < _NO_LIMIT else None
