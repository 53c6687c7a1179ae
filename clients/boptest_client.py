"""The client of a BOPTEST server, service or legacy (boptest-api)."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Self

from clients.boptest.choice import CaseSearch, wrong_case
from clients.boptest.inputs import StepInputs, something_in_force
from clients.boptest.numbers import NumberError, require_finite, require_not_negative
from clients.boptest.select import Api, Server, Timeouts, probe
from clients.boptest.states import BenchOffer, ServerStates
from clients.boptest.tests import OwnTests, TestIds
from clients.boptest.wire import (
    BoptestAnswer,
    clipped_by_server,
    envelope_of,
    metadata_of,
    number_of,
    numbers_of,
    object_of,
    series_of,
    state_of,
)
from clients.http.funnel import Failures, HttpFunnel, Json, without_credentials
from utils.addresses import base_url
from utils.clocks import ModelSeconds
from utils.errors import (
    ConfigError,
    Problem,
    SimulationAborted,
    SimulationError,
    SimulationRefused,
    SimulationUnreachable,
    UnknownPeriod,
)
from utils.values import PointMetadata, SimulationState

log = logging.getLogger(__name__)

__all__ = ["BOPTestClient", "BenchOffer", "ForecastUncertainty", "NumberError", "TestIds", "Timeouts"]

_PERIOD_REFUSED = "Scenario parameter time_period is"
"""What a server says of a period that its test case does not have (boptest-api §8)."""


@dataclass(frozen=True, slots=True)
class ForecastUncertainty:
    """The errors that forecasts carry: None, or ``low``, ``medium`` or ``high``; the same for the same seed."""

    temperature: str | None = None
    solar: str | None = None
    seed: int | None = None


class BOPTestClient:
    """One test of a BOPTEST server. Used by one thread at a time, except :meth:`abort`.

    The first call about a test connects, if nobody has. Every method raises SimulationUnreachable (no answer),
    SimulationRefused (the server said no, with its words) or SimulationAborted. Nothing is ever repeated by itself:
    most calls change the simulation.

    A context manager: at its end it stops what it has selected. :meth:`close` alone lets the test go on.
    """

    def __init__(
        self,
        server: str,
        port: int | str | None = None,
        *,
        api_key: str | None = None,
        test_ids: TestIds | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        """``server`` is an address like ``http://192.168.1.20:5000``, or with ``port`` a host."""
        url = server if port is None else base_url(server, port)
        self._timeouts = timeouts or Timeouts()
        self._again = partial(BOPTestClient, url, api_key=api_key, test_ids=test_ids, timeouts=timeouts)
        self._funnel = _funnel(url, api_key)
        self._tests = OwnTests(self._funnel, self._timeouts, test_ids)
        self._states = ServerStates(self._funnel, self._timeouts)
        self._testid: str | None = None
        self._server = Server(Api.SERVICE, "", ())
        self._testcase = ""
        self._metadata: dict[str, PointMetadata] = {}
        self._inputs = StepInputs()
        self._state = SimulationState(ModelSeconds(0.0))
        self._is_over = False
        self._is_new = True

    @property
    def api(self) -> str:
        """The server family that :meth:`connect` found: "service" or "legacy"."""
        return self._server.api.value

    @property
    def server_version(self) -> str:
        """The version that the server tells; empty when it does not."""
        return self._server.version

    @property
    def testcase(self) -> str:
        """The test case in use, empty before :meth:`connect`."""
        return self._testcase

    @property
    def clipped(self) -> Mapping[str, str]:
        """Every input that was ever cut to its limits, with what happened first."""
        return MappingProxyType(self._inputs.clipped)

    def connect(self, testcase: str | None = None, points: Collection[str] = ()) -> None:
        """Probe the server and occupy a test.

        On a service, what earlier runs have left on it is stopped first. Without a name: its only case, or the only
        one that has every name in ``points`` (each case is tried in turn). Raises ConfigError with the list of cases
        when that does not lead to one; SimulationRefused when this is no BOPTEST server, or no worker takes the test
        up in time.
        """
        self._is_new = False
        self._give_up_tests()
        self._server = probe(self._funnel, self._timeouts.quick_s)
        cases = self._server.cases
        if testcase is not None and testcase not in cases:
            raise wrong_case(f"the server has no test case {testcase!r}", cases)
        if self._server.api is Api.LEGACY:
            self._testcase = cases[0]
            return
        self._tests.make_way()
        if testcase is None and len(cases) > 1:
            self._occupy_only_case_with(points)
        else:
            self._occupy(testcase or cases[0])

    def get_metadata(self) -> Mapping[str, PointMetadata]:
        """Inputs and measurements by name; asked once per test."""
        if not self._metadata:
            inputs = metadata_of(self._ask("GET", "inputs").payload, "GET /inputs", is_input=True)
            measurements = metadata_of(self._ask("GET", "measurements").payload, "GET /measurements", is_input=False)
            self._metadata = inputs | measurements
        return MappingProxyType(self._metadata)

    def initialize_system(self, start_time_s: float, warmup_period_s: float) -> SimulationState:
        """Start anew at model time ``start_time_s`` after a warm-up, with every override released.

        Raises NumberError without asking: a refused initialize destroys the server's state (boptest-api §6).
        """
        require_not_negative(start_time=start_time_s, warmup_period=warmup_period_s)
        body: dict[str, Json] = {"start_time": start_time_s, "warmup_period": warmup_period_s}
        return self._started(self._ask("PUT", "initialize", body, self._timeouts.simulate_s).payload)

    def set_scenario(
        self,
        *,
        electricity_price: str | None = None,
        time_period: str | None = None,
        uncertainty: ForecastUncertainty | None = None,
    ) -> SimulationState | None:
        """Choose the price and the period; a period starts its test and its initial state is returned.

        Forecasts are deterministic without ``uncertainty``: a service forgets it on every call that leaves it out, so
        all five keys are always sent. Raises UnknownPeriod, upon which the test stands where it stood.
        """
        told = uncertainty or ForecastUncertainty()
        body: dict[str, Json] = {"electricity_price": electricity_price, "time_period": time_period}
        body |= {"temperature_uncertainty": told.temperature, "solar_uncertainty": told.solar, "seed": told.seed}
        if self._server.api is not Api.SERVICE:
            body = {key: value for key, value in body.items() if value is not None}
        try:
            answer = self._ask("PUT", "scenario", body, self._timeouts.simulate_s)
        except SimulationRefused as error:
            raise UnknownPeriod(str(error)) if _PERIOD_REFUSED in str(error) else error from None
        self._is_over = False
        if time_period is None:
            return None
        return self._started(object_of(answer.payload, "PUT /scenario").get("time_period"))

    def set_step_time(self, step_time_s: float) -> float:
        """Set the simulated seconds per step; returns what the server took. Raises NumberError unless > 0."""
        require_not_negative(step=step_time_s)
        if step_time_s == 0:
            raise NumberError("a step of 0 s cannot be simulated")
        payload = self._ask("PUT", "step", {"step": step_time_s}).payload
        return number_of(payload.get("step") if isinstance(payload, dict) else payload)

    def advance_simulation(self, control_inputs: Mapping[str, float]) -> SimulationState:
        """Simulate one step with the given inputs and return the state at its end; NaN stands for null.

        Never repeated, not even after a time-out: a lost answer may mean that the step was made. Values beyond a
        point's limits are cut, here or by the server, and reported once per point (:attr:`clipped`). A state with
        ``ended`` is the scenario's normal end. Raises NumberError for NaN and infinities, before sending.

        A legacy server takes a body of nothing but zeros for an empty one (boptest-api §13). Such a body gets the
        value in force of an input that is not overridden along, which changes nothing; this is impossible only when
        every such value is 0 or unknown. Sending ``x_u`` with its ``x_activate`` avoids the question.
        """
        body = self._inputs.body(control_inputs, self.get_metadata() if control_inputs else {})
        if self._server.api is Api.LEGACY and body and not any(body.values()):
            body |= something_in_force(body, self._state.values)
        answer = self._ask("POST", "advance", body, self._timeouts.advance_s)
        for point, words in clipped_by_server(answer.message):
            self._inputs.report(point, words)
        if answer.payload == {}:
            self._is_over = True
            return SimulationState(self._state.time_s, ended=True)
        self._state = state_of(answer.payload, "POST /advance")
        return self._state

    def get_kpis(self) -> Mapping[str, float]:
        """The KPIs since the test's start; NaN where the case has none."""
        return numbers_of(self._ask("GET", "kpi", None, self._timeouts.data_s).payload, "GET /kpi")

    def get_results(
        self, names: Iterable[str], start_time_s: float, final_time_s: float
    ) -> Mapping[str, tuple[float, ...]]:
        """Stored samples of inputs and measurements within a window of model time, and their ``time``."""
        require_finite(start_time=start_time_s, final_time=final_time_s)
        body: dict[str, Json] = {
            "point_names": _unique(names),
            "start_time": start_time_s,
            "final_time": final_time_s,
        }
        return series_of(self._ask("PUT", "results", body, self._timeouts.data_s).payload, "PUT /results")

    def get_forecast(
        self, names: Iterable[str], horizon_s: float, interval_s: float
    ) -> Mapping[str, tuple[float, ...]]:
        """Boundary data from now on, ``floor(horizon / interval) + 1`` values each, and their ``time``."""
        require_not_negative(horizon=horizon_s, interval=interval_s)
        if self._is_over and self._server.api is Api.SERVICE:
            # The end of a period breaks forecasts, even after initialize, until a scenario is set (boptest-api §8).
            self.set_scenario()
        body: dict[str, Json] = {"point_names": _unique(names), "horizon": horizon_s, "interval": interval_s}
        return series_of(self._ask("PUT", "forecast", body, self._timeouts.data_s).payload, "PUT /forecast")

    def offers(self, what: BenchOffer) -> bool:
        """Whether the server has this beyond BOPTEST: the embedded one has, a real one never. Asked once.

        The methods below raise SimulationRefused, without asking, where it has not.
        """
        return self._states.offers(what)

    def save_state(self) -> bytes:
        """All that the test is now as the bytes of a file: the building, and the emulated controllers beside it."""
        return self._states.save(self._tail("GET", "bench/state"))

    def restore_state(self, state: bytes, *, take_back: bool = False) -> SimulationState:
        """Go back to a state, and return where that is. A refusal leaves everything as it is.

        In emulated controllers what anybody has taken stays so; with ``take_back`` it is as it was then, which is
        refused while anybody has anything.
        """
        restored = self._states.restore(self._tail("PUT", "bench/state"), state, take_back=take_back)
        self._state, self._is_over = restored.state, restored.is_over
        return restored.state

    def branch(self, state: bytes | None = None) -> BOPTestClient:
        """A client with a second test, which begins in the state of this one or in ``state``; to be stopped as well.

        Raises SimulationRefused when no worker takes it up in time.
        """
        testid = self._states.branch(self._tail("POST", "bench/branch"), state)
        other = self._again()
        other._server, other._testcase, other._testid = self._server, self._testcase, testid
        other._is_new = False
        other._state, other._is_over = self._state, self._is_over
        other._tests.adopt(testid, self._testcase)
        return other

    def get_own_control(self) -> SimulationState:
        """What the building's own control would command now in place of each input (``x_u``) that is overridden, SI."""
        return self._states.own_control(self._tail("GET", "bench/own-control"))

    def keep_alive(self) -> None:
        """Tell the server that the test is still wanted; it ends a test that is idle for 15 minutes."""
        self._ask("GET", "name")

    def stop(self) -> None:
        """Give the test back; nothing to do on a legacy server. Works after :meth:`abort`.

        One that does not run yet is not waited for: it stays on record, so that whoever comes next stops it.
        """
        self._funnel.resume()
        self._tests.stop_all()
        self._testid = None

    def stop_leftovers(self) -> None:
        """End every test on record that earlier runs left on this server, as :meth:`connect` does too.

        One that was stopped while a worker was loading it stays on record until it has come up.
        """
        self._tests.stop_leftovers()

    def abort(self) -> None:
        """Abandon the call in flight, from any thread: it raises SimulationAborted at once.

        So does every later call, until :meth:`stop` or :meth:`resume`. Resolving a host name cannot be cut short.
        """
        self._funnel.abort()

    def resume(self) -> None:
        """Let calls through again after :meth:`abort`."""
        self._funnel.resume()

    def close(self) -> None:
        """Close the connections; the test goes on unless it was stopped."""
        self._funnel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.stop()
        except SimulationError as error:
            log.warning("the test could not be stopped: %s", error)
        self.close()

    def __repr__(self) -> str:
        return f"BOPTestClient({self._funnel.base_url!r})"

    def _ask(self, method: str, name: str, body: Json = None, timeout_s: float | None = None) -> BoptestAnswer:
        if self._is_new:
            self.connect()
        path = f"/{name}{self._tail(method, name)}"
        reply = self._funnel.call(method, path, body=body, timeout_s=timeout_s or self._timeouts.quick_s)
        return envelope_of(reply, f"{method} /{name}")

    def _tail(self, method: str, name: str) -> str:
        """What follows the path of a call to our test."""
        if self._server.api is Api.LEGACY:
            return ""
        if self._testid is None:
            raise SimulationRefused(f"{method} /{name}: no test is selected")
        return f"/{self._testid}"

    def _give_up_tests(self) -> None:
        self._tests.stop_all()
        self._testid = None
        self._testcase = ""
        self._metadata = {}
        self._inputs = StepInputs()
        self._states.forget()
        self._state = SimulationState(ModelSeconds(0.0))
        self._is_over = False

    def _occupy(self, case: str) -> None:
        self._testid = self._tests.select(case)
        self._testcase = case

    def _occupy_only_case_with(self, points: Collection[str]) -> None:
        cases = self._server.cases
        if not points:
            raise wrong_case("the server has several test cases, name one", cases)
        search = CaseSearch(self._tests, self._points_of, self._timeouts.select_s)
        try:
            case = search.only_case_with(points, cases)
        except ConfigError:
            self._give_up_tests()
            raise
        self._metadata = {}
        self._testid, self._testcase = search.kept, case
        if self._testid is None:
            self._occupy(case)

    def _points_of(self, testid: str) -> Collection[str]:
        """The names of the points of one of our tests, which is the one in use from now on."""
        self._testid, self._metadata = testid, {}
        return self.get_metadata().keys()

    def _started(self, payload: Json) -> SimulationState:
        self._state = state_of(payload, "the initial state")
        return self._state


def _funnel(base_url: str, api_key: str | None) -> HttpFunnel:
    name, _ = without_credentials(base_url)
    failures = Failures(
        unreachable=lambda what: SimulationUnreachable(f"{name}: {what}"),
        timed_out=lambda what: SimulationUnreachable(f"{name}: {what}"),
        untrusted=lambda what: SimulationRefused(f"{name}: {what}"),
        aborted=SimulationAborted,
    )
    if not api_key:
        return HttpFunnel(base_url, failures)
    if not (api_key.isascii() and api_key.isprintable()):
        raise ConfigError([Problem("BOP_API_KEY", "it holds characters that no HTTP header can carry")])
    return HttpFunnel(base_url, failures, headers={"Authorization": api_key}, secrets=[api_key])


def _unique(names: Iterable[str]) -> list[Json]:
    """Each name once and never ``time``: the server spoils a series that is asked for twice (boptest-api §7)."""
    return [name for name in dict.fromkeys(names) if name != "time"]
