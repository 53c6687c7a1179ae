"""Objects that are gone, renamed or renumbered while the bridge drives them: never a stranger's (docs/faults.md)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bridge.link.link import LinkState
from bridge.run import Run
from emulators.program import ObjectSpec
from ledger.entries import TakenClock
from ledger.receipts import Outcome
from tests import bench
from tests.faults.scene import VAV, VAV_OBJECTS, Scene, assert_given_back, writes_to
from tests.waiting import eventually
from utils.values import ObjectRef, ObjectType

STRANGERS = (
    ObjectSpec("AnalogInput", "BoilerTemp", "degrees-celsius", initial=60.0, instance=1),
    ObjectSpec("AnalogValue", "BoilerLimit", "degrees-celsius", initial=70.0, instance=1),
    ObjectSpec("AnalogOutput", "BoilerValve", "percent", initial=5.0, instance=1),
)
RENUMBERED = (*STRANGERS, *(replace(spec, instance=7) for spec in VAV_OBJECTS))
NOBODY_THERE = tuple(replace(spec, instance=9) for spec in VAV_OBJECTS)


def rename(scene: Scene, old: str, new: str) -> None:
    scene.vav.objects.update(scene.vav.objects.find(old), lambda found: replace(found, name=new))


def measure(scene: Scene, name: str, units: str | None) -> None:
    scene.vav.objects.update(scene.vav.objects.find(name), lambda found: replace(found, units=units))


def instances(scene: Scene, run: Run) -> set[int]:
    """The instances that the run has entered of the VAV's controller."""
    entries = (entry for entry in run.ledger.open_entries if not isinstance(entry, TakenClock))
    return {entry.ref.instance for entry in entries if entry.device == scene.vav_address}


def receipt_type(text: str) -> str:
    """The type of object that a receipt in the log speaks of."""
    return next(word for word in text.split() if word.startswith(("Analog", "Binary")))


@pytest.mark.parametrize("objects", [RENUMBERED, NOBODY_THERE], ids=["strangers at the old instances", "nobody there"])
def test_after_a_download_objects_are_found_again_by_name(scene: Scene, objects: tuple[ObjectSpec, ...]) -> None:
    with scene.running() as run:
        scene.vav.download(objects)
        eventually(lambda: scene.told("looking for its objects again") != [])
        scene.wait_for_vav(LinkState.ONLINE, 1.0)
        eventually(lambda: instances(scene, run) == {objects[-1].instance})
        scene.wait_for_vav(LinkState.ONLINE, 1.0)
        before = writes_to(scene.vav, "SpaceTemp")
        eventually(lambda: writes_to(scene.vav, "SpaceTemp") > before)
    assert_given_back(scene.vav)
    assert len(scene.told("is offline")) == 1
    receipts = scene.told("given back during the run")
    assert len(receipts) == 2
    assert all(f"released (it is {receipt_type(text)} {objects[-1].instance} now)" in text for text in receipts)
    assert scene.summary is not None
    assert {receipt.outcome for receipt in scene.summary.receipts} == {Outcome.RELEASED}


def test_strangers_at_the_old_instances_get_one_batch_at_the_most_and_it_is_taken_back(scene: Scene) -> None:
    with scene.running():
        scene.vav.download(RENUMBERED)
        scene.wait_for_vav(LinkState.OFFLINE, 0.0)
        scene.wait_for_vav(LinkState.ONLINE, 1.0)
        asked = [record for record in scene.vav.journal if record.name == "BoilerLimit" and record.value is not None]
        assert len(asked) <= 1
        limit, temperature = scene.vav.objects.named("BoilerLimit"), scene.vav.objects.named("BoilerTemp")
        assert (limit.present_value, temperature.out_of_service) == (70.0, False)
    assert not scene.vav.objects.named("BoilerTemp").out_of_service


def test_what_stands_in_a_strangers_slot_is_left_alone(scene: Scene) -> None:
    scene.vav_points = [VAV[0], VAV[1], {**VAV[2], "take_occupied": True}]
    scene.vav.objects.command("OutdoorTemp", 55.0, 14)
    with scene.running():
        scene.vav.download(RENUMBERED)
        scene.vav.objects.command("BoilerLimit", 33.0, 14)
        eventually(lambda: scene.told("looking for its objects again") != [])
        scene.wait_for_vav(LinkState.ONLINE, 1.0)
        held = scene.vav.objects.named("BoilerLimit").slots[13]
    assert held in (33.0, None)  # None: a batch of ours had been under way
    assert scene.vav.objects.named("BoilerLimit").slots[13] != 55.0


CHANGES = {
    "gone": (
        lambda scene: scene.vav.objects.delete(ObjectRef(ObjectType.ANALOG_OUTPUT, 1)),
        lambda scene: scene.vav.objects.add(VAV_OBJECTS[2]),
        "AnalogOutput 1, which was Damper, is gone",
    ),
    "renamed": (
        lambda scene: rename(scene, "SpaceTemp", "RoomTemp"),
        lambda scene: rename(scene, "RoomTemp", "SpaceTemp"),
        "AnalogInput 1, which was SpaceTemp, is RoomTemp now",
    ),
}


@pytest.mark.parametrize(("begin", "end", "words"), CHANGES.values(), ids=CHANGES)
def test_a_controller_without_one_of_its_objects_is_let_go_of_until_it_has_it_again(
    scene: Scene, begin: object, end: object, words: str
) -> None:
    assert callable(begin)
    assert callable(end)
    with scene.running() as run:
        begin(scene)
        eventually(lambda: scene.told("no AnalogOutput of this name") + scene.told("no AnalogInput of this name") != [])
        eventually(lambda: not any(entry.device == scene.vav_address for entry in run.ledger.open_entries))
        scene.wait_for_vav(LinkState.OFFLINE, 0.0)
        assert_given_back(scene.vav)
        end(scene)
        scene.wait_for_vav(LinkState.ONLINE, 1.0)
        assert scene.vav.objects.named("SpaceTemp").out_of_service
    assert len(scene.told(words)) == 1
    assert_given_back(scene.vav)


@pytest.mark.parametrize("name", ["SpaceTemp", "OutdoorTemp", "Damper"])
def test_a_controller_one_of_whose_units_changed_is_let_go_of_until_it_fits_again(scene: Scene, name: str) -> None:
    before = scene.vav.objects.named(name).units
    with scene.running() as run:
        measure(scene, name, "degrees-fahrenheit")
        eventually(lambda: scene.told("but the object is in degrees-fahrenheit") != [])
        eventually(lambda: not any(entry.device == scene.vav_address for entry in run.ledger.open_entries))
        scene.wait_for_vav(LinkState.OFFLINE, 0.0)
        assert_given_back(scene.vav)
        measure(scene, name, before)
        scene.wait_for_vav(LinkState.ONLINE, 1.0)
    [told] = scene.told("is in degrees-fahrenheit now")
    assert f"({name}) is in degrees-fahrenheit now, it was in {before}" in told
    assert_given_back(scene.vav)


def test_two_inputs_that_swapped_their_names_are_found_again_by_name(scene: Scene) -> None:
    scene.vav_points = [*VAV, bench.analog_input("hvac_reaZonNor_TZon_y", "OtherTemp")]
    scene.vav.download((*VAV_OBJECTS, replace(VAV_OBJECTS[0], name="OtherTemp")))
    with scene.running():
        for old, new in (("SpaceTemp", "Moving"), ("OtherTemp", "SpaceTemp"), ("Moving", "OtherTemp")):
            rename(scene, old, new)
        eventually(lambda: scene.told("looking for its objects again") != [])
        scene.wait_for_vav(LinkState.ONLINE, 1.0)
        assert scene.vav.objects.find("SpaceTemp").instance == 2
        before = writes_to(scene.vav, "SpaceTemp")
        eventually(lambda: writes_to(scene.vav, "SpaceTemp") > before)
    assert_given_back(scene.vav)


def test_an_object_that_is_renamed_just_before_the_end_is_given_back_all_the_same(scene: Scene) -> None:
    with scene.running() as run:
        run.request_stop()
        rename(scene, "OutdoorTemp", "OutsideTemp")
    assert_given_back(scene.vav)
