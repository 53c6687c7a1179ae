"""Programs in numbers, for monitoring."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from supervisory.guard.enabling import State
from supervisory.program_status import ProgramStatus
from utils.status_file import StatusMetric, Values

_STATES = (*(state.value for state in State), "waiting", "dry run")


def metrics_of(programs: Sequence[ProgramStatus]) -> Iterator[StatusMetric]:
    """This moment of each."""
    states: Values = {(one.name, state): float(one.state == state) for one in programs for state in _STATES}
    yield StatusMetric("program_state", "1 for the state that it is in.", states, ("program", "state"))
    rounds: Values = {(one.name,): float(one.rounds) for one in programs}
    yield StatusMetric("program_rounds", "Rounds that it has begun.", rounds, ("program",), counts=True)
    alarms: Values = {(one.name,): float(bool(one.alarm)) for one in programs}
    yield StatusMetric("program_alarm", "1 while an alarm of it stands.", alarms, ("program",))
