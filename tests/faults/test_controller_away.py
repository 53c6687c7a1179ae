"""Faults that take one controller off the line and pass by themselves (docs/faults.md)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import pytest

from bridge.link.link import LinkState
from emulators.ecy.faults.answers import WEB_PAGE, SpoilContent
from emulators.ecy.faults.calls import AnswerInstead, DripBody, DropConnection, HangInBody, Hold
from emulators.ecy.faults.fault import Fault
from emulators.ecy.profile import Profile
from emulators.http.messages import Response
from ledger.entries import Entry
from ledger.ledger import Ledger, MemoryStore
from tests.bridge.rig import in_background
from tests.faults.conftest import MakeScene
from tests.faults.scene import HOLD_STEPS, Scene, all_with, assert_given_back, writes_to
from tests.waiting import DEADLINE_S, eventually
from utils.state_folder import StateError


@dataclass(frozen=True)
class Trouble:
    """How something begins and ends, and what the log says of it."""

    begin: Callable[[Scene], None]
    end: Callable[[Scene], None]
    words: str


def fault(make: Callable[[], Fault], words: str) -> Trouble:
    """A fault of the controller's own."""
    return Trouble(lambda scene: scene.vav.faults.add(make()), lambda scene: scene.vav.faults.clear(), words)


def answers(status: int, words: str, content: bytes = b'{"error":"no"}') -> Trouble:
    """Every request is answered so."""
    return fault(partial(AnswerInstead, Response(status, content), None), words)


def half(content: bytes) -> bytes:
    return content[: len(content) // 2]


TROUBLES = {
    "connection refused": Trouble(
        lambda scene: scene.controllers.unplug("VAV"), lambda scene: scene.controllers.plug_in("VAV"), ""
    ),
    "connection reset": fault(partial(DropConnection, None), ""),
    "no answer": fault(Hold, "no complete answer within 0.8 s"),
    "an answer that hangs in its body": fault(HangInBody, "no complete answer within 0.8 s"),
    "an answer that drips": fault(DripBody, "no complete answer within 0.8 s"),
    "a broken TLS handshake": Trouble(
        lambda scene: scene.controllers.break_handshakes("VAV"),
        lambda scene: scene.controllers.break_handshakes("VAV", broken=False),
        "",
    ),
    "busy": answers(503, "busy or in maintenance (HTTP 503)"),
    "too many requests": answers(429, "busy or in maintenance (HTTP 429)"),
    "an internal error": answers(500, "HTTP 500"),
    "garbage": fault(partial(SpoilContent, lambda content: b"\x00\xffgarbage"), "unreadable answer"),
    "truncated JSON": fault(partial(SpoilContent, half), "unreadable answer"),
    "a web page": fault(partial(AnswerInstead, WEB_PAGE, None), "unreadable answer"),
    "a batch of which everything fails": fault(partial(all_with, 503), "HTTP 503"),
}


@pytest.mark.slow
@pytest.mark.parametrize("trouble", TROUBLES.values(), ids=TROUBLES)
def test_its_group_is_held_then_released_the_others_go_on_and_it_comes_back(scene: Scene, trouble: Trouble) -> None:
    with scene.running():
        trouble.begin(scene)
        scene.wait_for_vav(LinkState.OFFLINE, 0.0)
        before = writes_to(scene.ahu, "DischAirTemp")
        eventually(lambda: writes_to(scene.ahu, "DischAirTemp") > before)
        trouble.end(scene)
        scene.wait_for_vav(LinkState.ONLINE, 1.0)
    assert scene.held_steps() == HOLD_STEPS
    active = next(n for n, advance in enumerate(scene.advances) if advance.fan)
    assert {advance.fan for advance in scene.advances[active:]} == {1.0}
    [offline] = scene.told("is offline")
    assert trouble.words in offline
    assert len(scene.told("reached; coupling")) == 1
    assert scene.summary is not None
    assert not scene.summary.not_released
    assert_given_back(scene.vav)


def test_a_controller_that_asks_to_be_left_alone_is_left_alone_for_so_long(scene: Scene) -> None:
    busy = AnswerInstead(Response(503, b"{}", headers={"retry-after": "200"}), None)
    scene.clock.rate = 1.0
    with scene.running():
        scene.vav.faults.add(busy)
        scene.wait_for_vav(LinkState.OFFLINE, 0.0)
        before = sum(scene.vav.counters.requests.values())
        scene.vav.faults.clear()
        scene.skip(150)
        assert sum(scene.vav.counters.requests.values()) == before
        scene.skip(60)
        scene.wait_for_vav(LinkState.ONLINE, 1.0)


@pytest.mark.slow
def test_after_a_reboot_everything_that_it_forgot_is_taken_again(scene_with: MakeScene) -> None:
    forgetful = Profile(
        reboot_s=0.3, out_of_service_survives_reboot=False, slots_survive_reboot=False, clock_survives_reboot=False
    )
    with scene_with(forgetful) as scene, scene.running(DESIRED_TIMEZONE="US/Mountain"):
        assert not scene.vav.clock.ntp_enabled
        scene.vav.reboot()
        assert (scene.vav.clock.zone, scene.vav.clock.ntp_enabled) == ("UTC", True)
        scene.wait_for_vav(LinkState.OFFLINE, 0.0)
        scene.wait_for_vav(LinkState.ONLINE, 1.0)
        assert (scene.vav.clock.zone, scene.vav.clock.ntp_enabled) == ("US/Mountain", False)
        assert scene.vav.objects.named("SpaceTemp").out_of_service
        assert scene.vav.objects.named("OutdoorTemp").slots[13] is not None
    assert_given_back(scene.vav)


def test_nothing_is_taken_of_which_nobody_knows_what_was_there(scene: Scene) -> None:
    scene.vav.faults.add(all_with(503))
    run = scene.run()
    with in_background(run) as future:
        eventually(lambda: len(scene.advances) > 3)
        assert scene.vav.journal == []
        assert len(scene.told("does not tell the state of SpaceTemp, OutdoorTemp")) == 1
        scene.vav.faults.clear()
        scene.wait_for_vav(LinkState.ONLINE, 1.0)
        run.request_stop()
        assert future.result(DEADLINE_S).not_released == ()
    assert_given_back(scene.vav)


def test_a_disk_that_is_full_when_a_controller_comes_back_leaves_it_alone(scene: Scene) -> None:
    class FullDisk(MemoryStore):
        is_full = False

        def take(self, entries: Sequence[Entry]) -> None:
            if self.is_full and entries:
                raise StateError("cannot write the ledger: No space left on device")

    disk = FullDisk()
    absent = DropConnection(None)
    scene.vav.faults.add(absent)
    scene.ledger = Ledger(disk)
    run = scene.run()
    with in_background(run) as future:
        eventually(lambda: len(scene.advances) > 3)
        disk.is_full = True
        scene.vav.faults.remove(absent)
        eventually(lambda: "is offline: cannot write the ledger" in scene.log.text)
        assert scene.vav.journal == []
        disk.is_full = False
        scene.wait_for_vav(LinkState.ONLINE, 1.0)
        run.request_stop()
        future.result(DEADLINE_S)
    assert scene.log.text.count("cannot write the ledger") == 1
    assert_given_back(scene.vav)
