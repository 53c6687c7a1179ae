"""The embedded building as a linear model about where it stands, for predictive control: :func:`linearize`.

``x[k+1] = x1 + A (x[k] - x0) + B (u[k] - u0) + E (d[k] - d0)``, and at the end of the same step
``y[k+1] = y1 + C (x[k] - x0) + D (u[k] - u0) + F (d[k] - d0)``. Found by central differences: each number of the state,
each input and each disturbance is moved a little both ways from the same snapshot. The building's own control is in
it, so that closed loops are states as any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from emulators.door import DISTURBANCES, Disturbance, MultizoneOffice, OfficeModel, OfficeVariant, StatePart
from learning.world import FloatArray
from utils.clocks import DAY_S
from utils.errors import ConfigError, Problem
from utils.names import did_you_mean

_VALUE, _ACTIVATE = "_u", "_activate"
_INPUT_MOVED_BY = 1e-3
"""As a share of an input's range."""
Slopes: TypeAlias = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, slots=True)
class LinearModel:
    """A step of ``step_s`` about an operating point; names and units are in the order of rows and columns.

    States are in degC, kg/kg, ppm, Pa and shares of 1, most of them hidden; inputs and outputs are BOPTEST's, SI.
    ``latches`` are the mode, pumps and locks that are held; the model holds as long as they do. ``switched`` names
    those that the step itself changed, or a small move did: what the model says of them is not to be trusted.
    """

    step_s: float
    time_s: float
    states: tuple[tuple[str, str], ...]
    inputs: tuple[tuple[str, str], ...]
    disturbances: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...]
    a: FloatArray
    b: FloatArray
    e: FloatArray
    c: FloatArray
    d: FloatArray
    f: FloatArray
    x0: FloatArray
    u0: FloatArray
    d0: FloatArray
    x1: FloatArray
    y1: FloatArray
    latches: Mapping[str, float]
    switched: tuple[str, ...]

    def predict(self, inputs: FloatArray, disturbances: FloatArray) -> tuple[FloatArray, FloatArray]:
        """States and outputs at the ends of steps from the operating point on: ``(steps, n)`` and ``(steps, p)``.

        ``inputs`` are ``(steps, m)``, ``disturbances`` ``(steps, q)``, absolute values of both. Raises ValueError for
        other shapes, which are not spread.
        """
        for name, given, usual in (("inputs", inputs, self.u0), ("disturbances", disturbances, self.d0)):
            if np.ndim(given) != 2 or np.shape(given)[1] != len(usual):
                raise ValueError(f"{name} have the shape {np.shape(given)} in the place of (steps, {len(usual)})")
        states, outputs, x = [], [], self.x0
        for u, d in zip(inputs - self.u0, disturbances - self.d0, strict=True):
            outputs.append(self.y1 + self.c @ (x - self.x0) + self.d @ u + self.f @ d)
            x = self.x1 + self.a @ (x - self.x0) + self.b @ u + self.e @ d
            states.append(x)
        return np.array(states), np.array(outputs)


def linearize(
    plant: MultizoneOffice,
    inputs: Mapping[str, float],
    outputs: Sequence[str],
    step_s: float = 900.0,
    office: OfficeVariant | None = None,
) -> LinearModel:
    """The model about where a plant stands, which does not notice.

    ``inputs`` are overrides without ``_u``, held at these values in the operating point; all else stays with the
    building's own control. ``outputs`` are measurements. An ``office`` of one's own is named again, for its weather.
    Raises :class:`ConfigError` for names that the building has not and values outside their limits, the step's too.
    """
    _refuse(plant, inputs, outputs, step_s)
    step = _Step(plant, OfficeModel(plant, office), inputs, outputs, step_s)
    ranges = {name: plant.inputs[name + _VALUE] for name in inputs}
    a, c = _columns([step.by_state(part) for part in step.model.states])
    b, d = _columns(
        [step.by_input(name + _VALUE, meta.minimum or 0.0, meta.maximum or 0.0) for name, meta in ranges.items()]
    )
    e, f = _columns([step.by_disturbance(each) for each in DISTURBANCES])
    measured = plant.measurements
    return LinearModel(
        step_s=step_s,
        time_s=step.model.time_s,
        states=tuple((state.name, state.unit) for state in step.model.states),
        inputs=tuple((name, meta.unit or "") for name, meta in ranges.items()),
        disturbances=tuple((each.name, each.unit) for each in DISTURBANCES),
        outputs=tuple((name, measured[name].unit or "") for name in outputs),
        a=a, b=b, e=e, c=c, d=d, f=f,
        x0=step.state(step.model.cells), u0=np.array([*inputs.values()]),
        d0=np.array(step.model.disturbances(step.model.time_s, step_s)),
        x1=step.x1, y1=step.y1, latches=step.latches, switched=tuple(dict.fromkeys(step.switched)),
    )  # fmt: skip


class _Step:
    """The step at the operating point, and what moves change in it."""

    def __init__(
        self, plant: MultizoneOffice, model: OfficeModel, inputs: Mapping[str, float], outputs: Sequence[str],
        step_s: float,
    ) -> None:  # fmt: skip
        self.model, self._step_s = model, step_s
        names = model.input_names
        given = {name + _VALUE: value for name, value in inputs.items()} | {name + _ACTIVATE: 1.0 for name in inputs}
        self._inputs = [given.get(name, plant.inputs[name].minimum or 0.0) for name in names]
        self._outputs = [model.told_names.index(name) for name in outputs]
        self.latches = model.latches(model.cells)
        self.switched: list[str] = []
        self.x1, self.y1, self._after = self._run(model.cells, self._inputs, {})
        self._note(self.latches, self._after)

    def state(self, cells: Sequence[float]) -> FloatArray:
        """The numbers of the state among all cells."""
        return np.array([cells[part.cell] for part in self.model.states])

    def by_state(self, part: StatePart) -> Slopes:
        """What a unit of one number of the state changes: of the state, and of the outputs."""

        def end(by: float) -> Sequence[FloatArray]:
            cells = list(self.model.cells)
            cells[part.cell] += by
            return self._end(cells, self._inputs, {})

        return _slopes(end, -part.moved_by, part.moved_by)

    def by_input(self, name: str, low: float, high: float) -> Slopes:
        """The same of an input, which is not moved beyond its limits."""
        place = self.model.input_names.index(name)
        value, by = self._inputs[place], _INPUT_MOVED_BY * (high - low)

        def end(by: float) -> Sequence[FloatArray]:
            return self._end(self.model.cells, [*self._inputs[:place], value + by, *self._inputs[place + 1 :]], {})

        return _slopes(end, max(-by, low - value), min(by, high - value))

    def by_disturbance(self, disturbance: Disturbance) -> Slopes:
        """The same of what acts from outside."""
        return _slopes(
            lambda by: self._end(self.model.cells, self._inputs, {disturbance: by}),
            -disturbance.moved_by,
            disturbance.moved_by,
        )

    def _end(
        self, cells: Sequence[float], inputs: Sequence[float], moved: Mapping[Disturbance, float]
    ) -> Sequence[FloatArray]:
        x, y, latches = self._run(cells, inputs, moved)
        self._note(self._after, latches)
        return x, y

    def _run(
        self, cells: Sequence[float], inputs: Sequence[float], moved: Mapping[Disturbance, float]
    ) -> tuple[FloatArray, FloatArray, Mapping[str, float]]:
        after, told = self.model.step(cells, inputs, self._step_s, moved)
        return self.state(after), np.array([told[place] for place in self._outputs]), self.model.latches(after)

    def _note(self, before: Mapping[str, float], after: Mapping[str, float]) -> None:
        self.switched += [name for name, value in after.items() if value != before[name]]


def _slopes(end: Callable[[float], Sequence[FloatArray]], down: float, up: float) -> Slopes:
    (x_up, y_up), (x_down, y_down) = end(up), end(down)
    return (x_up - x_down) / (up - down), (y_up - y_down) / (up - down)


def _columns(slopes: Sequence[Slopes]) -> tuple[FloatArray, FloatArray]:
    return np.array([x for x, _ in slopes]).T, np.array([y for _, y in slopes]).T


def _refuse(plant: MultizoneOffice, inputs: Mapping[str, float], outputs: Sequence[str], step_s: float) -> None:
    bases = [name.removesuffix(_VALUE) for name in plant.inputs if name.endswith(_VALUE)]
    problems = [
        *(Problem(name, f"is no input{_near(name, bases)}") for name in inputs if name not in bases),
        *(Problem(name, f"is no measurement{_near(name, plant.measurements)}") for name in outputs
          if name not in plant.measurements),
    ]  # fmt: skip
    if not 0.0 < step_s <= DAY_S:
        problems.append(Problem("step_s", f"is {step_s:g}; write seconds above 0, {DAY_S} at most"))
    for name, value in inputs.items():
        meta = plant.inputs.get(name + _VALUE)
        if meta is not None and not (meta.minimum or 0.0) <= value <= (meta.maximum or 0.0):
            problems.append(Problem(name, f"is {value:g}; write a number from {meta.minimum:g} to {meta.maximum:g}"))
    if problems:
        raise ConfigError(problems)


def _near(name: str, known: Iterable[str]) -> str:
    return did_you_mean(name, known) or f"; there is {', '.join([*known][:3])} and so on"
