"""Are the objects of a controller still the ones that discovery found by name?

An application that is downloaded in the middle of a run may renumber everything: a write to the old instance then
succeeds, in somebody else's object. So the name of one object rides along with every exchange, each in turn, those of
all points come with the refresh, and all are read before the next write when something looked wrong. Units come with
the refresh as well: a number in the old unit would succeed, too.
"""

from __future__ import annotations

from collections.abc import Mapping

from bridge.link.claims import names_of
from bridge.link.duty import Duty, Look
from equipment.controller import Controller
from utils.clocks import Clocks, MonotonicSeconds
from utils.errors import ObjectError
from utils.values import Exchange, ObjectRef, ObjectState, Quality

_CALM_S = 5.0
"""After a look that found nothing wrong, an object that keeps failing is no reason to look again for so long."""


class Identity(Duty):
    """The names of one controller's objects, as they were bound and as they are told."""

    def __init__(self, controller: Controller, clocks: Clocks) -> None:
        self._controller = controller
        self._clocks = clocks
        self._names: Mapping[ObjectRef, str] = {}
        self._units: dict[ObjectRef, str] = {}
        self._turn = 0
        self._sign_ins = 0
        self._suspected = False
        self._calm_until_s = 0.0
        self._tells_names = False

    def bind(self) -> None:
        """The controller's objects have just been found by name."""
        self._names = names_of(self._controller)
        self._units = {}
        self._sign_ins = self._controller.client.sign_ins
        self._suspected = False

    def look(self, now_s: MonotonicSeconds) -> Look:
        """One object, whose name is read along; each in turn."""
        names = tuple(self._names)
        return Look(names=(names[self._turn % len(names)],) if names else ())

    def hear(self, exchange: Exchange, now_s: MonotonicSeconds) -> None:
        """Compare names; objects that are missing are a reason to look at all of them. Raises like :meth:`compare`."""
        self._turn += bool(exchange.names)
        self.compare(exchange.names)
        is_missing = any(isinstance(one.error, ObjectError) and one.error.missing for one in exchange.writes)
        self._suspected |= is_missing or any(one.quality is Quality.MISSING for one in exchange.samples.values())

    def compare(self, told: Mapping[ObjectRef, str | None]) -> None:
        """Raises :class:`ObjectError` for an object that is gone (None) or has another name.

        A controller that has never told a name may have another way of doing so: its silence means nothing.
        """
        self._tells_names = self._tells_names or any(name is not None for name in told.values())
        for ref, name in told.items():
            expected = self._names.get(ref, name)
            if name != expected and self._tells_names:
                now = "is gone" if name is None else f"is {name} now"
                what = f"{ref}, which was {expected}, {now}; looking for its objects again"
                raise ObjectError(self._controller.address, what, missing=True)

    def see(self, states: Mapping[ObjectRef, ObjectState], now_s: MonotonicSeconds) -> None:
        """Compare names, and units with those that were told first after the objects were found. Raises likewise."""
        self.compare({ref: state.name for ref, state in states.items() if state.name is not None})
        for ref, units in ((ref, state.units) for ref, state in states.items() if state.units is not None):
            if (before := self._units.setdefault(ref, units)) != units:
                what = f"{ref} ({self._names.get(ref, 'not in any config')}) is in {units} now, it was in {before}"
                raise ObjectError(self._controller.address, f"{what}; looking for its objects again", missing=True)

    def verify(self) -> None:
        """Read all names before anything is written, if there is a reason: a missing object, or a new session.

        Costs one round trip then, otherwise none. Raises like :meth:`compare`, and the client's errors.
        """
        client, now_s = self._controller.client, self._clocks.monotonic()
        is_new_session = client.sign_ins != self._sign_ins
        if not is_new_session and not (self._suspected and now_s >= self._calm_until_s):
            return
        self.compare(client.read_names(self._names))
        self._sign_ins, self._suspected = client.sign_ins, False
        self._calm_until_s = now_s + _CALM_S
