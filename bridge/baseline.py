"""The baseline of a run: what the building's own control does over the same period, computed on the same server.

The test case is selected anew, initialized at the same start with the same warm-up, and advanced by the same step with
nothing overridden. It is kept as a recording of its own, so that it is computed once.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bridge.memory.signals import Layout
from bridge.startup import initialize
from clients.boptest_client import BOPTestClient
from recording import BAD, BRIDGE, GOOD, EventKind, RecordedStep, Recorder, RunsFolder, Signal, open_run
from recording.columns import RunData
from recording.finding import BASELINE, runs_in
from recording.what_runs import versions
from utils.clocks import HOST, Clocks, ModelSeconds, model_datetime
from utils.errors import BridgeError, ConfigError, Problem
from utils.values import SimulationState

log = logging.getLogger(__name__)

_ENDING = "ended"


class BaselineLost(BridgeError):
    """The building's own control was computed, and could not be recorded."""


@dataclass(frozen=True, slots=True)
class BaselinePlan:
    """What is computed: model times and durations in s. Two runs with the same plan have the same baseline.

    ``spans`` are when each episode begins and ends; ``server`` is the version of what computes it, ``building`` the
    identity of an embedded one.
    """

    test_case: str
    server: str
    warmup_s: float
    step_s: float
    price: str | None
    spans: tuple[tuple[float, float], ...]
    building: str = ""

    @classmethod
    def of(cls, run: RunData) -> BaselinePlan:
        """The plan for a run. Raises :class:`ConfigError` where its recording does not tell enough."""
        case, price = run.fact("test_case", "name"), run.fact("episode", "price")
        warmup_s, step_s = run.number("episode", "warmup_s"), run.number("episode", "step_s")
        spans = tuple((one.first_s, one.last_s) for one in run.episodes if one.steps)
        if not isinstance(case, str) or not case or not warmup_s >= 0.0 or not step_s > 0.0 or not spans:
            what = "does not tell test case, warm-up, step and when it began, without which there is no baseline"
            raise ConfigError([Problem(run.name, what)])
        version, building = (_word(run.fact(*path)) for path in (("test_case", "version"), ("building", "identity")))
        return cls(case, version, warmup_s, step_s, _word(price) or None, spans, building)

    @property
    def steps(self) -> int:
        """How often the building is advanced."""
        return sum(self.steps_of(first_s, last_s) for first_s, last_s in self.spans)

    def steps_of(self, first_s: float, last_s: float) -> int:
        """The same of one episode."""
        return math.ceil((last_s - first_s) / self.step_s - 1e-6)

    def as_fact(self) -> dict[str, object]:
        """As it stands in the recording of the baseline."""
        return {**asdict(self), "spans": [list(span) for span in self.spans]}


def _word(told: object) -> str:
    return told if isinstance(told, str) else ""


def find_baseline(folder: RunsFolder, plan: BaselinePlan) -> Path | None:
    """A recording of what is planned; None where there is none that is whole."""
    for files in reversed(runs_in(folder)):
        if files.kind == BASELINE and not files.is_running and _is_of(files.parts[0], plan):
            return files.parts[0]
    return None


def record_baseline(
    client: BOPTestClient, run: RunData, plan: BaselinePlan, folder: RunsFolder, clocks: Clocks = HOST
) -> Path:
    """Compute and record it. The client's test is ours alone, and is stopped by whoever made the client.

    Raises :class:`utils.errors.SimulationError`, :class:`ConfigError`, and :class:`BaselineLost`.
    """
    client.connect(plan.test_case)
    _refuse_shared(client, folder)
    if client.server_version != plan.server:
        log.warning("the server has version %s; the run was of %s", client.server_version, plan.server or "unknown")
    recorder = Recorder(folder, BASELINE, clocks)
    ending = "broken off"
    try:
        _compute(client, run, plan, recorder, clocks)
        ending = _ENDING
    finally:
        recorder.close(ending)
    if not _is_of(recorder.file, plan):
        raise BaselineLost(f"the building's own control could not be recorded in {folder.path}")
    return recorder.file


def _refuse_shared(client: BOPTestClient, folder: RunsFolder) -> None:
    """A server of the old kind has one test for everybody: to initialize it would end a run that is under way."""
    running = [files.name for files in runs_in(folder) if files.is_running]
    if client.api == "legacy" and running:
        what = f"the server has one test for all, and {running[0]} is under way; wait until it has ended"
        raise ConfigError([Problem(BASELINE, what)])


def _compute(client: BOPTestClient, run: RunData, plan: BaselinePlan, recorder: Recorder, clocks: Clocks) -> None:
    recorder.facts(_facts(client, run, plan))
    signals: Sequence[Signal] = ()
    over: dict[str, Mapping[str, float]] = {}
    for episode, (first_s, last_s) in enumerate(plan.spans):
        for number, state in enumerate(_states(client, plan, first_s, last_s)):
            if not signals:
                signals = Layout.of((), (), tuple(state.values), client.get_metadata()).signals
                recorder.stream(BRIDGE, signals)
            recorder.step(BRIDGE, _step(run, signals, state, number, episode, clocks))
        over[str(episode)] = dict(client.get_kpis())
    last = str(len(plan.spans) - 1)
    recorder.facts({"kpis": over.pop(last), "kpis_before": over})


def _states(client: BOPTestClient, plan: BaselinePlan, first_s: float, last_s: float) -> Iterator[SimulationState]:
    if plan.price is not None:
        client.set_scenario(electricity_price=plan.price)
    state = initialize(client, first_s, plan.warmup_s, plan.step_s)
    client.set_step_time(plan.step_s)
    yield state
    for _ in range(plan.steps_of(first_s, last_s)):
        state = client.advance_simulation({})
        if state.ended:
            return
        yield state


def _step(
    run: RunData, signals: Sequence[Signal], state: SimulationState, number: int, episode: int, clocks: Clocks
) -> RecordedStep:
    values = [state.values.get(signal.point, math.nan) for signal in signals]
    qualities = bytes(BAD if math.isnan(value) else GOOD for value in values)
    local = model_datetime(ModelSeconds(state.time_s), run.first_year).isoformat(timespec="seconds")
    return RecordedStep(number, state.time_s, clocks.wall(), values, qualities, local, episode=episode)


def _facts(client: BOPTestClient, run: RunData, plan: BaselinePlan) -> Mapping[str, object]:
    metadata = {
        name: {"unit": one.unit, "description": one.description, "minimum": one.minimum, "maximum": one.maximum}
        for name, one in client.get_metadata().items()
    }
    return {
        "kind": BASELINE,
        "versions": versions(),
        "test_case": {**run.facts_of("test_case"), "version": client.server_version},
        "episode": run.fact("episode"),
        "metadata": metadata,
        "unit_system": run.fact("unit_system"),
        BASELINE: plan.as_fact(),
    }


def _is_of(file: Path, plan: BaselinePlan) -> bool:
    """Whether a recording is of this plan, and whole."""
    try:
        with open_run(file) as recorded:
            has_gap = any(event.kind is EventKind.GAP for event in recorded.events())
            return recorded.ending == _ENDING and not has_gap and recorded.facts.get(BASELINE) == plan.as_fact()
    except ConfigError:
        return False
