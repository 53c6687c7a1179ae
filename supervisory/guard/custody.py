"""Keeps programs' slots safe: ledger, gate, releaser and guardian composed, and the order in which they end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from clients.device_client import DeviceClient
from clients.making import Credentials, DeviceClients
from ledger import (
    DOUBT_S,
    GUARDIAN,
    SILENCE_S,
    Guarding,
    Journal,
    Journals,
    Ledger,
    Order,
    Patiences,
    Receipt,
    recover,
)
from supervisory.guard.enabling import Enabling
from supervisory.guard.releaser import Releaser
from supervisory.guard.slot_gate import SlotGate
from utils.alone import Alone
from utils.settings import Parts, SettingsSource
from utils.state_folder import StateFolder

log = logging.getLogger(__name__)

END_S = 5.0
"""At the end, giving back may take so long; what is left then is the guardian's."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What programs of one runtime may touch, and how those get at it who have to give it back after a crash.

    ``clients`` are for the gate alone. ``settings`` are needed for controllers over REST and for the simulation.
    ``end_s`` is what giving back may take at the end; the guardian goes on with what is left.
    """

    programs: Sequence[str]
    clients: Mapping[str, DeviceClient]
    credentials: Mapping[str, Credentials] = field(default_factory=dict)
    settings: SettingsSource | None = None
    silence_s: float = SILENCE_S
    doubt_s: float = DOUBT_S
    end_s: float = END_S
    opens: Callable[[str], DeviceClient] | None = field(default=None, kw_only=True)
    """Makes a client of a device that is not among ``clients``, reached as the first of ``credentials`` says."""


class Custody:
    """The parts that a runtime works with."""

    def __init__(
        self,
        enabling: Enabling,
        ledger: Ledger,
        gate: SlotGate,
        releaser: Releaser,
        guard: Guarding,
        ending: Alone,
    ) -> None:
        self.enabling = enabling
        self.gate = gate
        self.guard = guard
        self._ledger = ledger
        self._releaser = releaser
        self._ending = ending

    @property
    def troubles(self) -> tuple[str, ...]:
        """What went wrong at the end beyond what receipts tell."""
        return self._ending.told

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """What has been given back so far, or could not be."""
        return self._releaser.receipts

    @property
    def not_released(self) -> int:
        """How many slots are still owned: 0 is what everybody wants to see at the end."""
        return len(self._ledger.open_entries)


def give_back_leftovers(state: StateFolder, settings: Parts) -> list[Receipt]:
    """Give back what runs that have died left behind, before anybody looks whether slots are free.

    What cannot be given back, as that of a controller for which there are no settings, stays in its ledger.
    """
    with DeviceClients(settings, state) as clients:
        journals = Journals.of(state)
        receipts = recover(journals, clients.client_for, Patiences.none())
    for receipt in receipts:
        log.warning("left by an earlier run: %s", receipt)
    for kept in journals.kept:
        log.warning("kept: %s", kept)
    return receipts


@contextmanager
def guarded(charge: Charge, state: StateFolder) -> Iterator[Custody]:
    """Start a guardian, and keep the programs' slots until the block ends.

    Whatever ends it, everything has been given back by then, or is the guardian's to give back: each step of the end
    is done whatever becomes of the others. Raises
    :class:`ledger.GuardianError` where there is no guardian: nothing has been written then.
    """
    journal = Journals.of(state).own(charge.credentials)
    ledger, enabling, ending = Ledger(journal), Enabling(charge.programs), Alone()
    with ExitStack() as stack:
        order = _order(charge, state, journal.file)
        guard = stack.enter_context(Guarding(order, partial(_fault, enabling), GUARDIAN))
        opens = None if charge.opens is None else partial(_opened, charge, charge.opens, journal)
        gate = SlotGate(ledger, charge.clients, enabling, guard, doubt_s=charge.doubt_s, opens=opens)
        stack.callback(_done, ending, "saying farewell", partial(_say_farewell, ledger, guard))
        stack.callback(_done, ending, "closing the ledger", ledger.close)
        stack.callback(_done, ending, "closing the gate", gate.close)
        releaser = stack.enter_context(Releaser(enabling, gate))
        stack.callback(_done, ending, "giving back", partial(_end, enabling, charge.end_s))
        yield Custody(enabling, ledger, gate, releaser, guard, ending)


def _opened(charge: Charge, opens: Callable[[str], DeviceClient], journal: Journal, device: str) -> DeviceClient:
    """One more device: how it is reached is in the journal before anything of it can be taken."""
    journal.reach(device, next(iter(charge.credentials.values()), Credentials()))
    return opens(device)


def _done(ending: Alone, what: str, step: Callable[[], object]) -> None:
    with ending.step(what):
        step()


def _order(charge: Charge, state: StateFolder, journal: Path) -> Order:
    devices = (*charge.clients, *charge.credentials)
    return Order.for_us(
        journal,
        state.path,
        {device: charge.credentials.get(device, Credentials()).interface for device in devices},
        None if charge.settings is None else charge.settings.variables,
        silence_s=charge.silence_s,
        doubt_s=charge.doubt_s,
    )


def _fault(enabling: Enabling, why: str) -> None:
    for program in enabling.programs:
        enabling.fault(program, why)


def _end(enabling: Enabling, wait_s: float) -> None:
    """Take leave away from all, and wait until the releaser has been everywhere."""
    nothing_left = threading.Event()

    def look(_program: str = "") -> None:
        if not enabling.releasing():
            nothing_left.set()

    enabling.subscribe(look)
    enabling.end("the runtime ends")
    look()
    nothing_left.wait(wait_s)


def _say_farewell(ledger: Ledger, guard: Guarding) -> None:
    if ledger.open_entries:
        log.warning(
            "%d slots are not given back yet; the guardian (process %s) goes on", len(ledger.open_entries), guard.pid
        )
        guard.hand_over()
    else:
        guard.farewell()
