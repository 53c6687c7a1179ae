"""Faults of single objects and single answers: the controller stays on line (docs/faults.md)."""

from __future__ import annotations

import pytest

from bridge.link.link import LinkState
from emulators.boptest.faults import NullValues
from emulators.ecy.faults.answers import ChangeBatch, TellInstead
from emulators.ecy.faults.fault import Fault
from emulators.ecy.faults.storage import FailWrites
from emulators.ecy.profile import Profile
from emulators.ecy.wire.values import Json
from emulators.http.messages import Request, Response
from tests.faults.conftest import MakeScene
from tests.faults.scene import HOLD_STEPS, Scene, assert_given_back, writes_to
from tests.waiting import eventually


def without_values(items: list[Json]) -> list[Json]:
    """The reads are left out: the items with a value that is a number."""
    return [item for item in items if not _is_number(item)]


def failed_values(items: list[Json]) -> list[Json]:
    return [{**item, "status": 500, "body": {"error": "failed"}} if _is_number(item) else item for item in items]  # type: ignore[dict-item]


def _is_number(item: Json) -> bool:
    """Told alone, or with status flags beside it."""
    body = item["body"] if isinstance(item, dict) else None
    return isinstance(body, dict) and isinstance(body.get("$value", body.get("present-value")), float)


BAD_READS = {
    "missing responses": without_values,
    "failing reads": failed_values,
}
BAD_VALUES = {
    "null": None,
    "NaN": "NaN",
    "text": "open",
    "an object": {"reliability": "no-sensor"},
    "true": True,
    "beyond single precision": 1e308,
    "more digits than a float has": 10**400,
}


def assert_held_released_and_back(scene: Scene, begun_at: int) -> None:
    """The group missed its output, and nothing else did."""
    dampers = [advance.damper for advance in scene.advances[begun_at:]]
    assert 0.0 in dampers
    assert dampers[-1] == 1.0
    assert {advance.vav for advance in scene.advances[begun_at:]} == {LinkState.ONLINE}
    assert {advance.fan for advance in scene.advances[begun_at:]} == {1.0}
    assert scene.told("is offline") == []
    assert_given_back(scene.vav)


@pytest.mark.parametrize("change", BAD_READS.values(), ids=BAD_READS)
def test_an_output_that_is_not_answered_is_a_miss_of_its_group(scene: Scene, change: object) -> None:
    with scene.running():
        begun_at = len(scene.advances)
        scene.vav.faults.add(ChangeBatch(change))  # type: ignore[arg-type]
        scene.wait_for_vav(LinkState.ONLINE, 0.0)
        scene.vav.faults.clear()
        scene.wait_for_vav(LinkState.ONLINE, 1.0)
    assert_held_released_and_back(scene, begun_at)


@pytest.mark.parametrize("value", BAD_VALUES.values(), ids=BAD_VALUES)
def test_an_output_without_a_number_is_held_then_its_group_released(scene: Scene, value: Json) -> None:
    with scene.running():
        begun_at = len(scene.advances)
        scene.vav.faults.add(TellInstead(scene.vav.objects, {"Damper": value}))
        scene.wait_for_vav(LinkState.ONLINE, 0.0)
        scene.vav.faults.clear()
        scene.wait_for_vav(LinkState.ONLINE, 1.0)
    assert_held_released_and_back(scene, begun_at)
    assert all(isinstance(advance.damper, float) for advance in scene.advances)


@pytest.mark.parametrize(
    "change",
    [
        lambda items: [{**item, "id": "1"} for item in items],
        lambda items: [{**item, "id": f"x{number}"} for number, item in enumerate(items)],
    ],
    ids=["the same id in every answer", "ids that nobody asked for"],
)
def test_answers_with_strange_ids_are_taken_in_their_order(scene: Scene, change: object) -> None:
    with scene.running():
        begun_at = len(scene.advances)
        scene.vav.faults.add(ChangeBatch(change))  # type: ignore[arg-type]
        eventually(lambda: len(scene.advances) > begun_at + 3 * HOLD_STEPS)
        assert {advance.damper for advance in scene.advances[begun_at:]} == {1.0}
        scene.vav.faults.clear()
    assert_given_back(scene.vav)


def test_a_write_that_one_object_refuses_is_told_once_and_the_rest_goes_on(scene: Scene) -> None:
    with scene.running():
        scene.vav.faults.add(FailWrites({"OutdoorTemp"}))
        eventually(lambda: scene.told("refused a write") != [])
        before, begun_at = writes_to(scene.vav, "SpaceTemp"), len(scene.advances)
        eventually(lambda: writes_to(scene.vav, "SpaceTemp") > before + 5)
        assert {advance.damper for advance in scene.advances[begun_at:]} == {1.0}
        scene.vav.faults.clear()
        refused = writes_to(scene.vav, "OutdoorTemp")
        eventually(lambda: writes_to(scene.vav, "OutdoorTemp") > refused)
    [told] = scene.told("refused a write")
    assert "write-access-denied" in told
    assert_given_back(scene.vav)


FIRMWARES = {
    "a batch that is too large (413)": Profile(batch_limit=2),
    "a batch that is too large (400)": Profile(batch_limit=2, batch_limit_status=400),
    "reads that are stale": Profile(stale_reads_s=0.3),
    "a batch that ends at its first failure": Profile(batch_order="stop-at-first-error"),
}


@pytest.mark.parametrize("profile", FIRMWARES.values(), ids=FIRMWARES)
def test_a_run_with_difficult_firmware_misses_nothing_and_gives_back(scene_with: MakeScene, profile: Profile) -> None:
    with scene_with(profile) as scene:
        with scene.running():
            begun_at = len(scene.advances)
            eventually(lambda: len(scene.advances) > begun_at + 20)
            assert {advance.damper for advance in scene.advances[begun_at:]} == {1.0}
        assert scene.told("is offline") == []
        assert scene.summary is not None
        assert not scene.summary.not_released
        assert_given_back(scene.vav)


class Looks(Fault):
    """No fault at all: counts how often somebody looks at a slot."""

    def __init__(self) -> None:
        self.count = 0

    async def on_request(self, request: Request) -> Response | None:
        """Count."""
        self.count += b"priority-array" in request.body
        return None


def test_a_slot_that_was_let_go_of_is_not_told_as_not_effective(scene: Scene) -> None:
    looks = Looks()
    scene.vav.faults.add(looks)
    with scene.running():
        scene.building.faults.add(NullValues(["weaSta_reaWeaTDryBul_y"]), "advance", times=None)
        eventually(lambda: scene.vav.objects.named("OutdoorTemp").slots[13] is None)
        seen = looks.count
        eventually(lambda: looks.count >= seen + 4)
        assert scene.vav.objects.named("OutdoorTemp").slots[13] is None
        scene.building.faults.clear()
    assert scene.told("not effective") == []
    assert_given_back(scene.vav)


def test_an_input_that_refuses_every_write_is_not_let_go_of_again_in_each_step(scene: Scene) -> None:
    with scene.running(ECY_REFRESH_TIME="100000"):
        scene.vav.faults.add(FailWrites({"SpaceTemp"}))
        eventually(lambda: any(record.refused for record in scene.vav.journal))
        scene.building.faults.add(NullValues(["hvac_reaZonSou_TZon_y"]), "advance", times=None)
        begun_at = len(scene.advances)
        eventually(lambda: len(scene.advances) > begun_at + 10 * HOLD_STEPS)
        tried = [record for record in scene.vav.journal if record.name == "SpaceTemp" and record.value is False]
        scene.vav.faults.clear()
        scene.building.faults.clear()
    assert len(tried) <= HOLD_STEPS
    assert_given_back(scene.vav)
