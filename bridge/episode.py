"""An episode: from ``initialize`` over the coupling to the scenario's end, on a session that has the controllers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime

from bridge import startup
from bridge.building import Building, OverdueWatch
from bridge.device_loop import DeviceLoop
from bridge.display.status import Phase
from bridge.exchange_delay import ExchangeDelay
from bridge.overriding import Overrides
from bridge.session import Session
from bridge.step import OnAnswer, Step
from bridge.translation import Translation
from clients.making import advance_patience_s
from utils.clocks import Clocks, ModelSeconds, model_datetime, model_seconds, unix_to_local
from utils.handoff import Closed
from utils.pacing import Pacer
from utils.settings import Settings
from utils.values import Frame


class ModelTime:
    """Where an episode stands in model time (s), and which dates that is."""

    def __init__(self, settings: Settings, clocks: Clocks) -> None:
        self.first = self.frame = Frame(0, ModelSeconds(0.0), {})
        self.is_coupling = False
        self._settings = settings
        self._clocks = clocks

    def begin(self, frame: Frame) -> None:
        """The episode begins with this frame."""
        self.first = self.frame = frame

    def taking(self) -> ModelSeconds:
        """What to set in a controller that is taken now: at the first advance its clock agrees."""
        return ModelSeconds(self.frame.time_s - (self._settings.couple_time_s if self.is_coupling else 0.0))

    def local(self, time_s: ModelSeconds) -> datetime:
        """The date of a model time."""
        return model_datetime(time_s, self._first_year())

    def shown(self, time_s: ModelSeconds) -> datetime | None:
        """The same; None where a model time has no date, which is for others to complain of."""
        try:
            return self.local(time_s)
        except (OverflowError, ValueError):
            return None

    def _first_year(self) -> int:
        """The configured year, or without one the last year in which the start is not in the future."""
        if self._settings.start_time is not None:
            return self._settings.start_time.year
        zone = self._settings.timezone
        today = unix_to_local(self._clocks.wall(), zone) if zone else datetime.now()
        return today.year if model_datetime(self.first.time_s, today.year) <= today else today.year - 1


class Episode:
    """Used by the simulation thread; what is shown of it may be read by any."""

    def __init__(
        self,
        session: Session,
        devices: DeviceLoop,
        overrides: Overrides,
        pacer: Pacer,
        delay: ExchangeDelay,
        time: ModelTime,
        on_phase: Callable[[Phase], None],
    ) -> None:
        self.began_s = self.ended_s = 0.0
        self.building: Building | None = None
        """What is simulated, once that has begun."""
        self._session = session
        self._devices = devices
        self._overrides = overrides
        self._pacer = pacer
        self._delay = delay
        self._time = time
        self._on_phase = on_phase

    @property
    def kpis(self) -> Mapping[str, float]:
        """As the building told them last."""
        return self.building.kpis if self.building is not None else {}

    @property
    def pace(self) -> float:
        """Simulated seconds per wall second, over the whole episode so far."""
        wall_s = (self.ended_s or self._session.clocks.monotonic()) - self.began_s
        return (self._time.frame.time_s - self._time.first.time_s) / wall_s if self.began_s and wall_s > 0 else 0.0

    def run(self, steps: int | None, on_answer: OnAnswer) -> None:
        """Initialize, couple and step on until ``steps`` are done, the scenario ends or the session is to stop.

        Raises :class:`utils.errors.BridgeError`.
        """
        session, settings = self._session, self._session.settings
        self._on_phase(Phase.INITIALIZING)
        start_s = model_seconds(settings.start_time) if settings.start_time is not None else 0.0
        started = startup.start_simulation(session.client, settings, start_s)
        with OverdueWatch(self._pacer, advance_patience_s(settings), session.clocks.monotonic) as watch:
            self.building = Building(session.client, started, watch)
            step = Step(
                self.building,
                self._devices,
                Translation(session.equipments, session.metadata),
                self._overrides,
                self._pacer,
                session.stop,
                on_answer,
                wants_kpis=any(point.is_kpi for one in session.equipments for point in one.points),
            )
            self._time.begin(step.frame(0, started.state))
            if not session.stop.is_set():
                self._couple()
                self._step_on(step, steps)

    def _couple(self) -> None:
        settings = self._session.settings
        self._on_phase(Phase.COUPLING)
        self._time.is_coupling = True
        self._session.take()
        self._devices.couple(self._time.first, settings.couple_time_s, self._session.client.keep_alive)
        self._time.is_coupling = False
        self._on_phase(Phase.RUNNING)
        self._delay.announce(settings.time_scale, settings.settle_time_s)

    def _step_on(self, step: Step, steps: int | None) -> None:
        self.began_s = self._session.clocks.monotonic()
        showing = self._start_device_thread()
        try:
            self._pacer.start()
            with suppress(Closed):
                while self._time.frame.number != steps:
                    self._time.frame = step.take(self._time.frame)
                    self._delay.watch(self.pace)
                step.answer_to(self._time.frame)
        finally:
            self._devices.close()
            showing.result()

    def _start_device_thread(self) -> Future[None]:
        pool = ThreadPoolExecutor(1, thread_name_prefix="devices")
        future = pool.submit(self._devices.run)
        future.add_done_callback(lambda _: self._devices.close())
        pool.shutdown(wait=False)
        return future
