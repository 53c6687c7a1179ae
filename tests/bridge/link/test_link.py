"""What one exchange with a controller means for it: lost, or refused in part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from bridge.link.link import ControllerLink
from ledger.ledger import Ledger
from tests import bench
from tests.bridge.link.links import taken
from tests.bridge.rig import Rig, rig
from utils.clocks import Clocks, ModelSeconds, MonotonicSeconds
from utils.errors import DeviceError, DeviceRefused, DeviceUnreachable, ObjectError
from utils.values import Exchange, Frame, ObjectRef, ObjectType, Sample, Target, Write, WriteKind, WriteResult

REFS = (ObjectRef(ObjectType.ANALOG_VALUE, 1), ObjectRef(ObjectType.ANALOG_VALUE, 2))
FRAME = Frame(0, ModelSeconds(0.0), {})


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with rig(tmp_path_factory.mktemp("rig")) as running:
        yield running


@pytest.fixture
def link(both: Rig) -> Iterator[ControllerLink]:
    config = bench.equipment("AHU", both.controllers.addresses["AHU"], [bench.output("x", "FanSpeed")])
    subject, _ = taken(both.folder, both.settings(), config, Clocks())
    yield subject
    subject.controller.client.close()


def answers(link: ControllerLink, monkeypatch: pytest.MonkeyPatch, errors: Sequence[DeviceError | None]) -> None:
    """Whatever is asked, two writes have had these errors, and the output tells 80 %."""
    results = tuple(
        WriteResult(Write(ref, WriteKind.COMMAND, 1.0, 12), error) for ref, error in zip(REFS, errors, strict=True)
    )
    samples = dict.fromkeys(link.controller.reads.values(), Sample(80.0))
    monkeypatch.setattr(link.controller.client, "exchange", lambda *_: Exchange(results, samples))


def exchanged(link: ControllerLink) -> list[Sample]:
    told: dict[Target, Sample] = link.exchange(FRAME)
    return list(told.values())


@pytest.mark.parametrize("kind", [DeviceUnreachable, DeviceRefused])
def test_a_controller_that_takes_nothing_at_all_is_lost(
    link: ControllerLink, monkeypatch: pytest.MonkeyPatch, kind: type[DeviceError]
) -> None:
    answers(link, monkeypatch, [kind(link.device, "first"), kind(link.device, "second")])
    with pytest.raises(kind, match="first"):
        link.exchange(FRAME)
    assert link.written == 0


def test_one_that_refuses_every_object_is_there_all_the_same(
    link: ControllerLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers(link, monkeypatch, [ObjectError(link.device, "read-only")] * 2)
    assert exchanged(link) == [Sample(80.0)]
    assert link.written == 0


def test_what_is_refused_of_several_is_told_once_until_it_is_taken(
    link: ControllerLink, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refusals() -> int:
        return caplog.text.count(f"{link.device} refused a write to {REFS[1]}")

    refused = [None, DeviceRefused(link.device, "no rights")]
    for errors, told in ((refused, 1), (refused, 1), ([None, None], 1), (refused, 2)):
        answers(link, monkeypatch, errors)
        assert exchanged(link) == [Sample(80.0)]
        assert refusals() == told
    assert link.written == 5


def test_one_that_has_nothing_to_be_told_or_asked_is_online_when_it_has_coupled(both: Rig) -> None:
    """Only what has changed is written: with inputs alone there is nothing to exchange while the building stands."""
    now_s = MonotonicSeconds(1000.0)
    point = bench.analog_input("hvac_reaZonSou_TZon_y", "SpaceTemp")
    config = bench.equipment("VAV", both.controllers.addresses["VAV"], [point])
    manager = bench.manager(both.folder, both.settings(), config)
    clocks = Clocks(monotonic=lambda: now_s)
    link = ControllerLink(manager.controllers[0], Ledger(), 5.0, None, clocks)
    states = [link.state.value]
    link.reach()
    assert not link.survey()
    link.take()
    frame = Frame(0, ModelSeconds(0.0), {}, {Target(link.device, ObjectType.ANALOG_INPUT, "SpaceTemp"): 21.0})
    link.exchange(frame)
    states.append(link.state.value)
    now_s = MonotonicSeconds(1005.0)
    link.exchange(frame)
    assert [*states, link.state.value] == ["connecting", "coupling", "online"]
    manager.close()
