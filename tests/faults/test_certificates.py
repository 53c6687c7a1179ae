"""ECY_TLS in whole runs: no password is sent to a controller whose certificate is not accepted (docs/faults.md)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from bridge.link.link import LinkState
from emulators.ecy.controller import EmulatedController
from emulators.ecy.faults.calls import AnswerInstead
from emulators.http.messages import Response
from ledger.receipts import Outcome
from tests.faults.scene import Scene, assert_given_back
from tests.waiting import eventually
from utils.errors import ConfigError, DeviceRefused
from utils.state_folder import StateFolder


def assert_shown_nothing(*controllers: EmulatedController) -> None:
    """Not even a request, let alone a password."""
    for controller in controllers:
        assert sum(controller.counters.requests.values()) == 0
        assert controller.counters.basic_sign_ins == 0


def forget_requests(scene: Scene) -> None:
    for controller in (scene.ahu, scene.vav):
        controller.counters.requests.clear()
        controller.counters.basic_sign_ins = 0


def accept_as_told(scene: Scene, message: str) -> None:
    """Do what the message says: delete the line of the controller in the file that it names."""
    told = re.search(r"delete the line of (\S+) in (\S+) and", message)
    assert told is not None
    file = scene.folder / told[2]
    lines = [line for line in file.read_text().splitlines() if f'"{told[1]}"' not in line]
    text = "\n".join(lines)
    file.write_text(re.sub(r",(\s*\})", r"\1", text))


def test_a_certificate_is_pinned_at_first_contact_and_holds_for_later_runs(scene: Scene) -> None:
    scene.run(steps=1).execute()
    pins = StateFolder(scene.folder / ".state").pins
    assert re.fullmatch("[0-9a-f]{64}", pins.get(scene.vav_address) or "")
    assert len(scene.told("trusted from now on")) == 1
    scene.run(steps=1).execute()
    assert len(scene.told("trusted from now on")) == 1


def test_what_asks_like_no_ecy_is_shown_no_password_and_not_pinned(scene: Scene) -> None:
    page = Response(401, b"<html>Sign in</html>", "text/html", {"www-authenticate": 'Basic realm="RT-66"'})
    scene.vav.faults.add(AnswerInstead(page, times=None))
    with pytest.raises(DeviceRefused, match="does not look like an ECY controller") as caught:
        scene.run(steps=1).execute()
    assert scene.vav.counters.basic_sign_ins == 0
    assert scene.vav.journal == scene.ahu.journal == []
    pins = StateFolder(scene.folder / ".state").pins
    assert pins.get(scene.vav_address) is None
    scene.vav.faults.clear()
    told = re.search(r'a line "(\S+)": "(\w+)" in (\S+)$', str(caught.value))
    assert told is not None
    assert (told[1], told[3]) == (scene.vav_address, str(pins.file))
    scene.run(steps=1).execute()
    assert pins.get(scene.vav_address) == told[2]


def test_a_changed_certificate_stops_the_start_before_any_password_and_can_be_accepted(scene: Scene) -> None:
    scene.run(steps=1).execute()
    scene.controllers.change_certificate("VAV")
    forget_requests(scene)
    with pytest.raises(DeviceRefused, match="its certificate has changed") as caught:
        scene.run(steps=1).execute()
    assert_shown_nothing(scene.vav)
    accept_as_told(scene, str(caught.value))
    scene.run(steps=1).execute()
    assert_given_back(scene.vav)


def test_a_certificate_that_changes_in_mid_run_stops_that_controller_only(scene: Scene) -> None:
    with scene.running():
        forget_requests(scene)
        scene.controllers.change_certificate("VAV")
        scene.wait_for_vav(LinkState.OFFLINE, 0.0)
        scene.skip(60)
        assert scene.vav.counters.basic_sign_ins == 0
        eventually(lambda: scene.ahu.counters.requests["POST"] > 5)
    assert len(scene.told("is offline: its certificate has changed")) == 1
    assert {advance.fan for advance in scene.advances[-10:]} == {1.0}
    assert scene.summary is not None
    assert {receipt.device for receipt in scene.summary.not_released} == {scene.vav_address}
    assert all("certificate has changed" in receipt.note for receipt in scene.summary.not_released)


REFUSING: dict[str, Callable[[Scene], str]] = {
    "verify": lambda scene: "verify",
    "a CA file that does not vouch for it": lambda scene: str(scene.controllers.certificate("AHU")),
}


@pytest.mark.parametrize("policy", REFUSING.values(), ids=REFUSING)
def test_a_certificate_that_nobody_vouches_for_is_shown_no_password(
    scene: Scene, policy: Callable[[Scene], str]
) -> None:
    with pytest.raises(DeviceRefused, match="certificate is not trusted"):
        scene.run(steps=1, ECY_TLS=policy(scene)).execute()
    assert_shown_nothing(scene.vav)
    assert scene.ahu.journal == []


def test_a_ca_file_that_vouches_for_every_controller_is_enough(scene: Scene) -> None:
    bundle = scene.folder / "controllers.pem"
    texts = [scene.controllers.certificate(name).read_text() for name in ("AHU", "VAV")]
    bundle.write_text("".join(texts))
    assert scene.run(steps=1, ECY_TLS=str(bundle)).execute().steps == 1
    assert_given_back(scene.vav)


def test_off_takes_any_certificate_and_pins_none(scene: Scene) -> None:
    scene.run(steps=1, ECY_TLS="off").execute()
    scene.controllers.change_certificate("VAV")
    summary = scene.run(steps=1, ECY_TLS="off").execute()
    assert {receipt.outcome for receipt in summary.receipts} == {Outcome.RELEASED}
    assert StateFolder(scene.folder / ".state").pins.get(scene.vav_address) is None


def test_a_policy_that_is_none_is_a_config_error(scene: Scene) -> None:
    with pytest.raises(ConfigError, match="ECY_TLS"):
        scene.run(ECY_TLS="maybe")
