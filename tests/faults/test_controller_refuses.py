"""Faults that last until somebody acts: tried again after minutes, never in a tight loop (docs/faults.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from bridge.link.link import LinkState
from emulators.ecy.faults.calls import AnswerInstead
from emulators.ecy.faults.fault import Fault
from emulators.ecy.profile import Profile
from emulators.http.messages import Response
from tests.bridge.rig import PASSWORD
from tests.faults.conftest import MakeScene
from tests.faults.scene import Scene, all_with, assert_given_back

ELSEWHERE = Response(302, headers={"location": "https://192.0.2.1/api/rest/v2/batch"})


@dataclass(frozen=True)
class Refusal:
    """How a refusal begins and ends, and what the log says of it."""

    begin: Callable[[Scene], None]
    end: Callable[[Scene], None]
    words: str


def fault(made: Fault, words: str) -> Refusal:
    return Refusal(lambda scene: scene.vav.faults.add(made), lambda scene: scene.vav.faults.clear(), words)


REFUSALS = {
    "another password": Refusal(
        lambda scene: scene.vav.change_password("another"),
        lambda scene: scene.vav.change_password(PASSWORD),
        "wrong user name or password",
    ),
    "no rights": fault(AnswerInstead(Response(403, b"{}"), None), "the user lacks the rights"),
    "no rights for anything in a batch": fault(all_with(403), "HTTP 403"),
    "a redirect to another host": fault(AnswerInstead(ELSEWHERE, None), "redirects to https://192.0.2.1"),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_is_told_once_and_not_tried_again_for_minutes(scene: Scene, refusal: Refusal) -> None:
    scene.clock.rate = 1.0
    with scene.running():
        before = scene.vav.counters.basic_sign_ins
        refusal.begin(scene)
        scene.wait_for_vav(LinkState.OFFLINE, 0.0)
        asked = sum(scene.vav.counters.requests.values())
        scene.skip(250)
        assert sum(scene.vav.counters.requests.values()) == asked
        assert scene.vav.counters.basic_sign_ins <= before + 1
        refusal.end(scene)
        scene.skip(60)
        scene.wait_for_vav(LinkState.ONLINE, 1.0)
    [offline] = scene.told("is offline")
    assert refusal.words in offline
    assert_given_back(scene.vav)


def test_an_account_is_not_locked_out_by_a_run(scene_with: MakeScene) -> None:
    with scene_with(Profile(lockout_failures=3)) as scene:
        scene.clock.rate = 1.0
        with scene.running():
            scene.vav.change_password("another")
            scene.wait_for_vav(LinkState.OFFLINE, 0.0)
            for _ in range(5):
                scene.skip(50)
            scene.vav.change_password(PASSWORD)
            scene.skip(60)
            scene.wait_for_vav(LinkState.ONLINE, 1.0)


def test_an_expired_session_costs_one_sign_in_and_no_step(scene: Scene) -> None:
    with scene.running():
        before, steps = scene.vav.counters.basic_sign_ins, len(scene.advances)
        scene.vav.sessions.clear()
        scene.skip(5)
        assert scene.vav.counters.basic_sign_ins == before + 1
        assert {advance.damper for advance in scene.advances[steps:]} == {1.0}
    assert scene.told("is offline") == []
