"""What we want of one controller and somebody uses already: slots with a value in them, inputs out of service.

Nothing counts as somebody else's before own leftovers have been given back, and before two looks some seconds apart
agree: reads can be stale.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bridge.findings import Finding, Topic, problem_findings
from bridge.link.claims import Claim
from ledger import Ledger, Outcome, Receipt, TakenInput, TakenObject, described
from utils.clocks import MonotonicSeconds
from utils.errors import ConfigError, DeviceUnreachable, Problem, Problems
from utils.values import ObjectRef, ObjectState, PointValue

STALE_S = 6.0
"""How long after a first look the second one is due. Reads may be 5 s old (ecy-rest-api §16, §17 row 29)."""

Recover: TypeAlias = Callable[[Collection[str]], Sequence[Receipt]]
"""Gives back what earlier runs have left in these controllers, and tells what became of it."""


@dataclass(frozen=True, slots=True)
class SecondLook:
    """What comes before it. ``wait`` waits for so many seconds, and returns whether the run is to end instead."""

    recover: Recover
    wait: Callable[[float], bool]


@dataclass(frozen=True, slots=True)
class InUse:
    """What is in use of the things that we want of one controller, each as it was found."""

    device: str
    looked_at: tuple[tuple[Claim, ObjectState], ...] = ()
    driven: tuple[Problem, ...] = ()
    """What another process of ours drives. That it is in use goes without saying: nothing else is looked at."""

    @classmethod
    def among(
        cls, device: str, claims: Iterable[Claim], states: Mapping[ObjectRef, ObjectState], ledger: Ledger
    ) -> InUse:
        """How it is with these claims.

        Raises :class:`utils.state_folder.StateError` where another process of ours is just giving one of them back.
        """
        looked_at, problems = tuple((claim, states[claim.ref]) for claim in claims), Problems()
        with problems.collecting():
            ledger.refuse_claimed(*(claim.entry(device, state) for claim, state in looked_at))
        return cls(device, driven=tuple(problems.found)) if problems.found else cls(device, looked_at)

    def __bool__(self) -> bool:
        return bool(self.found)

    @property
    def found(self) -> list[tuple[Claim, ObjectState]]:
        """What somebody else uses."""
        return [(claim, state) for claim, state in self.looked_at if claim.occupied(state) is not None]

    def findings(self, but: Collection[ObjectRef] = ()) -> Iterator[Finding]:
        """What there is to say of taking it; the problems are what is not ours to take. ``but`` these objects."""
        yield from problem_findings(Topic.LEDGER, self.driven)
        for claim, state in self.looked_at:
            if claim.ref not in but:
                yield from claim.findings(self.device, state)

    @property
    def listed(self) -> list[str]:
        """All of it in words, a line for each."""
        return [f"{self.device}: {claim.name}: {claim.occupied(state)}" for claim, state in self.found]

    def refuse_leftovers(self, recovered: Iterable[Receipt]) -> None:
        """Raises :class:`DeviceUnreachable` where something in use is our own and could not be given back.

        That is nobody else's, and what we would put back at the end would be our own value.
        """
        failed = {one.what: one for one in recovered if one.device == self.device and one.outcome is Outcome.FAILED}
        ours = [one for claim, state in self.found if (one := failed.get(described(claim.entry(self.device, state))))]
        if ours:
            what = f"an earlier run left {len(ours)} thing(s) in it that cannot be given back yet: "
            raise DeviceUnreachable(self.device, what + "; ".join(f"{one.what} ({one.note})" for one in ours))


class Doubt:
    """Whether an absent controller that has come back was in use some seconds ago already: at two looks."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._since_s: float | None = None

    def judge(self, problems: Sequence[Problem], now_s: MonotonicSeconds) -> None:
        """Raises :class:`ConfigError` at the second look, before it :class:`DeviceUnreachable` until that is due."""
        if not problems:
            self._since_s = None
            return
        if self._since_s is None:
            self._since_s = now_s
        if now_s - self._since_s >= STALE_S:
            raise ConfigError(problems)
        raise DeviceUnreachable(self._device, f"{problems[0].what}; looked at again", retry_after_s=STALE_S)


def forced_before(entries: Iterable[TakenObject]) -> dict[ObjectRef, PointValue]:
    """The inputs that were out of service before us, with their values then."""
    inputs = (entry for entry in entries if isinstance(entry, TakenInput) and entry.was_out_of_service)
    return {entry.ref: entry.before for entry in inputs if entry.before is not None}
