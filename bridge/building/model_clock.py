"""Whether the simulation is where its last step must have taken it: the only sign that somebody else drives it."""

from __future__ import annotations

from utils.errors import SimulationShared

_TOLERANCE = 0.01
"""Part of a step by which an answer may be off."""


def agree(one_s: float, other_s: float, step_s: float) -> bool:
    """Whether two model times are the same, to 1 % of a step. What is no number agrees with nothing."""
    return abs(one_s - other_s) <= _TOLERANCE * step_s


class ModelClock:
    """Judges the time of every answer to ``advance``, s of model time."""

    def __init__(self, time_s: float, step_s: float) -> None:
        """``step_s`` is the step in force: what the server took, or what was asked where it does not tell."""
        self._time_s = time_s
        self._step_s = step_s
        self._is_at_end = False

    @property
    def time_s(self) -> float:
        """That of the newest answer."""
        return self._time_s

    def tell(self, time_s: float) -> None:
        """The next answer. Raises SimulationShared when it is not one step later.

        One shorter step is the end of a scenario, which is cut there (boptest-api §5); nothing may come behind it.
        """
        due_s = self._time_s + self._step_s
        is_whole = agree(time_s, due_s, self._step_s)
        if self._is_at_end or not (is_whole or self._time_s < time_s < due_s):
            raise SimulationShared(self._words(time_s))
        self._time_s, self._is_at_end = time_s, not is_whole

    def _words(self, time_s: float) -> str:
        after = ", behind a shorter one" if self._is_at_end else ""
        return (
            "somebody else drives this simulation: "
            f"its time went from {self._time_s:.15g} s to {time_s:.15g} s in one step of {self._step_s:g} s{after}"
        )
