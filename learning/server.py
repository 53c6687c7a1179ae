"""One test on a BOPTEST server as a :class:`learning.world.World`."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from clients.boptest_client import BOPTestClient, ForecastUncertainty
from clients.making import simulation_client
from learning.observing import Actor
from learning.spaces import KnownPoints, SpacesFile
from learning.world import FloatArray, Situation, Start, WorldClosed
from utils.clocks import DAY_S
from utils.errors import ConfigError, Problem, SimulationError
from utils.home import HOME
from utils.settings import SettingsSource
from utils.settings_parts import LocalSettings, ServerSettings
from utils.state_folder import StateFolder
from utils.values import SimulationState

KPIS = ("tdis_tot", "idis_tot", "ener_tot", "cost_tot", "emis_tot", "pele_tot", "pgas_tot", "pdih_tot")
"""BOPTEST's without ``time_rat``, which is of the client's wall clock. A peak that a case has not stays 0."""
VALUE, _ACTIVATE = "_u", "_activate"
_PERIOD_S = 14 * DAY_S


def connected(url: str, testcase: str | None = None, env_file: Path | None = None) -> BOPTestClient:
    """A client with a test of its own on a server; the key of the settings goes to the settings' server alone.

    What it selects is on record, so that whoever comes after a crash stops it. Raises
    :class:`utils.errors.BridgeError`.
    """
    source = SettingsSource.read(env_file or Path(".env"), os.environ, HOME, tolerant=True)
    settings = source.part_in_spite(ServerSettings)
    tests = StateFolder(source.part_in_spite(LocalSettings).state_dir).tests
    client = simulation_client(settings, tests, server=url)
    try:
        client.connect(testcase)
    except BaseException:
        client.close()
        raise
    return client


def known_points(client: BOPTestClient) -> KnownPoints:
    """What a server's test has for a file of spaces; forecast points are found out when they are asked for."""
    metadata = client.get_metadata()
    actions = {
        name.removesuffix(VALUE): (_or(meta.minimum, -math.inf), _or(meta.maximum, math.inf))
        for name, meta in metadata.items()
        if meta.is_input and name.endswith(VALUE)
    }
    return KnownPoints(actions, [name for name, meta in metadata.items() if not meta.is_input], None, KPIS)


class ServerWorld:
    """A test of a server. It takes no parameters of the building; what fails in a step ends the episode."""

    kpi_names: Sequence[str] = KPIS

    def __init__(self, spaces: SpacesFile, client: BOPTestClient) -> None:
        self._spaces, self._client = spaces, client
        self._actor = Actor(spaces)
        self._end_s, self._has_agent = math.inf, True
        self._uncertainty = ForecastUncertainty()
        self._situation: Situation | None = None
        self._is_closed = False

    @property
    def identity(self) -> str:
        """Test case and version, as the server tells them."""
        return f"{self._client.testcase} {self._client.server_version}".strip()

    def start(self, start: Start) -> Situation:
        """Begin an episode. Raises :class:`utils.errors.BridgeError`."""
        if self._is_closed:
            raise WorldClosed("the environment is closed, and its test given back; make another one")
        if start.parameters:
            what = "a server's building has its own; leave them out, or use the embedded building"
            raise ConfigError([Problem("options['parameters']", what)])
        forecasts, client, spaces = self._spaces.forecasts, self._client, self._spaces
        if forecasts is not None and forecasts.is_uncertain:
            levels = forecasts.temperature_uncertainty, forecasts.solar_uncertainty
            self._uncertainty = ForecastUncertainty(*levels, seed=start.seed)
        self._has_agent = not start.own_control
        state = self._set_scenario(start.period)
        if state is None:
            state = client.initialize_system(start.time_s, spaces.warmup_days * DAY_S)
        self._end_s = math.inf if start.period is None else state.time_s + _PERIOD_S
        client.set_step_time(spaces.step_s)
        return self._keep(self._told(state))

    def act(self, values: FloatArray) -> Situation:
        """A step with these values of the actions."""
        before = self._situation
        if before is None:
            raise RuntimeError("no episode was started")
        limited = self._actor.limited(values, before.actions)
        try:
            state = self._client.advance_simulation(self._inputs(limited, before))
            return self._keep(before if state.ended else self._told(state), state.ended)
        except SimulationError as error:
            return self._keep(before, ended=str(error))

    def close(self) -> None:
        """Give the test back."""
        self._is_closed = True
        self._client.__exit__()

    def _set_scenario(self, period: str | None) -> SimulationState | None:
        return self._client.set_scenario(
            electricity_price=self._spaces.price, time_period=period, uncertainty=self._uncertainty
        )

    def _inputs(self, values: FloatArray, before: Situation) -> Mapping[str, float]:
        """Both of each pair, as old servers ignore a body of zeros (boptest-api §13)."""
        body: dict[str, float] = {}
        for action, value, taken in zip(self._spaces.actions, values.tolist(), before.mask.tolist(), strict=True):
            for point in action.points:
                body |= {point + VALUE: value if taken else action.low, point + _ACTIVATE: float(taken)}
        return body

    def _keep(self, situation: Situation, over: bool = False, ended: str = "") -> Situation:
        self._situation = Situation(
            situation.time_s, situation.measured, situation.forecast, situation.kpis, situation.actions, situation.mask,
            situation.is_over or over, ended,
        )  # fmt: skip
        return self._situation

    def _told(self, state: SimulationState) -> Situation:
        kpis, is_over = self._client.get_kpis(), state.time_s >= self._end_s
        if is_over:
            # The end of a period breaks forecasts until a scenario is set (boptest-api §8).
            self._set_scenario(None)
        values, spaces = state.values, self._spaces
        return Situation(
            time_s=float(state.time_s),
            measured=np.array([values.get(seen.point, math.nan) for seen in spaces.observations]),
            forecast=self._forecast(),
            kpis=np.nan_to_num([kpis.get(name, math.nan) for name in KPIS]),
            actions=np.array([values.get(action.points[0] + VALUE, math.nan) for action in spaces.actions]),
            mask=self._actor.mask(float(state.time_s)) & self._has_agent,
            is_over=is_over,
        )

    def _forecast(self) -> FloatArray:
        forecasts = self._spaces.forecasts
        if forecasts is None:
            return np.zeros(0)
        names = [seen.point for seen in forecasts.points]
        told = self._client.get_forecast(names, forecasts.horizon_s, forecasts.interval_s)
        return np.concatenate([told[name] for name in names])


def _or(limit: float | None, otherwise: float) -> float:
    return otherwise if limit is None else limit
