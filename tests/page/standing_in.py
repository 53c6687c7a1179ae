"""A run that stands in for one that takes minutes: the demo's equipments, a building of formulas, and hands that hold.

It answers what the page asks of a run and of its hands, and steps when a test says so.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from bridge.display.status import Phase, Status
from bridge.link import LinkState
from clients.making import tls_policy
from equipment.equipment_manager import Equipment, EquipmentManager
from page import Hands, Page, PagePlace
from recording import Event, EventKind
from tests import bench
from utils.clocks import HOST, Clocks, ModelSeconds, UnixSeconds
from utils.errors import BridgeError
from utils.home import DEMO_CONFIGS
from utils.state_folder import StateFolder
from utils.values import PointMetadata, PointValue, Role

START = datetime(2023, 7, 6, 10, 0)
STEP = timedelta(seconds=60)
_TICK_S = 0.02
_SETPOINTS = {"hvac_oveZonSupNor_TZonCooSet_u": 297.15, "hvac_oveZonSupNor_TZonHeaSet_u": 293.15}


class NotThere(BridgeError):
    """What a hand asked for is not there."""


@dataclass(frozen=True)
class TimeStands:
    """How time stands."""

    scale: float = 60.0
    is_paused: bool = False
    held_since_s: UnixSeconds | None = None
    ends_in_s: float = 7200.0
    asked: str = ""


@dataclass(frozen=True)
class Holding:
    """What is held by hand."""

    subject: str
    value: PointValue | None
    who: str
    is_in_force: bool = True


@dataclass
class StandIn:
    """A run, its time and its values in one; every public method may be called from any thread."""

    equipments: Sequence[Equipment]
    start: datetime = START
    steps: int = 0
    episode: int = 0
    phase: Phase = Phase.RUNNING
    state: TimeStands = field(default_factory=TimeStands)
    away: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    own: dict[str, float] = field(default_factory=lambda: {"hvac_oveAhu_yCoo_u": 0.43})
    watchers: list[Callable[[Event], None]] = field(default_factory=list)
    _held: dict[str, Holding] = field(default_factory=dict)

    @property
    def metadata(self) -> Mapping[str, PointMetadata]:
        """Of every point that the configs name, and of some set-points."""
        named = {point.bop_point: point.unit for one in self.equipments for point in one.points}
        told = {name: PointMetadata(unit or "1", f"{name} in words") for name, unit in named.items()}
        return told | {name: PointMetadata("K", name, 285.15, 313.15, is_input=True) for name in _SETPOINTS}

    @property
    def last_values(self) -> Mapping[str, float]:
        """The set-points, as they are held or as they are."""
        return {name: float(self._now(name, value)) for name, value in _SETPOINTS.items()}

    def status(self) -> Status:
        """This moment."""
        values = {
            one.target(point): self._now(f"{one.name}.{point.ecy_point}", self._formula(number))
            for one in self.equipments
            for number, point in enumerate(one.points)
        }
        roles = {one.target(point): point.role for one in self.equipments for point in one.points}
        return Status(
            phase=self.phase,
            step=self.steps,
            episode=self.episode,
            local_time=self.start + self.steps * STEP,
            pace=self.state.scale,
            controllers={one.controller.address: self._link_state(one) for one in self.equipments},
            seen={target: value for target, value in values.items() if roles[target] is not Role.READ},
            commanded={target: value for target, value in values.items() if roles[target] is Role.READ},
            kpis={"ener_tot": 0.001 * self.steps},
        )

    def step(self) -> None:
        """One step."""
        self.steps += 1

    @contextmanager
    def ticking(self) -> Iterator[None]:
        """Steps by itself in here, unless it is paused."""
        stop = threading.Event()

        def tick() -> None:
            while not stop.wait(_TICK_S):
                if not self.state.is_paused:
                    self.step()

        thread = threading.Thread(target=tick, name="stand-in")
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def pause(self, who: str) -> None:
        self.state = replace(self.state, is_paused=True, held_since_s=HOST.wall())
        self.tell(EventKind.PAUSED, "", "time is held", who)

    def go_on(self, who: str) -> None:
        self.state = replace(self.state, is_paused=False, held_since_s=None)
        self.tell(EventKind.RESUMED, "", "time goes on", who)

    def step_once(self, who: str) -> None:
        self.step()

    def set_pace(self, scale: float, who: str) -> None:
        self.state = replace(self.state, scale=scale)

    def reset(self, start: datetime, who: str) -> None:
        self.start, self.steps, self.episode = start, 0, self.episode + 1
        self.tell(EventKind.PHASE, "", f"begun anew at {start}", who)

    def reset_to_period(self, name: str, who: str) -> None:
        self.asked.append(f"period {name}")

    @property
    def states(self) -> tuple[str, ...]:
        return ()

    def require_states(self) -> None:
        raise NotThere("this simulation cannot save its state")

    def save(self, name: str, who: str) -> None:
        self.require_states()

    def restore(self, name: str, who: str) -> None:
        self.require_states()

    def stop(self, who: str) -> None:
        self.phase = Phase.ENDED

    @property
    def held(self) -> Sequence[Holding]:
        return tuple(self._held.values())

    def hold_input(self, name: str, value: float, who: str) -> None:
        if name not in self.metadata:
            raise NotThere(f"the simulation has no input named {name}")
        self._hold(name, value, who)

    def release_input(self, name: str, who: str) -> None:
        self._release(name, who)

    def hold_point(self, equipment: str, object_name: str, value: float, who: str) -> None:
        self._hold(f"{equipment}.{object_name}", value, who)

    def release_point(self, equipment: str, object_name: str, who: str) -> None:
        self._release(f"{equipment}.{object_name}", who)

    def release_all(self, who: str) -> None:
        for subject in [*self._held]:
            self._release(subject, who)

    def tell(self, kind: EventKind, subject: str, words: str, who: str = "") -> None:
        """Say to whoever watches that something has happened."""
        for watcher in self.watchers:
            watcher(Event(HOST.wall(), kind, subject, words, ModelSeconds(0.0), who))

    def note(self, words: str, who: str) -> None:
        """Keep somebody's words."""
        self.tell(EventKind.NOTE, "", words, who)

    def own_control(self) -> Mapping[str, float]:
        """What the building's own control would command."""
        return self.own

    def _hold(self, subject: str, value: float, who: str) -> None:
        self._held[subject] = Holding(subject, value, who)
        self.tell(EventKind.HAND, subject, f"held at {value:g}", who)

    def _release(self, subject: str, who: str) -> None:
        if self._held.pop(subject, None) is None:
            raise NotThere(f"{subject} is not held by hand")
        self.tell(EventKind.HAND, subject, "released", who)

    def _now(self, subject: str, otherwise: float) -> float:
        held = self._held.get(subject)
        return otherwise if held is None or held.value is None else float(held.value)

    def _formula(self, number: int) -> float:
        return 20.0 + number + math.sin(self.steps / 10 + number)

    def _link_state(self, one: Equipment) -> LinkState:
        return LinkState.OFFLINE if one.name in self.away else LinkState.ONLINE


def equipments(folder: Path) -> tuple[Equipment, ...]:
    """Those of the demo. No controller is contacted."""
    settings = bench.settings(folder)
    manager = EquipmentManager(DEMO_CONFIGS, settings, tls_policy(settings, StateFolder(settings.state_dir)))
    manager.load_equipments()
    return tuple(manager.equipment.values())


@contextmanager
def shown(run: StandIn, *, password: str | None = None, clocks: Clocks = HOST) -> Iterator[Page]:
    """A page of a run that stands in, on any free port."""
    hands = Hands(time=run, periods=("peak_heat_day",), values=run, own_control=run.own_control, note=run.note)
    page = Page(run, run.equipments, PagePlace(port=0), hands, password=password, clocks=clocks)
    run.watchers.append(page.event)
    with page:
        yield page
