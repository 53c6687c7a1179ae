"""What is found out before anything is written: a start refuses the problems, ``check`` tells all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from utils.errors import Problem
from utils.text import placed


class Severity(StrEnum):
    """How bad a finding is."""

    PROBLEM = "problem"
    """A run would refuse to start."""
    WARNING = "warning"
    """A run would start, and somebody may be surprised."""
    NOTE = "note"


class Topic(StrEnum):
    """What a finding is about, for scripts."""

    CONNECTION = "connection"
    ACCOUNT = "account"
    CONFIG = "config"
    LEDGER = "ledger"
    JOURNAL = "journal"
    SLOT = "slot"
    SERVICE = "out-of-service"
    VALUE = "value"
    UNITS = "units"
    RANGE = "range"
    LOOP = "loop"
    SAFETY = "safety"
    OUTPUTS = "outputs"
    CLOCK = "clock"
    CALENDAR = "calendar"
    CERTIFICATE = "certificate"
    DELAY = "delay"
    SUBSCRIBER = "subscriber"
    BINDING = "binding"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know. ``where`` names a file and a point, a controller or a setting."""

    severity: Severity
    topic: Topic
    where: str
    what: str

    def __str__(self) -> str:
        return placed(self.where, self.what)


def problem_findings(topic: Topic, problems: Iterable[Problem]) -> Iterator[Finding]:
    """What somebody else has judged already, as findings."""
    return (Finding(Severity.PROBLEM, topic, problem.where, problem.what) for problem in problems)


def refusals(findings: Iterable[Finding]) -> list[Problem]:
    """What a start is refused for."""
    return [Problem(one.where, one.what) for one in findings if one.severity is Severity.PROBLEM]
