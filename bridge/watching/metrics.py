"""A run of the bridge in numbers, for monitoring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from bridge.display.status import KINDS_TAKEN, Phase, Status
from bridge.link import LinkState
from ledger import Entry
from utils.status_file import StatusMetric, Values


def metrics_of(status: Status, taken: Sequence[Entry]) -> Iterator[StatusMetric]:
    """A moment, and the ledger's open entries at it."""
    kinds = Counter(type(entry) for entry in taken)
    controllers: Values = {(device,): float(state is LinkState.ONLINE) for device, state in status.controllers.items()}
    is_held = status.time is not None and status.time.held_since_s is not None
    phases: Values = {(one.name.lower(),): float(one is status.phase) for one in Phase}
    yield StatusMetric("phase", "1 for what it is doing.", phases, ("phase",))
    yield StatusMetric("steps", "Steps of this episode.", {(): float(status.step)}, counts=True)
    yield StatusMetric("episode", "Which episode it is, from 0.", {(): float(status.episode)})
    yield StatusMetric("late_steps", "Steps that came late.", {(): float(status.late_steps)}, counts=True)
    yield StatusMetric("time_held", "1 while simulated time is held.", {(): float(is_held)})
    yield StatusMetric("controller_online", "1 for a controller that answers.", controllers, ("controller",))
    yield StatusMetric("overrides_active", "1 for a group whose overrides are in force.", _active(status), ("group",))
    left: Values = {(words,): float(kinds[kind]) for kind, words in KINDS_TAKEN.items()}
    yield StatusMetric("taken", "What is taken of controllers and not given back yet.", left, ("what",))


def _active(status: Status) -> Values:
    return {(group,): 1.0 for group in status.active_groups}
