"""Which failures there are, and what each means for the program.

Every error that may end the program on purpose is a :class:`BridgeError`. Its ``exit_code`` is what the process ends
with when nobody handles it: 2 means "mend the settings or configs", 1 means "it failed while running". What is caught
within a room (a bad value, a closed hand-off, a formula that cannot be read), or is told to the program that somebody
wrote, is none, and stands where it is raised.

Messages may carry names and words of peers: each is one printable line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

from utils.text import one_line, placed

_LONGEST = 4000


class BridgeError(Exception):
    """Anything that we raise on purpose and that may reach the command line."""

    exit_code: ClassVar[int] = 1


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing for the user to mend.

    ``where`` names the file and the JSON path, or the variable; ``what`` says what is wrong and what to do about it.
    """

    where: str
    what: str

    def __str__(self) -> str:
        return one_line(placed(self.where, self.what), _LONGEST)


class ConfigError(BridgeError):
    """Settings or configs that cannot work. Carries every problem at once; no controller has been touched."""

    exit_code: ClassVar[int] = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Problems:
    """Collects all that is wrong, to be told at once."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def add(self, problems: Iterable[Problem]) -> None:
        """More of them."""
        self.found += problems

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """Do something that may raise :class:`ConfigError`, and go on behind it all the same."""
        try:
            yield
        except ConfigError as error:
            self.found += error.problems

    def refuse(self) -> None:
        """Raises :class:`ConfigError` with all of them, if there are any."""
        if self.found:
            raise ConfigError(self.found)

    def refuse_together(self) -> None:
        """The same, with :func:`together`."""
        if self.found:
            told = together((problem.where, problem.what) for problem in self.found)
            raise ConfigError(Problem(where, what) for where, what in told)


def together(told: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Places and what is said of them, where that is the same of several whole files or controllers, once."""
    places: dict[tuple[str, str], list[str]] = {}
    for where, what in told:
        is_whole = " " not in where
        places.setdefault(("" if is_whole else where, what), []).append(where)
    return ((", ".join(dict.fromkeys(where)), what) for (_, what), where in places.items())


class SimulationError(BridgeError):
    """The simulation cannot go on: the run ends and releases."""

    def __init__(self, what: str) -> None:
        super().__init__(one_line(what, _LONGEST))


class SimulationUnreachable(SimulationError):
    """No answer: refused connection, time-out, broken reply. At the start it is waited for."""


class SimulationRefused(SimulationError):
    """An answer, and it is no. Carries the server's own words."""


class BeginningRefused(SimulationRefused):
    """The simulation does not begin there; nothing was done, and it stands where it stood."""


class UnknownPeriod(BeginningRefused):
    """The test case has no period of that name."""


class SimulationShared(SimulationError):
    """Somebody else drives the simulation too: its time is not where we took it."""


class SimulationAborted(SimulationError):
    """A call was abandoned on our own request, so that giving back need not wait for the simulator."""


class DeviceError(BridgeError):
    """One controller has a problem. The run goes on without it."""

    def __init__(self, device: str, what: str) -> None:
        self.device = device
        self.what = one_line(what, _LONGEST)
        super().__init__(f"{device}: {self.what}")


class DeviceUnreachable(DeviceError):
    """May pass by itself: time-out, reset, refused connection, 5xx, an unreadable reply.

    ``retry_after_s`` is how long the controller asked to be left alone.
    """

    def __init__(self, device: str, what: str, *, retry_after_s: float = 0.0) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(device, what)


class Unconfirmed(DeviceUnreachable):
    """It was told, answers other questions, and does not show whether it has done it."""


class DeviceRefused(DeviceError):
    """Permanent until somebody acts: wrong password, missing rights, not an ECY, a changed certificate."""


class AccountRefused(DeviceRefused):
    """The controller does not want our account (401), or not for this (403). Every further attempt may lock it."""

    exit_code: ClassVar[int] = 2


class NotItself(DeviceRefused):
    """Something else answers in the controller's place: a web page, a redirect.

    At a first contact it is simply not an ECY. Who has driven it before knows better: it may be starting.
    """


class ObjectError(DeviceError):
    """One object of a controller said no (missing, read-only, out of range). The rest of it works."""

    def __init__(self, device: str, what: str, *, missing: bool = False) -> None:
        self.missing = missing
        super().__init__(device, what)
