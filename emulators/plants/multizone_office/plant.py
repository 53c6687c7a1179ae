"""The embedded plant behind the BOPTEST case ``multizone_office_simple_air``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from functools import lru_cache
from hashlib import sha256

from emulators.plant import PointMeta, TestCaseMeta
from emulators.plants.multizone_office.boundary import forecast
from emulators.plants.multizone_office.building import OfficeBuilding
from emulators.plants.multizone_office.measurements import measurements
from emulators.plants.multizone_office.overrides import OfficeOverrides
from emulators.plants.multizone_office.parameters import OfficeParameters
from emulators.plants.multizone_office.points import points
from emulators.plants.weather import chicago_ohare

_VERSION = "1"
"""Raise with every change of the equations: it tells results of different versions apart."""
_STARTS_KEPT = 16


class MultizoneOffice:
    """Five zones, one air handler with VAV reheat, a chiller and a heat pump, in Chicago.

    Grey box: BOPTEST-like names, control and dynamics; energy totals are not claimed. The same calls give the same
    numbers. Not thread-safe: one caller at a time.
    """

    def __init__(self, parameters: OfficeParameters | None = None, start_time_s: float = 0.0) -> None:
        self._parameters = parameters or OfficeParameters()
        self._points = points()
        self._year = chicago_ohare()
        self.deterministic_id = _identity(self._parameters, self._year.fingerprint)
        self.initialize(start_time_s)

    @property
    def meta(self) -> TestCaseMeta:
        """The test case that this plant is."""
        return self._points.meta

    @property
    def inputs(self) -> Mapping[str, PointMeta]:
        """``<base>_u`` and ``<base>_activate`` by name."""
        return self._points.inputs

    @property
    def measurements(self) -> Mapping[str, PointMeta]:
        """``<name>_y`` by name."""
        return self._points.measurements

    @property
    def forecast_points(self) -> Mapping[str, PointMeta]:
        """What :meth:`forecast` can answer."""
        return self._points.forecast_points

    def initialize(self, start_time_s: float) -> Mapping[str, float]:
        """Forget everything (overrides included) and return the state at the start time.

        The building is then as a week of ordinary running would have left it; no warm-up is needed for sane numbers.
        """
        pristine = _started(self._parameters, start_time_s)
        self._building, self._overrides = deepcopy(pristine, {id(self._year): self._year})
        return self._state()

    def advance(self, step_s: float, inputs: Mapping[str, float]) -> Mapping[str, float]:
        """Simulate ``step_s`` (> 0) with the given inputs held constant and return the state at its end.

        Raises KeyError for an unknown input, ValueError for one outside its limits; nothing is simulated then.
        """
        self._overrides.set(inputs)
        self._building.run(step_s)
        return self._state()

    def forecast(self, names: Sequence[str], times_s: Sequence[float]) -> Mapping[str, Sequence[float]]:
        """Perfect boundary data at the given times. Raises KeyError for an unknown name."""
        return forecast(self._year, self._parameters.gains, names, times_s)

    def _state(self) -> dict[str, float]:
        return measurements(self._building, self._year) | self._overrides.state()


@lru_cache(maxsize=_STARTS_KEPT)
def _started(parameters: OfficeParameters, start_time_s: float) -> tuple[OfficeBuilding, OfficeOverrides]:
    """A building as it starts, never to be run: a start takes a hundred times as long as a copy of it."""
    overrides = OfficeOverrides(points().inputs)
    building = OfficeBuilding(parameters, chicago_ohare(), overrides, start_time_s)
    building.start()
    return building, overrides


def _identity(parameters: OfficeParameters, weather: str) -> str:
    digest = sha256(f"{parameters!r} {weather}".encode()).hexdigest()[:12]
    return f"multizone_office grey box {_VERSION} {digest}"
