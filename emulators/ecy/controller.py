"""One emulated controller: objects, clock, sessions, faults, and the program that it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from threading import RLock

from emulators.ecy.access.counters import Counters
from emulators.ecy.access.reads import ObjectReader
from emulators.ecy.access.sessions import Account, Sessions
from emulators.ecy.access.writing import ObjectWriter, WriteRecord
from emulators.ecy.clock import ControllerClock, ScaledTime, SharedSteps, SteppedTime, Timebase
from emulators.ecy.faults.fault import Faults
from emulators.ecy.objects.database import ObjectDatabase
from emulators.ecy.objects.minimum_times import MinimumTimes
from emulators.ecy.objects.objects import BacnetObject, as_plain
from emulators.ecy.objects.program_objects import ProgramObjects
from emulators.ecy.objects.saved import SavedObject, gone_back, refuse_unfit, saved, taken, taken_back
from emulators.ecy.profile import Profile
from emulators.ecy.scanning import ExchangeScan, ExchangeTrigger, FrontEnd, ScanMode, ScanTrigger, WallScan, WallScanner
from emulators.ecy.wire.values import Json
from emulators.http.connections import Connections
from emulators.program import ControlProgram, ObjectSpec
from emulators.states import Fields, ForeignStateError, prepare, remember
from utils.values import ObjectType

OPEN_LOOP = 4
"""The Reliability of a terminal without a sensor (ASHRAE 135, clause 21)."""
FIRMWARE = "2.2.0+23305.1"
"""The version that a controller says it has, unless its profile is of firmware 1.x."""


@dataclass(frozen=True, slots=True)
class ControllerSpec:
    """A controller to emulate.

    ``objects`` come first; a program's own objects are added unless one of that name is there. ``instance`` is that of
    the device object. The clock starts at the host's time in ``time_zone``. Without ``profile`` the server's holds.
    """

    name: str
    model: str = "ECY-S1000"
    objects: Sequence[ObjectSpec] = ()
    program: ControlProgram | None = None
    instance: int = 1
    description: str = ""
    location: str = ""
    time_zone: str = "UTC"
    ntp_enabled: bool = True
    profile: Profile | None = None


@dataclass(frozen=True, slots=True)
class EmulatorSettings:
    """What the controllers of one server have in common. ``now`` is the host's aware time, ``monotonic`` seconds."""

    account: Account
    scan: ScanMode
    profile: Profile
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    journal: bool = False
    latency_s: float = 0.0
    steps: SharedSteps = field(default_factory=SharedSteps)


@dataclass(frozen=True, slots=True)
class Documents:
    """Parts of the resource tree that whoever composes a controller may fill: plain JSON by key."""

    event_bindings: dict[str, Json] = field(default_factory=dict)
    cov_subscriptions: dict[str, Json] = field(default_factory=dict)


class EmulatedController:
    """The state of one controller, shared by its front ends and its program."""

    def __init__(self, spec: ControllerSpec, settings: EmulatorSettings) -> None:
        self.spec = spec
        self.settings = settings
        self.profile = spec.profile or settings.profile
        self.objects = ObjectDatabase(_object_specs(spec), [spec.name], partial(_finished, self.profile))
        self._wire()
        self.sessions = Sessions(settings.account, self.profile, settings.monotonic)
        self.counters = Counters()
        self.faults = Faults()
        self.connections = Connections()
        self.documents = Documents()
        self.journal: list[WriteRecord] = []
        self.reboots = 0
        self._scanning = RLock()
        self._down_until = float("-inf")
        exchange_s = settings.scan.step_s if isinstance(settings.scan, ExchangeScan) else 0.0
        self._stepped = SteppedTime(settings.steps, exchange_s)
        self._timebase = self._new_timebase()
        self.clock = self._new_clock()
        bacnet = self.profile.bacnet
        self.minimum_times = MinimumTimes(
            self.objects, self._timebase.elapsed_s, bacnet.minimum_on_s, bacnet.minimum_off_s
        )
        self.trigger = self._new_trigger()
        self.reader = ObjectReader(
            self.objects, self.profile.stale_reads_s, settings.monotonic, self.trigger.before_value, self.faults
        )
        self.writer = self._new_writer()
        self._io = ProgramObjects(self.objects, self.profile.program_priority)
        self._protect()

    def trigger_of(self, front_end: FrontEnd) -> ScanTrigger:
        """What is told of a client's doings at a front end: the trigger, or one that triggers nothing."""
        mode = self.settings.scan
        return self.trigger if isinstance(mode, ExchangeScan) and mode.over in (front_end, "either") else ScanTrigger()

    @property
    def is_rebooting(self) -> bool:
        """Whether connections fail because of a reboot."""
        return self.settings.monotonic() < self._down_until

    def reboot(self) -> None:
        """Go down for a while, losing all sessions and, by profile, what was forced and commanded (§17 rows 30, 36)."""
        self.reboots += 1
        self._down_until = self.settings.monotonic() + self.profile.reboot_s
        self.connections.cut()
        self.sessions.clear()
        self.objects.restart(
            keep_out_of_service=self.profile.out_of_service_survives_reboot,
            keep_slots=self.profile.slots_survive_reboot,
        )
        if not self.profile.clock_survives_reboot:
            self.clock.enable_ntp(self.spec.ntp_enabled)
            self.clock.set(None, self.spec.time_zone)

    def download(self, objects: Sequence[ObjectSpec]) -> None:
        """Load other objects in place of all there are, as downloading an application does.

        What was forced and commanded is lost; connections and sessions live on. Names may be the same under other
        instances. Raises Refusal, and KeyError when the control program misses one of its own.
        """
        self.objects.load(objects)
        self._wire()
        self._io = ProgramObjects(self.objects, self.profile.program_priority)
        self._protect()

    def change_password(self, password: str) -> None:
        """Accept another password from now on, and forget every session."""
        self.sessions.account = Account(self.sessions.account.username, password)
        self.sessions.clear()

    def scan(self, dt_s: float) -> None:
        """Run the program once, ``dt_s`` of controller time after the last scan; not during a reboot."""
        self.minimum_times.look()
        with self._scanning:
            if self.spec.program is not None and not self.is_rebooting and not self._is_in_doubt:
                self.spec.program.scan(self._io, self.clock.now(), dt_s)

    def save(self) -> dict[str, object]:
        """All that goes into a state, of one moment between two scans."""
        with self._scanning:
            written = self._io.written
            objects = {one.name: saved(one, one.name in written).remember() for one in self.objects.all()}
            return {
                "application": self._application,
                "program": remember(self.spec.program),
                "objects": objects,
                "clock": self.clock.remember(),
                "exchange": self.trigger.remember(),
            }

    def prepare(self, state: Fields, *, take_back: bool) -> Callable[[], None]:
        """The way back to a state. Raises SavedStateError; nothing has changed yet.

        What clients have taken stays as it is (``objects/saved.py``), and so do sessions, certificates and NTP. With
        ``take_back`` slots and forced inputs are as they were then, unless somebody holds any now.
        """
        name = self.spec.name
        if state.text("application") != self._application:
            raise ForeignStateError(f"{name}: the state is of another application than {self._application}")
        if take_back and (held := self._taken()):
            raise ForeignStateError(
                f"{name}: {', '.join(held[:3])} is taken now, and would be lost; give it back first"
            )
        program = prepare(self.spec.program, state.members("program"), name)
        clock, exchange = self.clock.prepare(state.part("clock")), self.trigger.prepare(state.part("exchange"))
        objects = state.part("objects")
        then = {one: SavedObject.recalled(objects.part(one)) for one in state.members("objects")}
        for one in self.objects.all():
            if one.name in then:
                refuse_unfit(one, then[one.name], name)

        def go_back() -> None:
            with self._scanning:
                program()
                clock()
                exchange()
                self._go_back(then, take_back)

        return go_back

    def scanner(self) -> WallScanner | None:
        """The thread that scans the program, not yet started; None without a program or where exchanges scan it."""
        mode = self.settings.scan
        if self.spec.program is None or not isinstance(mode, WallScan):
            return None
        return WallScanner(self.scan, mode, self.settings.monotonic, f"ecy-scan-{self.spec.name}")

    @property
    def _application(self) -> str:
        """The program by its name, and a digest of the objects that it needs."""
        program = self.spec.program
        if program is None:
            return "none"
        objects = [(one.object_type, one.name, one.units) for one in program.objects]
        return f"{type(program).__name__} {sha256(repr(objects).encode()).hexdigest()[:12]}"

    def _taken(self) -> list[str]:
        return taken(self.objects.all(), self.profile.program_priority, dict.fromkeys(self._io.written, True))

    def _go_back(self, then: Mapping[str, SavedObject], take_back: bool) -> None:
        """An object that there was not then stays as it is; one that has gone is not made again."""
        slot, written = self.profile.program_priority, set(self._io.written)
        for name, ref in self.objects.names().items():
            if name in then:
                past, by_program = then[name], name in written
                self.objects.update(
                    ref,
                    lambda target, past=past, by_program=by_program: (  # type: ignore[misc]
                        taken_back(target, past) if take_back else gone_back(target, past, slot, by_program)
                    ),
                )
        self._io.written = {name for name, past in then.items() if past.by_program} | (written - then.keys())

    @property
    def _is_in_doubt(self) -> bool:
        """Whether the program does without a scan, because of a fault at one of the inputs that it reads."""
        if self.profile.trusts_faulty_inputs or self.spec.program is None:
            return False
        needed = {one.name for one in self.spec.program.objects}
        return any(one.is_faulty for one in self.objects.all() if not one.commandable and one.name in needed)

    def _wire(self) -> None:
        """Terminals without sensors."""
        if self.profile.sensors == "open-loop":
            for one in self.objects.all():
                if not one.commandable:
                    self.objects.update(one.ref, lambda target: replace(target, wired=OPEN_LOOP))

    def _protect(self) -> None:
        if self.spec.program is not None:
            self.objects.protect(needed.name for needed in self.spec.program.objects)

    def _pass_time(self, dt_s: float) -> None:
        with self._scanning:
            self._stepped.advance(dt_s)
            self.scan(dt_s)

    def _new_timebase(self) -> Timebase:
        mode = self.settings.scan
        return ScaledTime(mode.scale, self.settings.monotonic) if isinstance(mode, WallScan) else self._stepped

    def _new_clock(self) -> ControllerClock:
        own_zones = self.profile.own_zones
        return ControllerClock(self._timebase, self.settings.now, self.spec.time_zone, self.spec.ntp_enabled, own_zones)

    def _new_trigger(self) -> ScanTrigger:
        mode = self.settings.scan
        return ExchangeTrigger(mode, self._pass_time) if isinstance(mode, ExchangeScan) else ScanTrigger()

    def _new_writer(self) -> ObjectWriter:
        journal = self.journal if self.settings.journal else None
        return ObjectWriter(
            self.objects, self.profile, self.counters, self.faults, self.trigger_of("rest").written, journal
        )


def _object_specs(spec: ControllerSpec) -> list[ObjectSpec]:
    named = {given.name for given in spec.objects}
    needed = () if spec.program is None else spec.program.objects
    specs = [*spec.objects, *(own for own in needed if own.name not in named)]
    return sorted(specs, key=lambda one: one.instance is None)


def _finished(profile: Profile, target: BacnetObject) -> BacnetObject:
    """A new object as this make has it."""
    if profile.bacnet.plain_analog_values and target.ref.object_type is ObjectType.ANALOG_VALUE:
        target = as_plain(target)
    storage = profile.storage.get(target.units or "", target.storage)
    return replace(target, storage=storage, cov_increment=profile.bacnet.cov_increment)
