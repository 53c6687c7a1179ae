"""The recorder of a run of the bridge: the first of its watchers.

It begins when controllers are about to be taken: a start that is refused before leaves no recording.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bridge.display.status import Phase
from bridge.memory import facts
from bridge.memory.signals import Layout
from bridge.purpose import Purpose
from bridge.session import Session
from bridge.watching.observation import Observation
from points.indicators import INDICATORS
from recording import BRIDGE, Event, EventKind, Recorder
from recording.export import write_step_log
from recording.what_runs import runs_folder
from utils.values import Frame

log = logging.getLogger(__name__)


class BridgeMemory:
    """A :class:`bridge.watching.observation.Watcher`. Without ``RECORD`` it does nothing."""

    def __init__(
        self,
        session: Session,
        purpose: Purpose,
        groups: Sequence[str],
        begun: Callable[[], tuple[Frame, datetime | None]],
        kpis: Callable[[], Mapping[str, float]],
    ) -> None:
        """``kpis`` are those that are known by now.

        ``begun`` tells the first frame of the episode and its local time.
        """
        self.failure = ""
        """What ended the run, where it was an error or a pause that nobody ended."""
        self._session = session
        self._purpose = purpose
        self._groups = groups
        self._begun = begun
        self._kpis = kpis
        self._told_kpis: Mapping[str, float] = {}
        self._kpis_before: dict[str, Mapping[str, float]] = {}
        """Of episodes that are over, by their numbers."""
        self._number = 0
        self._folder = runs_folder(session.settings) if session.settings.records else None
        self._recorder: Recorder | None = None
        self._layout: Layout | None = None

    @property
    def file(self) -> Path | None:
        """The first part of the recording; None where there is none, or not yet."""
        return self._recorder.file if self._recorder is not None else None

    def open(self) -> None:
        """Make the folder. Raises :class:`utils.errors.ConfigError` where that cannot be."""
        if self._folder is not None:
            self._folder.prepare()

    def step(self, seen: Observation) -> None:
        """Record a frame."""
        recorder = self._recorder
        if recorder is None:
            return
        if self._layout is None:
            self._layout = self._laid_out(seen)
            recorder.stream(BRIDGE, self._layout.signals)
        recorder.step(BRIDGE, self._layout.recorded(seen))
        self._keep_indicators(recorder, seen.frame.episode)

    def event(self, event: Event) -> None:
        """Record it, and what has been learnt at it."""
        if self._recorder is None and (event.kind, event.words) == (EventKind.PHASE, Phase.COUPLING.value):
            self._begin()
        if self._recorder is None:
            return
        self._recorder.event(event)
        if event.kind is EventKind.ONLINE:
            self._recorder.facts({"controllers": facts.of_controllers(self._session.links)})

    def close(self) -> None:
        """Say how it ended, and write the step log where one is wanted."""
        recorder, session = self._recorder, self._session
        if recorder is None:
            return
        recorder.facts(
            {
                "controllers": facts.of_controllers(session.links),
                "kpis": dict(self._kpis()),
                "receipts": facts.of_receipts(session.receipts),
            }
        )
        recorder.close(self.failure or ("stopped on request" if session.stop.is_set() else "ended"))
        if session.settings.step_log is not None:
            write_step_log(recorder.file, BRIDGE, session.settings.step_log)

    def _laid_out(self, seen: Observation) -> Layout:
        """Columns for indicators are there where they are asked for now and then, and not at the end alone."""
        session, acted = self._session, seen.set_points
        asks = bool(acted) or session.settings.kpi_time_s is not None or any(one.has_kpis for one in session.equipments)
        told, kpis = tuple(seen.frame.values), tuple(INDICATORS) if asks else ()
        return Layout.of(session.equipments, self._groups, told, session.metadata, acted, kpis)

    def _keep_indicators(self, recorder: Recorder, episode: int) -> None:
        if episode != self._number:
            self._kpis_before[str(self._number)] = dict(self._told_kpis)
            self._number = episode
            recorder.facts({"kpis_before": dict(self._kpis_before)})
        if (kpis := self._kpis()) is not self._told_kpis:
            self._told_kpis = kpis
            recorder.facts({"kpis": dict(kpis)})

    def _begin(self) -> None:
        if self._folder is None:
            return
        session, (first, local_time) = self._session, self._begun()
        self._recorder = Recorder(self._folder, self._purpose.kind, session.clocks)
        known = facts.of_start(session, self._purpose.kind, first.time_s, local_time)
        state = {} if self._purpose.state is None else {"from_state": self._purpose.state}
        self._recorder.facts({**known, **state, **self._purpose.facts})
