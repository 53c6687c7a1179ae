"""The embedded building with a counter that every controller sees, and an echo from each of them.

A controller's program answers with the counter that it sees. So each command says which frame it answers.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from emulators.plant import PointMeta, TestCaseMeta
from emulators.plants.multizone_office import MultizoneOffice

FRAME = "chaos_reaFrame_y"
CONSTANT = "chaos_reaConstant_y"
HELD_INPUT = "hvac_oveAhu_yCoo_u"
"""What people hold by hand, and no controller commands."""
CONSTANT_K = 294.15
CONSTANT_C = 21.0
"""The same, as the daemon writes it into controllers."""
_ECHOES_PER_UNIT = 100
"""An output without units is percent in the controller and a fraction in the simulation."""


def echo(number: int) -> str:
    """Base name of the override in which a controller answers."""
    return f"chaos_oveEcho{number:02d}"


@dataclass(frozen=True, slots=True)
class Advance:
    """One advance as it reached the building: the frame that it starts from, and the frame that each command answers.

    An echo is None where the override is not active.
    """

    frame: int
    echoes: tuple[int | None, ...]
    at_s: float
    is_theirs: bool = False
    """Whether somebody else has begun the building, or nobody."""


class EchoBuilding:
    """A plant of one test. ``advanced`` is told of every advance before it is carried out."""

    def __init__(self, controllers: int, advanced: Callable[[Advance], None]) -> None:
        self._inner = MultizoneOffice()
        self._names = [echo(number) for number in range(controllers)]
        self._advanced = advanced
        self._frame = 0
        self._is_theirs = True
        self._inputs = self._no_inputs()

    @property
    def meta(self) -> TestCaseMeta:
        """That of the building."""
        return self._inner.meta

    @property
    def inputs(self) -> Mapping[str, PointMeta]:
        """The building's, and an override per controller."""
        values = {f"{name}_u": PointMeta("1", "the frame that is answered") for name in self._names}
        switches = {f"{name}_activate": PointMeta(None, "activation") for name in self._names}
        return {**self._inner.inputs, **values, **switches}

    @property
    def measurements(self) -> Mapping[str, PointMeta]:
        """The building's, the counter, and something that never changes."""
        ours = {FRAME: PointMeta("1", "number of the frame"), CONSTANT: PointMeta("K", "always the same")}
        return {**self._inner.measurements, **ours}

    @property
    def forecast_points(self) -> Mapping[str, PointMeta]:
        """Those of the building."""
        return self._inner.forecast_points

    def initialize(self, start_time_s: float) -> Mapping[str, float]:
        """Begin with frame 0. The daemon never does so at the beginning of the year."""
        self._frame = 0
        self._is_theirs = start_time_s == 0.0
        self._inputs = self._no_inputs()
        return self._with_ours(self._inner.initialize(start_time_s))

    def advance(self, step_s: float, inputs: Mapping[str, float]) -> Mapping[str, float]:
        """Note what is answered, then simulate."""
        self._inputs.update({name: value for name, value in inputs.items() if name in self._inputs})
        echoes = tuple(map(self._answered, self._names))
        self._advanced(Advance(self._frame, echoes, time.monotonic(), self._is_theirs))
        self._frame += 1
        real = {name: value for name, value in inputs.items() if name not in self._inputs}
        return self._with_ours(self._inner.advance(step_s, real))

    def forecast(self, names: Sequence[str], times_s: Sequence[float]) -> Mapping[str, Sequence[float]]:
        """That of the building."""
        return self._inner.forecast(names, times_s)

    def _answered(self, name: str) -> int | None:
        is_active = self._inputs[f"{name}_activate"] == 1.0
        return round(self._inputs[f"{name}_u"] * _ECHOES_PER_UNIT) if is_active else None

    def _no_inputs(self) -> dict[str, float]:
        return {f"{name}_{kind}": 0.0 for name in self._names for kind in ("u", "activate")}

    def _with_ours(self, state: Mapping[str, float]) -> dict[str, float]:
        return {**state, FRAME: float(self._frame), CONSTANT: CONSTANT_K, **self._inputs}
