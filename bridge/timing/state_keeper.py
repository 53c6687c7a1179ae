"""Keeps states of the simulation for whoever has time in hand; the embedded building alone offers them."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Protocol

from bridge.building import SimulationPeer
from bridge.timing.saved_states import SavedStates
from bridge.timing.time_in_hand import Tell, TimeRefused
from clients.boptest_client import BenchOffer
from recording import EventKind
from utils.errors import SimulationRefused
from utils.names import did_you_mean

log = logging.getLogger(__name__)


class Offering(Protocol):
    """The session, as far as states need it."""

    @property
    def client(self) -> SimulationPeer:
        """The simulation."""

    @property
    def offers(self) -> Collection[BenchOffer]:
        """What it can do that not every one can."""

    @property
    def states(self) -> SavedStates:
        """Where its states are kept."""


class StateKeeper:
    """What a session offers of states. :meth:`keep` is for the simulation thread, the others are for any."""

    def __init__(self, session: Offering, tell: Tell) -> None:
        self._session = session
        self._tell = tell

    @property
    def names(self) -> tuple[str, ...]:
        """Those that can be gone back to, the newest last; none where the simulation has no states."""
        if BenchOffer.STATES not in self._session.offers:
            return ()
        try:
            return tuple(self._session.states.names())
        except OSError:
            return ()

    def require(self, name: str | None = None) -> None:
        """Raises :class:`TimeRefused` where the simulation has no states, or none of that name was saved."""
        if BenchOffer.STATES not in self._session.offers:
            raise TimeRefused("this simulation cannot save its state; the embedded building can")
        if name is not None and not self._session.states.has(name):
            guess = did_you_mean(name, self.names)
            raise TimeRefused(f"there is no state {name!r}{guess or f' in {self._session.states.folder}'}")

    def keep(self, name: str, who: str) -> None:
        """Save the state as it is now. That it fails is told, and nothing else comes of it."""
        try:
            self._session.states.write(name, self._session.client.save_state())
        except (OSError, SimulationRefused) as error:
            log.warning("the state %s was not saved: %s", name, error)
            self._tell(EventKind.FAULT, f"the state {name} was not saved: {error}", who)
        else:
            self._tell(EventKind.STATE, f"state {name} saved", who)
