"""A controller that leaves answers out of its batches: what it does not tell is not guessed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.run import Run
from emulators.ecy.faults.answers import ChangeBatch
from emulators.ecy.faults.storage import FailWrites
from emulators.http.messages import Request, Response
from ledger.receipts import Outcome
from tests.bridge.looking import activations, assert_as_it_was, force, held
from tests.bridge.rig import Rig, rig


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as running:
        yield running


def every_other_answer() -> ChangeBatch:
    """Only the second, the fourth and so on."""
    return ChangeBatch(lambda items: items[1::2])


def test_what_is_not_told_at_the_end_stays_in_the_ledger_and_is_given_back_by_the_next_run(both: Rig) -> None:
    fault = every_other_answer()
    faults = both.controllers.controller("VAV").faults
    receipts = held(both, lambda run: faults.add(fault)).summary().receipts
    vav = both.controllers.addresses["VAV"]
    assert {receipt.outcome for receipt in receipts if receipt.device == vav} == {Outcome.FAILED}
    assert {receipt.outcome for receipt in receipts if receipt.device != vav} == {Outcome.RELEASED}
    faults.remove(fault)
    both.execute(steps=1)
    assert_as_it_was(both)


def test_nothing_is_taken_before_its_state_is_told_in_full(both: Rig) -> None:
    controller = both.controllers.controller("VAV")
    force(controller, "SpaceTemp", 17.5)
    both.take_occupied = True
    fault = every_other_answer()
    controller.faults.add(fault)
    run = both.run(steps=2)
    run.execute()
    assert activations(run) == (1.0, 0.0)
    assert controller.journal == []
    controller.faults.remove(fault)
    both.execute(steps=2)
    found = controller.objects.named("SpaceTemp")
    assert (found.out_of_service, found.present_value) == (True, 17.5)


class ForgetsToAnswer(ChangeBatch):
    """Once something was to be put back in service, no batch has an answer in it any more."""

    def __init__(self) -> None:
        super().__init__(lambda items: [])
        self._gives_back = False

    async def on_reply(self, request: Request, reply: Response) -> Response:
        """Leave the answers out."""
        if self._gives_back:
            return await super().on_reply(request, reply)
        self._gives_back = b"false" in request.body
        return reply


def test_an_input_of_which_nobody_tells_whether_it_is_in_service_again_is_not_released(both: Rig) -> None:
    vav = both.controllers.controller("VAV")
    stuck = FailWrites({"SpaceTemp"})

    def fail(_run: Run) -> None:
        vav.faults.add(stuck)
        vav.faults.add(ForgetsToAnswer())

    receipts = held(both, fail).summary().receipts
    [receipt] = [receipt for receipt in receipts if receipt.device == both.controllers.addresses["VAV"]]
    assert receipt.outcome is Outcome.FAILED
    assert vav.objects.named("SpaceTemp").out_of_service
    vav.faults.clear()
    both.execute(steps=1)
    assert_as_it_was(both)
