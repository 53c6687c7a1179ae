"""Programs on objects of any type: they read everything, command what can be, and give it back whatever it holds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bacpypes3.primitivedata import CharacterString, Integer, Unsigned

from clients.bacnet.stack import BACnetStack
from clients.bacnet_device_client import BACnetDeviceClient
from ledger import Journals, Ledger, Patiences, recover
from supervisory import EasyASO
from supervisory.guard.enabling import Enabling
from supervisory.guard.gate import Pass
from supervisory.guard.slot_gate import SlotGate
from supervisory.runtime.devices import Devices
from supervisory.runtime.short.reading import Site
from supervisory.runtime.short.services import SiteServices
from supervisory.runtime.transports import BACnetNetwork
from tests.clients.bacnet.handmade import HandMade, an_object_of_each_commandable_type
from tests.clients.bacnet.server import Server, device, stack
from tests.supervisory.gate_rig import FakeGuard
from utils.errors import ObjectError

PRIORITY = 12
NEW: dict[str, Any] = {
    "access-door": "lock",
    "binary-lighting-output": "off",
    "bitstring-value": "0110",
    "characterstring-value": "open",
    "date-pattern-value": "2025-*-01",
    "date-value": "2025-01-02",
    "datetime-pattern-value": "2025-01-02 03:04:05.00",
    "datetime-value": "2025-01-02 03:04:05.00",
    "integer-value": -7,
    "large-analog-value": 2.0e40,
    "lighting-output": 12.5,
    "octetstring-value": "beef",
    "positive-integer-value": 16777217,
    "time-pattern-value": "06:*:*.*",
    "time-value": "06:07:08.09",
}
Ask = Callable[[Callable[[EasyASO], Awaitable[Any]]], Any]


def objects() -> list[HandMade]:
    own = HandMade("128,1", "Own", Unsigned, present_value=Unsigned(3), p_512=Unsigned(7))
    return [*an_object_of_each_commandable_type(), own]


@pytest.fixture
def server() -> Iterator[Server]:
    with device(objects) as serving:
        yield serving


@pytest.fixture
def ours() -> Iterator[BACnetStack]:
    with stack() as opened:
        yield opened


@pytest.fixture
def journals(tmp_path: Path) -> Journals:
    return Journals(tmp_path / "ledgers")


@pytest.fixture
def ledger(journals: Journals) -> Iterator[Ledger]:
    kept = Ledger(journals.own({}))
    yield kept
    kept.close()


@pytest.fixture
def gate(server: Server, ours: BACnetStack, ledger: Ledger) -> Iterator[SlotGate]:
    enabling = Enabling(["easy"])
    client = BACnetDeviceClient(ours, server.address)
    gate = SlotGate(ledger, {client.device: client}, enabling, FakeGuard())
    enabling.switch(True)
    yield gate
    gate.close()


@pytest.fixture
def ask(server: Server, ours: BACnetStack, gate: SlotGate) -> Iterator[Ask]:
    """A program with leave to write, as it is written by people."""
    devices = Devices({"bs": BACnetDeviceClient(ours, server.address)})
    leave = gate.admit("easy")
    assert isinstance(leave, Pass)
    program = EasyASO()
    program.attach(SiteServices(Site(devices, gate, BACnetNetwork(ours, 4.0)), leave, PRIORITY))

    async def awaited(question: Callable[[EasyASO], Awaitable[Any]]) -> object:
        return await question(program)

    yield lambda question: asyncio.run(awaited(question))
    devices.close()


def held(server: Server, kind: str, priority: int = PRIORITY) -> object:
    return server.object(f"{kind},1").slots[priority - 1]


def test_any_property_of_any_object_is_read(ask: Ask) -> None:
    assert ask(lambda one: one.bacnet_read("bs", "integer-value,1")) == -5
    assert ask(lambda one: one.bacnet_read("bs", "characterstring-value,1")) == "closed for cleaning"
    assert ask(lambda one: one.bacnet_read("bs", "device,500", "vendor-identifier")) == 999
    assert ask(lambda one: one.bacnet_read("bs", "128,1", "512")) == 7
    assert ask(lambda one: one.bacnet_read("bs", "IntegerValue a integer-value")) == -5
    rows = ask(lambda one: one.bacnet_rpm("bs", "lighting-output,1", "present-value", "units", "128,1"))
    assert [row["value"] for row in rows] == [75.0, None, 3]
    assert "unknown-property" in str(rows[1]["error"])


@pytest.mark.parametrize("kind", NEW)
def test_what_can_be_commanded_is_commanded_and_given_back(ask: Ask, gate: SlotGate, server: Server, kind: str) -> None:
    before = ask(lambda one: one.bacnet_read("bs", f"{kind},1"))
    ask(lambda one: one.bacnet_write("bs", f"{kind},1", before))
    assert held(server, kind) is not None
    ask(lambda one: one.bacnet_write("bs", f"{kind},1", NEW[kind]))
    told = ask(lambda one: one.bacnet_priority_array("bs", f"{kind},1"))[PRIORITY - 1]
    if kind != "bitstring-value":  # which is told by the numbers of its bits
        assert str(told) == str(NEW[kind])
    assert gate.owned() == 1
    (receipt,) = gate.release("the test is over")
    assert (receipt.outcome.value, held(server, kind)) == ("released", None)


@pytest.mark.parametrize("kind", ["characterstring-value", "integer-value"])
def test_a_value_that_somebody_else_has_written_since_is_left_alone(
    ask: Ask, gate: SlotGate, server: Server, kind: str
) -> None:
    ask(lambda one: one.bacnet_write("bs", f"{kind},1", NEW[kind]))
    theirs = CharacterString("theirs") if kind.startswith("character") else Integer(99)
    server.object(f"{kind},1").slots[PRIORITY - 1] = theirs
    (receipt,) = gate.release("the test is over")
    assert "left alone" in receipt.outcome.value
    assert held(server, kind) == theirs


@pytest.mark.parametrize("kind", NEW)
def test_after_a_crash_what_stands_there_is_known_as_ours(
    ask: Ask, ledger: Ledger, server: Server, ours: BACnetStack, journals: Journals, kind: str
) -> None:
    ask(lambda one: one.bacnet_write("bs", f"{kind},1", NEW[kind]))
    ledger.close()  # as the process's end does: what is open stays on disk
    (receipt,) = recover(journals, lambda device, _: BACnetDeviceClient(ours, server.address), Patiences.none())
    assert (receipt.outcome.value, receipt.note, held(server, kind)) == ("released", "", None)


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [
        ("integer-value,1", 1.5, "not a whole number"),
        ("positive-integer-value,1", -1, "not a whole number"),
        ("access-door,1", "ajar", "does not fit"),
        ("date-value,1", "tomorrow", "does not fit"),
        ("lighting-output,1", float("nan"), "not a finite number"),
        ("device,500", "x", "no priorities"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_sent(
    ask: Ask, server: Server, text: str, value: float | str, words: str
) -> None:
    with pytest.raises(ObjectError, match=words):
        ask(lambda one: one.bacnet_write("bs", text, value))
    assert not server.counts["WriteProperty"]
