"""Everything that may go wrong with a controller or with the building, by the name that a schedule calls it."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from clients.http.tls import fingerprint_of
from emulators.boptest.faults import AnswerWith, DroppedAnswer, DroppedRequest, FailedSimulation, NullValues
from emulators.boptest.faults import BoptestFault as BuildingFault
from emulators.ecy.controller import EmulatedController
from emulators.ecy.faults.answers import WEB_PAGE, ChangeBatch, SpoilContent, TellInstead
from emulators.ecy.faults.calls import AnswerInstead, DripBody, DropConnection, HangInBody, Hold
from emulators.ecy.faults.fault import Fault
from emulators.ecy.faults.storage import FailWrites
from emulators.ecy.objects.objects import BacnetObject
from emulators.http.messages import Response
from emulators.program import ObjectSpec
from tests.chaos.building import CONSTANT
from tests.chaos.peers import ECHO, OBJECTS, OUTDOOR, PASSWORD, SPARE, Peers
from utils.state_folder import StateFolder

Undo = Callable[[], None]
ControllerFault = Callable[[Peers, str], Undo]
_RENUMBERED_BY = 100


def _nothing_left() -> None:
    """What has happened is over."""


def _switched(make: Callable[[EmulatedController], Fault]) -> ControllerFault:
    def on(peers: Peers, name: str) -> Undo:
        controller = peers.controller(name)
        fault = make(controller)
        controller.faults.add(fault)
        return partial(controller.faults.remove, fault)

    return on


def _unplugged(peers: Peers, name: str) -> Undo:
    peers.controllers.unplug(name)
    return partial(peers.controllers.plug_in, name)


def _broken_tls(peers: Peers, name: str) -> Undo:
    peers.controllers.break_handshakes(name)
    return partial(peers.controllers.break_handshakes, name, broken=False)


def _another_certificate(peers: Peers, name: str) -> Undo:
    """It is over when the user has accepted it."""
    peers.controllers.change_certificate(name)
    certificate = ssl.PEM_cert_to_DER_cert(peers.controllers.certificate(name).read_text(encoding="ascii"))
    pins = StateFolder(peers.folder / "state").pins
    return partial(pins.set, peers.address(name), fingerprint_of(certificate))


def _another_password(peers: Peers, name: str) -> Undo:
    peers.controller(name).change_password("changed by somebody")
    return partial(peers.controller(name).change_password, PASSWORD)


def _lost_sessions(peers: Peers, name: str) -> Undo:
    peers.controller(name).sessions.clear()
    return _nothing_left


def _rebooted(peers: Peers, name: str) -> Undo:
    peers.controller(name).reboot()
    return _nothing_left


def _downloaded(peers: Peers, name: str) -> Undo:
    """Another application: the same names under other instances, and back."""
    peers.controller(name).download([replace(spec, instance=_RENUMBERED_BY + n) for n, spec in enumerate(OBJECTS)])
    return partial(peers.controller(name).download, OBJECTS)


def _renamed(peers: Peers, name: str) -> Undo:
    objects = peers.controller(name).objects
    ref = objects.find(SPARE)
    objects.update(ref, partial(_with_name, "Elsewhere"))

    def undo() -> None:
        if objects.has(ref):
            objects.update(ref, partial(_with_name, SPARE))

    return undo


def _with_name(name: str, target: BacnetObject) -> BacnetObject:
    return replace(target, name=name)


def _deleted(peers: Peers, name: str) -> Undo:
    objects = peers.controller(name).objects
    ref = objects.find(SPARE)
    objects.delete(ref)
    [spec] = [spec for spec in OBJECTS if spec.name == SPARE]
    return partial(_put_back, peers.controller(name), replace(spec, instance=ref.instance))


def _put_back(controller: EmulatedController, spec: ObjectSpec) -> None:
    if spec.name not in controller.objects.names():
        controller.objects.add(spec)


CONTROLLER_FAULTS: Mapping[str, ControllerFault] = {
    "refuses connections": _unplugged,
    "resets connections": _switched(lambda _: DropConnection(None)),
    "loses answers": _switched(lambda _: DropConnection(2, after_work=True)),
    "hangs before it works": _switched(lambda _: Hold(before_work=True)),
    "hangs before it answers": _switched(lambda _: Hold()),
    "hangs in mid-body": _switched(lambda _: HangInBody()),
    "answers byte by byte": _switched(lambda _: DripBody()),
    "fails the TLS handshake": _broken_tls,
    "shows another certificate": _another_certificate,
    "has forgotten the session": _lost_sessions,
    "wants another password": _another_password,
    "denies the rights": _switched(lambda _: AnswerInstead(Response(403), None)),
    "answers 404": _switched(lambda _: AnswerInstead(Response(404), None)),
    "answers 400 to a batch": _switched(lambda _: AnswerInstead(Response(400), 2)),
    "answers 413 to a batch": _switched(lambda _: AnswerInstead(Response(413), 2)),
    "answers 429": _switched(lambda _: AnswerInstead(Response(429), None)),
    "answers 503": _switched(lambda _: AnswerInstead(Response(503), None)),
    "answers 500": _switched(lambda _: AnswerInstead(Response(500), None)),
    "shows a web page": _switched(lambda _: AnswerInstead(WEB_PAGE, None)),
    "answers garbage": _switched(lambda _: SpoilContent(lambda content: b"\xff\xfe not JSON")),
    "answers half": _switched(lambda _: SpoilContent(lambda content: content[: len(content) // 2])),
    "leaves answers out": _switched(lambda _: ChangeBatch(lambda items: items[::2])),
    "refuses some writes": _switched(lambda _: FailWrites({OUTDOOR, SPARE})),
    "tells null": _switched(lambda one: TellInstead(one.objects, {ECHO: None})),
    "tells text": _switched(lambda one: TellInstead(one.objects, {ECHO: "fault"})),
    "tells NaN": _switched(lambda one: TellInstead(one.objects, {ECHO: "NaN"})),
    "reboots": _rebooted,
    "gets another application": _downloaded,
    "has an object renamed": _renamed,
    "has lost an object": _deleted,
}
HANGING = frozenset(name for name in CONTROLLER_FAULTS if name.startswith("hangs") or "byte by byte" in name)
"""Those that cost a time-out."""
REBOOT, DOWNLOAD = "reboots", "gets another application"
"""Those after which slots and out-of-service may be gone."""


@dataclass(frozen=True, slots=True)
class PassingFault:
    """What passes by itself: giving back has to try again. ``most_times`` is how often that does no harm."""

    make: Callable[[int], Fault]
    most_times: int = 5


def _answered(reply: Response) -> PassingFault:
    return PassingFault(lambda times: AnswerInstead(reply, times))


PASSING: Mapping[str, PassingFault] = {
    "drops connections": PassingFault(DropConnection),
    "loses some answers": PassingFault(lambda times: DropConnection(times, after_work=True)),
    "answers 503 for a while": _answered(Response(503)),
    "answers 500 for a while": _answered(Response(500)),
    "answers 429 for a while": _answered(Response(429)),
    "shows a web page for a while": _answered(WEB_PAGE),
    "answers 401 once": PassingFault(lambda times: AnswerInstead(Response(401), times), most_times=1),
}
"""What controllers do for so many requests while a run ends."""

_END_OF_SCENARIO = '{"status":200,"message":"End of test case scenario time period reached.","payload":{}}'
ADVANCE_FAULTS: Mapping[str, Callable[[], BuildingFault]] = {
    "answers 400 to advance": lambda: AnswerWith(400, '{"status":400,"message":"no","payload":null}'),
    "answers 500 to advance": lambda: FailedSimulation("the solver did not converge"),
    "loses the advance": DroppedRequest,
    "loses the answer to advance": DroppedAnswer,
    "answers garbage to advance": lambda: AnswerWith(200, "<html>", "text/html"),
    "ends the scenario": lambda: AnswerWith(200, _END_OF_SCENARIO),
}
"""What the building does to one advance, and what ends the run."""
NULLS: Callable[[], BuildingFault] = partial(NullValues, [CONSTANT])
"""What the building does to one advance, and the run goes on."""
PREVENTING = frozenset(ADVANCE_FAULTS) - {"loses the answer to advance"}
"""Those after which the building has not advanced."""
