"""Which of a service's test cases has the configured points: each is loaded, looked at and let go of."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from clients.boptest.tests import OwnTests
from utils.errors import ConfigError, Problem, SimulationRefused

log = logging.getLogger(__name__)
_VARIABLE = "TESTCASE_NAME"
_SHARE = 3
"""One case may take up this part of all patience: it may be one that cannot be loaded."""
_LEAST_WAIT_S = 0.5
_ACTIVATE = "_activate"
_MOST_NAMED = 12


def wrong_case(what: str, cases: Sequence[str]) -> ConfigError:
    """The error that lists the cases there are."""
    return ConfigError([Problem(_VARIABLE, f"{what}; it has: {', '.join(cases)}")])


@dataclass
class CaseSearch:
    """One search. The test of the first case that fits is kept while the others are looked at, so that it is loaded
    once; on a server with a single worker it has to make room for them.

    ``patience_s`` is for how long no worker at all may take up a case.
    """

    tests: OwnTests
    points_of: Callable[[str], Collection[str]]
    """Asks a test for the names of its points. Raises SimulationRefused."""
    patience_s: float
    kept: str | None = None
    """The test of the case that fits, where it could be kept."""
    _unseen: list[str] = field(default_factory=list)
    _slowest_s: float = 0.0
    _is_crowded: bool = False
    """Whether a second test has not found a worker beside the one that was kept."""

    def only_case_with(self, points: Collection[str], cases: Sequence[str]) -> str:
        """The case; its test goes on where it could be kept.

        A case that cannot be looked at is passed over. Raises ConfigError when none fits, or more than one;
        SimulationRefused when no worker takes up anything; SimulationUnreachable when the server is lost.
        """
        fitting: dict[str, frozenset[str]] = {}
        seen_s = time.monotonic()
        log.warning("%s is not set: %d cases are loaded in turn, which may take minutes", _VARIABLE, len(cases))
        for number, case in enumerate(cases, start=1):
            log.info("looking for the case that has the configured points: %s (%d of %d)", case, number, len(cases))
            try:
                names = self._seen(case, points)
                if names >= set(points):
                    fitting[case] = names
                seen_s = time.monotonic()
            except SimulationRefused as error:
                self._pass_over(case, error, time.monotonic() - seen_s)
        if len(fitting) != 1:
            raise wrong_case(self._found(fitting), cases)
        return next(iter(fitting))

    def _seen(self, case: str, points: Collection[str]) -> frozenset[str]:
        """The names of a case's points."""
        began_s = time.monotonic()
        testid = self.tests.select(case, self.patience_s / _SHARE, self._make_room)
        self._slowest_s = max(self._slowest_s, time.monotonic() - began_s)
        names: frozenset[str] = frozenset()
        try:
            names = frozenset(self.points_of(testid))
        finally:
            if names >= set(points) and self.kept is None and not self._is_crowded:
                self.kept = testid
            else:
                self.tests.stop(testid)
        return names

    def _make_room(self, waited_s: float) -> None:
        """Let go of the kept test where another waits longer than loading takes: there is one worker."""
        if self.kept is not None and waited_s > max(2 * self._slowest_s, _LEAST_WAIT_S):
            self._is_crowded = True
            kept, self.kept = self.kept, None
            self.tests.stop(kept)

    def _pass_over(self, case: str, error: SimulationRefused, waited_s: float) -> None:
        if waited_s >= self.patience_s:
            raise error
        self._unseen.append(case)
        log.warning("%s cannot be looked at and is passed over: %s", case, error)

    def _found(self, fitting: Mapping[str, frozenset[str]]) -> str:
        if fitting:
            told = "; ".join(_beyond(case, fitting) for case in fitting)
            return f"{', '.join(fitting)} have every configured point, name one: {told}"
        unseen = f" ({', '.join(self._unseen)} could not be looked at)" if self._unseen else ""
        return f"no test case has every configured point{unseen}, name one"


def _beyond(case: str, fitting: Mapping[str, frozenset[str]]) -> str:
    """What a case has and some other of those that fit has not; an override by its value alone."""
    common = frozenset.intersection(*fitting.values())
    beyond = sorted(name for name in fitting[case] - common if not name.endswith(_ACTIVATE))
    named = ", ".join(beyond[:_MOST_NAMED]) or "nothing"
    return f"{case} has {named}{f' and {len(beyond) - _MOST_NAMED} more' if len(beyond) > _MOST_NAMED else ''} beyond"
