"""What is needed to give back, and what counts as given back: accounts, zones, and the records of others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import BaseFileLock

from bridge.run import Run
from clients.device_client import DeviceClient
from clients.making import Credentials
from emulators.boptest.faults import HoldCall
from emulators.ecy.faults.fault import Fault
from emulators.ecy.wire.messages import compact
from emulators.http.messages import Request, Response
from ledger import Patiences
from ledger.entries import TakenSlot
from ledger.ledger import Ledger
from ledger.receipts import Outcome
from ledger.record.journal import Journals
from ledger.recovery import recover
from tests import bench
from tests.bridge.looking import assert_as_it_was, held, written
from tests.bridge.rig import AHU_POINTS, VAV_POINTS, Rig, rig
from tests.command_line import run, start, variables
from tests.waiting import DEADLINE_S, in_no_time
from utils.values import ObjectRef, ObjectType

ACCOUNT = {"username_env": "AHU_USER", "password_env": "AHU_WORD"}
SLOT = TakenSlot("10.0.0.1", ObjectRef(ObjectType.ANALOG_VALUE, 3), "OutdoorAirTemp", 14, None)


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as running:
        yield running


@pytest.mark.slow
def test_after_a_kill_a_controller_with_an_account_of_its_own_is_given_back_with_that(both: Rig) -> None:
    ahu, addresses = both.controllers.controller("AHU"), both.controllers.addresses
    ahu.change_password("of its own")
    folder = bench.write_configs(
        both.folder,
        bench.equipment("AHU", addresses["AHU"], AHU_POINTS, **ACCOUNT),
        bench.equipment("VAV", addresses["VAV"], VAV_POINTS),
    )
    settings = variables(both, AHU_USER="bench", AHU_WORD="of its own")
    hold = both.building.faults.add(HoldCall(), "advance")
    arguments = ["--configs", str(folder), "--env", str(both.folder / "absent.env"), "--yes"]
    with start(*arguments, **settings) as process:
        assert hold.reached.wait(DEADLINE_S)
        process.kill()
        process.communicate()
    hold.release.set()
    assert ahu.objects.named("DischAirTemp").out_of_service
    code, output = run("release", "--env", "absent", **settings)
    assert code == 0, output
    assert_as_it_was(both)


class KeepsItsZone(Fault):
    """Takes a time and acknowledges a zone, but goes on in its own."""

    async def on_reply(self, request: Request, reply: Response) -> Response:
        """Tell the zone that it has kept."""
        if request.method != "GET" or not request.path.endswith("/platform/time"):
            return reply
        return Response(reply.status, compact({**json.loads(reply.body), "time-zone": "US/Mountain"}))


def test_a_clock_that_keeps_our_zone_is_not_given_back(both: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    both.clocks = in_no_time()
    monkeypatch.setattr("clients.ecy.clock._SETTLE_S", 0.1)
    faults = both.controllers.controller("VAV").faults
    ended = held(both, lambda _: faults.add(KeepsItsZone()), DESIRED_TIMEZONE="US/Mountain")
    [receipt] = [one for one in ended.summary().receipts if one.outcome is Outcome.FAILED]
    assert receipt.device == both.controllers.addresses["VAV"]
    assert "its zone is US/Mountain" in receipt.note
    faults.clear()
    both.execute(steps=1)
    assert_as_it_was(both)


def test_a_record_that_somebody_else_finishes_just_before_us_is_nothing_to_recover(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journals = Journals(tmp_path / "ledgers")
    dead = Ledger(journals.own({}))
    dead.take(SLOT)
    dead.close()
    acquire = BaseFileLock.acquire

    def finished_meanwhile(lock: BaseFileLock, *arguments: object, **options: object) -> object:
        taken = acquire(lock, *arguments, **options)  # type: ignore[arg-type]
        for file in journals.folder.iterdir():
            if file.suffix != ".lock":
                file.unlink()
        return taken

    def refuse(device: str, _credentials: Credentials) -> DeviceClient:
        raise AssertionError(f"nothing is left to be done in {device}")

    monkeypatch.setattr(BaseFileLock, "acquire", finished_meanwhile)
    assert recover(journals, refuse, Patiences.none()) == []
    monkeypatch.undo()
    assert journals.orphans() == []


def test_an_operator_who_types_a_number_of_ours_cannot_be_told_from_us(both: Rig) -> None:
    objects = both.controllers.controller("AHU").objects

    def type_ours(_run: Run) -> None:
        [ours] = written(both, "AHU", "OutdoorAirTemp")
        objects.command("OutdoorAirTemp", None, 14)
        objects.command("OutdoorAirTemp", ours, 14)

    receipts = held(both, type_ours).summary().receipts
    assert {receipt.outcome for receipt in receipts} == {Outcome.RELEASED}
    assert objects.named("OutdoorAirTemp").slots[13] is None
