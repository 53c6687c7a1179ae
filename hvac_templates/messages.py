"""What the expansion has to say about a model, and its result.

A message names the template, the object and the field that it is about, so that it can be shown in a list, put into
the model for EnergyPlus to repeat in its error file, or read by a program.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning", "information"]
Fields: TypeAlias = Mapping[str, Any]
Model: TypeAlias = Mapping[str, Mapping[str, Fields]]
"""An epJSON document: object type, object name, field name, value."""

PREPROCESSOR = "HVACTemplate expansion"
PREPROCESSOR_TYPE = "Output:PreprocessorMessage"
MESSAGE_LINES = 10
"""Fields ``message_line_1`` ... of an Output:PreprocessorMessage."""
LINE_WIDTH = 95
"""Characters of one message line: EnergyPlus cuts alphas at 100."""

_SEVERITIES: Mapping[Severity, str] = {"error": "Severe", "warning": "Warning", "information": "Information"}


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell the user. ``template``, ``name`` and ``field`` are empty where it is about no single one."""

    severity: Severity
    template: str
    name: str
    field: str
    text: str

    @property
    def where(self) -> str:
        """The place that the message is about, as ``type "name" field``; empty where it has none."""
        quoted = f'"{self.name}"' if self.name else ""
        return " ".join(part for part in (self.template, quoted, self.field) if part)

    def __str__(self) -> str:
        return f"{self.severity}: {self.line}"

    @property
    def line(self) -> str:
        """Place and text on one line, without anything that a terminal would obey instead of showing it."""
        return printable(f"{self.where}: {self.text}" if self.where else self.text)

    def as_dict(self) -> dict[str, str]:
        """The parts by their names, for JSON."""
        return {
            "severity": self.severity,
            "template": self.template,
            "name": self.name,
            "field": self.field,
            "text": self.text,
        }


def printable(text: str) -> str:
    """The text with its control characters written out: ``\\n``, ``\\x1b``."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


def error(template: str, name: str, field: str, text: str) -> Message:
    """A message that refuses the model."""
    return Message("error", template, name, field, text)


def warning(template: str, name: str, field: str, text: str) -> Message:
    """A message about something doubtful; the model is expanded."""
    return Message("warning", template, name, field, text)


def information(template: str, name: str, field: str, text: str) -> Message:
    """A message about a decision that the expansion took."""
    return Message("information", template, name, field, text)


def has_errors(messages: Iterable[Message]) -> bool:
    """Whether one of the messages refuses the model."""
    return any(message.severity == "error" for message in messages)


@dataclass(frozen=True, slots=True)
class Result:
    """The expanded model, or None where it was refused, and everything there is to say about it."""

    model: dict[str, dict[str, dict[str, Any]]] | None
    messages: tuple[Message, ...] = ()

    @property
    def errors(self) -> tuple[Message, ...]:
        """The messages that refuse the model."""
        return tuple(message for message in self.messages if message.severity == "error")

    def as_dict(self) -> dict[str, Any]:
        """``outputPreProcessMessage`` (all messages, one per line), and on success the model under its own keys."""
        text = "\n".join(str(message) for message in self.messages)
        model = {} if self.model is None else with_messages(self.model, self.messages)
        return {"outputPreProcessMessage": text, **model}


def with_messages(model: Model, messages: Iterable[Message]) -> dict[str, Any]:
    """A model that carries the messages as objects; those that were in it stay. The given one is not changed."""
    kept = dict(model.get(PREPROCESSOR_TYPE, {}))
    taken = {name.casefold() for name in kept}
    numbers = (f"{PREPROCESSOR} message {number}" for number in range(1, 1_000_000))
    for message in messages:
        free = next(name for name in numbers if name.casefold() not in taken)
        kept[free] = preprocessor_fields(message)
    return {**model, PREPROCESSOR_TYPE: kept} if kept else dict(model)


def preprocessor_fields(message: Message) -> dict[str, str]:
    """The fields of an Output:PreprocessorMessage that says it; EnergyPlus repeats it in its error file."""
    place = f"{message.where}: " if message.where else ""
    lines = textwrap.wrap(f"{place}{message.text}", LINE_WIDTH)[:MESSAGE_LINES]
    numbered = {f"message_line_{number}": line for number, line in enumerate(lines, start=1)}
    return {"preprocessor_name": PREPROCESSOR, "error_severity": _SEVERITIES[message.severity], **numbered}
