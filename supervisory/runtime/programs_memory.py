"""What a run of programs leaves behind: a recording with a stream per program, and step logs written from it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Self

from ledger import Receipt
from recording import BAD, GOOD, MISSING, PROGRAM, Direction, Event, EventKind, RecordedStep, Recorder, Signal
from recording.export import write_step_log
from recording.what_runs import runs_folder, settings_told, versions
from supervisory.guard.enabling import Standing, State
from supervisory.runtime.context import StepRecord
from supervisory.setup.bindings import Bindings, ProgramPoint
from supervisory.setup.plan import RunPlan
from utils.clocks import HOST, ModelSeconds
from utils.errors import ConfigError, Problem
from utils.settings import LocalSettings
from utils.values import PointValue, Quality

_BYTES = {Quality.GOOD: GOOD, Quality.BAD: BAD, Quality.MISSING: MISSING}


class ProgramsMemory:
    """A context manager around a run. Without settings, and with ``RECORD=no``, it keeps nothing."""

    def __init__(self, plan: RunPlan, local: LocalSettings | None, stop: threading.Event) -> None:
        self._plan = plan
        self._local = local
        self._stop = stop
        self._recorder: Recorder | None = None
        self._labels: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        """What each program reads and commands, as its first step has it."""
        self._bound: dict[str, dict[str, object]] = {}
        """What stands behind each program's commands."""
        self._beyond: dict[str, Mapping[str, PointValue]] = {}
        """What each has in slots that its first step did not have."""
        self._steps: dict[str, int] = {}
        self._plant_s: Callable[[], float] = lambda: 0.0

    def __enter__(self) -> Self:
        """Make the folders. Raises :class:`ConfigError` where they cannot be, or step logs have no source."""
        local, folder = self._local, self._step_logs
        if local is None:
            return self
        if folder is not None:
            if not local.records:
                what = "is written from the recording of a run, which RECORD=no switches off; remove one of them"
                raise ConfigError([Problem("step_log", what)])
            _make(folder)
        if local.records:
            runs_folder(local).prepare()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._recorder is None:
            return
        ordinary = "stopped on request" if self._stop.is_set() else "ended"
        self._recorder.close(ordinary if error is None else str(error) or type(error).__name__)
        if self._step_logs is not None:
            for program in self._labels:
                write_step_log(self._recorder.file, f"{PROGRAM}{program}", self._step_logs / f"{program}.csv")

    @property
    def file(self) -> Path | None:
        """The first part of the recording; None where there is none, or not yet."""
        return self._recorder.file if self._recorder is not None else None

    def begin(self, plant_s: Callable[[], float]) -> None:
        """The run begins: everything has been found. ``plant_s`` tells the plant's time."""
        if self._local is None or not self._local.records:
            return
        config = self._plan.config
        self._plant_s = plant_s
        self._recorder = Recorder(runs_folder(self._local), "supervise")
        self._recorder.facts(
            {
                "kind": "supervise",
                "versions": versions(),
                "settings": settings_told(self._local),
                "configs": {config.name: config.model_dump(mode="json", by_alias=True, exclude_none=True)},
                "programs": {one.name: one.settings.model_dump(mode="json") for one in self._plan.programs},
                "controllers": {address: {"equipment": [name]} for name, address in config.devices.items()},
            }
        )

    def tell_end(self, receipts: Iterable[Receipt], kpis: Mapping[str, float] | None) -> None:
        """What has been given back, and the building's indicators where there are any."""
        if self._recorder is not None:
            told = [{**asdict(receipt), "outcome": receipt.outcome.value} for receipt in receipts]
            self._recorder.facts({"receipts": told, "kpis": dict(kpis or {})})

    def record(self, record: StepRecord, bindings: Bindings | None = None) -> None:
        """Keep a step; ``bindings`` are the program's, where its points are known beforehand."""
        recorder, program = self._recorder, record.program
        if recorder is None:
            return
        if program not in self._labels:
            self._begin_stream(recorder, record, bindings or Bindings())
        number = self._steps[program] = self._steps.get(program, -1) + 1
        readings, commands = self._labels[program]
        read = [record.readings.get(label) for label in readings]
        commanded = [record.commanded.get(label) for label in commands]
        step = RecordedStep(
            number,
            ModelSeconds(record.moment.time_s),
            HOST.wall(),
            (*(None if one is None else one.value for one in read), *commanded),
            bytes(
                (
                    *(MISSING if one is None else _BYTES[one.quality] for one in read),
                    *(MISSING if value is None else GOOD for value in commanded),
                )
            ),
            record.moment.now.isoformat(timespec="seconds"),
            why=json.dumps(dict(record.facts), default=str) if record.facts else "",
            note=record.note,
        )
        recorder.step(f"{PROGRAM}{program}", step)
        self._tell_others(program, {label: value for label, value in record.commanded.items() if label not in commands})

    def _begin_stream(self, recorder: Recorder, record: StepRecord, bindings: Bindings) -> None:
        program, bound = record.program, {point.label: point for point in bindings.commands}
        self._labels[program] = tuple(record.readings), tuple(record.commanded)
        recorder.stream(f"{PROGRAM}{program}", _signals(record, bound))
        slots = {plan.name: plan.priority for plan in self._plan.programs}
        self._bound[program] = {
            label: {"device": point.device, "object": f"{point.ref} {point.object_name}", "slot": slots.get(program)}
            for label, point in bound.items()
        }
        recorder.facts({"commanded": dict(self._bound)})

    def _tell_others(self, program: str, held: Mapping[str, PointValue | None]) -> None:
        """What the program has in slots for which there is no column: each change is an event."""
        former = self._beyond.get(program, {})
        for label in dict.fromkeys((*former, *held)):
            value = held.get(label)
            if value != former.get(label):
                self._say(EventKind.WRITE, program, f"{label}: {'given back' if value is None else f'{value:g}'}")
        self._beyond[program] = {label: value for label, value in held.items() if value is not None}

    def alarm(self, program: str, message: str) -> None:
        """A program has raised an alarm."""
        self._say(EventKind.ALARM, program, message)

    def switched(self, program: str, standing: Standing) -> None:
        """A program may write, or may not any more."""
        kind = EventKind.FAULT if standing.state is State.FAULT else EventKind.SWITCH
        why = "" if standing.state is State.RUN or not standing.reason else f": {standing.reason}"
        self._say(kind, program, f"{standing.state}{why}")

    def _say(self, kind: EventKind, program: str, words: str) -> None:
        if self._recorder is not None:
            self._recorder.event(Event(HOST.wall(), kind, program, words, ModelSeconds(self._plant_s())))

    @property
    def _step_logs(self) -> Path | None:
        folder = self._plan.config.step_log
        return None if folder is None or self._local is None else self._plan.folder / folder


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError([Problem("step_log", f"{folder} cannot be created: {error.strerror}")]) from None


def _signals(record: StepRecord, bound: Mapping[str, ProgramPoint]) -> list[Signal]:
    return [
        *(
            Signal(
                _titled(label, reading.unit),
                reading.unit or "",
                object=label,
                role="read",
                direction=Direction.FROM_CONTROLLER,
            )
            for label, reading in record.readings.items()
        ),
        *(
            Signal(
                f"{label} commanded",
                (bound[label].unit or "") if label in bound else "",
                object=label,
                role="commanded",
                direction=Direction.TO_CONTROLLER,
            )
            for label in record.commanded
        ),
    ]


def _titled(label: str, unit: str | None) -> str:
    return f"{label} [{unit}]" if unit else label
