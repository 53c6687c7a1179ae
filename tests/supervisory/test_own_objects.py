"""Objects that programs serve on our own device, seen and written by somebody else on the network."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from bacpypes3.local.analog import AnalogValueObject
from bacpypes3.local.cmd import Commandable

from clients.bacnet.stack import BACnetStack
from supervisory.easy import Misuse
from supervisory.runtime.short.objects import OwnObjects
from tests.waiting import eventually


class Setpoint(Commandable, AnalogValueObject):  # type: ignore[misc]
    """As programs for easy-aso make one."""


@pytest.fixture
def stack() -> Iterator[BACnetStack]:
    with BACnetStack("127.0.0.1/24:0") as own:
        yield own


@pytest.fixture
def somebody() -> Iterator[BACnetStack]:
    with BACnetStack("127.0.0.1/24:0", instance=5) as other:
        yield other


def _in_a_program(work: Callable[[], Any]) -> Any:  # noqa: ANN401
    """Objects can be made on a running loop only, which in a program is its own."""

    async def done() -> Any:  # noqa: ANN401
        return work()

    return asyncio.run(done())


def _setpoint(number: int = 2001, name: str = "wanted") -> Setpoint:
    return Setpoint(
        objectIdentifier=("analogValue", number),
        objectName=name,
        presentValue=20.0,
        statusFlags=[0, 0, 0, 0],
        covIncrement=0.1,
    )


def test_an_object_is_seen_and_what_others_write_to_it_is_seen_by_the_program(
    stack: BACnetStack, somebody: BACnetStack
) -> None:
    own = OwnObjects(stack)
    item = _in_a_program(_setpoint)
    own.add("easy", item)
    assert somebody.ask(lambda one: one.read(stack.address, "analog-value,2001")).value == 20.0
    somebody.ask(lambda one: one.write(stack.address, "analog-value,2001", 23.0, 8))
    assert item.presentValue == 23.0
    assert own.find("easy", lambda one: str(one.objectName) == "wanted") is item
    own.remove("easy", item)
    assert stack.application.get_object_name("wanted") is None


def test_what_the_program_assigns_from_its_own_thread_is_told_to_subscribers(
    stack: BACnetStack, somebody: BACnetStack
) -> None:
    item = _in_a_program(_setpoint)
    OwnObjects(stack).add("easy", item)
    heard: list[object] = []
    subscription = somebody.ask(
        lambda one: one.subscribe_cov(stack.address, "analog-value,2001", lambda reading: heard.append(reading.value))
    )
    for value in (21.0, 22.0):
        _in_a_program(partial(setattr, item, "presentValue", value))
        eventually(partial(heard.__contains__, value))
    somebody.call(subscription.close(), 3.0)


def test_a_new_life_of_the_program_finds_what_people_have_commanded(stack: BACnetStack, somebody: BACnetStack) -> None:
    own = OwnObjects(stack)
    own.add("easy", _in_a_program(_setpoint))
    somebody.ask(lambda one: one.write(stack.address, "analog-value,2001", 23.0, 8))
    again = _in_a_program(_setpoint)
    own.add("easy", again)
    assert again.presentValue == 23.0
    assert somebody.ask(lambda one: one.read(stack.address, "analog-value,2001")).value == 23.0


def test_numbers_and_names_belong_to_one(stack: BACnetStack) -> None:
    own = OwnObjects(stack)
    own.add("easy", _in_a_program(_setpoint))
    with pytest.raises(Misuse, match="the program easy has an object with this number"):
        own.add("other", _in_a_program(_setpoint))
    with pytest.raises(Misuse, match="already an object with name 'wanted'"):
        own.add("other", _in_a_program(lambda: _setpoint(2002)))
    with pytest.raises(Misuse, match="has not added it"):
        own.remove("other", _in_a_program(lambda: _setpoint(2003, "third")))


def test_a_run_without_a_device_of_its_own_says_so() -> None:
    with pytest.raises(Misuse, match="no BACnet device of its own"):
        OwnObjects().add("easy", _in_a_program(_setpoint))
