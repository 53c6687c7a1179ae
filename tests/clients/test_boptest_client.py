from __future__ import annotations

import json
import logging
import math
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from clients.boptest_client import BOPTestClient, NumberError
from emulators.boptest import faults
from emulators.boptest.server import BoptestServer
from tests.emulators.boptest.plant import AIR, TOY, ToyPlant
from tests.waiting import DEADLINE_S
from utils.errors import ConfigError, SimulationAborted, SimulationRefused, SimulationUnreachable, UnknownPeriod

FAN, FAN_ON = "hvac_oveAhu_yFan_u", "hvac_oveAhu_yFan_activate"
SUPPLY, SUPPLY_ON = "hvac_oveAhu_TSupSet_u", "hvac_oveAhu_TSupSet_activate"
SUPPLY_LIMITS_K = (285.15, 313.15)


def air(plants: list[ToyPlant] | None = None) -> Callable[[], ToyPlant]:
    """Makes plants and keeps them, so that a test sees what they were asked."""

    def make() -> ToyPlant:
        plant = ToyPlant(AIR, measure=lambda name, time_s: math.nan if name.endswith("TMix_y") else None)
        if plants is not None:
            plants.append(plant)
        return plant

    return make


@pytest.fixture(scope="module", params=["service", "legacy"])
def server(request: pytest.FixtureRequest) -> Iterator[BoptestServer]:
    with BoptestServer({AIR: air()}, legacy=request.param == "legacy") as running:
        yield running


@pytest.fixture
def client(server: BoptestServer) -> Iterator[BOPTestClient]:
    with BOPTestClient(server.url) as connected:
        connected.connect()
        yield connected
        server.faults.clear()
        connected.stop()


def test_the_client_knows_what_it_talks_to(client: BOPTestClient, server: BoptestServer) -> None:
    assert client.testcase == AIR
    assert client.api in ("service", "legacy")
    assert client.server_version[:1].isdigit()
    assert repr(client) == f"BOPTestClient('{server.url}')"


def test_metadata_joins_inputs_and_measurements(client: BOPTestClient) -> None:
    points = client.get_metadata()
    assert points[SUPPLY].is_input
    assert (points[SUPPLY].minimum, points[SUPPLY].maximum) == SUPPLY_LIMITS_K
    assert points[SUPPLY_ON].unit is None
    assert not points["hvac_reaAhu_TSup_y"].is_input
    assert points["hvac_reaAhu_TSup_y"].unit == "K"
    assert points["hvac_reaAhu_TSup_y"].minimum is None


def test_a_run_from_initialize_to_results(client: BOPTestClient) -> None:
    start = client.initialize_system(86400.0, 0.0)
    assert start.time_s == 86400.0
    assert start.values["hvac_reaAhu_TSup_y"] == 295.15
    assert "time" not in start.values
    assert client.set_step_time(60.0) == 60.0
    state = client.advance_simulation({FAN: 0.7, FAN_ON: 1})
    assert state.time_s == 86460.0
    assert state.values[FAN] == 0.7
    assert not state.ended
    assert math.isnan(state.values["hvac_reaAhu_TMix_y"])
    results = client.get_results(["hvac_reaAhu_TSup_y", "time", "hvac_reaAhu_TSup_y"], 86400.0, 86460.0)
    assert results["time"][-1] == 86460.0
    assert len(results["hvac_reaAhu_TSup_y"]) == len(results["time"])
    forecast = client.get_forecast(["TDryBul", "TDryBul"], 3600.0, 1800.0)
    assert [len(series) for series in forecast.values()] == [3, 3]


def test_kpis_that_a_case_lacks_are_nan(client: BOPTestClient) -> None:
    client.initialize_system(0.0, 0.0)
    kpis = client.get_kpis()
    assert math.isnan(kpis["pgas_tot"])
    assert kpis["cost_tot"] == 0.0


@pytest.mark.parametrize("legacy", [False, True])
def test_a_period_starts_its_test_and_ends_it(legacy: bool) -> None:
    with BoptestServer({TOY: lambda: ToyPlant(TOY)}, legacy=legacy) as server, BOPTestClient(server.url) as client:
        client.connect()
        assert client.set_scenario(electricity_price="dynamic") is None
        client.set_step_time(14 * 86400.0)
        state = client.set_scenario(time_period="test_day")
        assert state is not None
        assert state.time_s == 13 * 86400.0
        last = client.advance_simulation({})
        assert not last.ended
        over = client.advance_simulation({})
        assert over.ended
        assert over.time_s == last.time_s
        assert not over.values
        client.initialize_system(0.0, 0.0)
        assert client.get_forecast(["TDryBul"], 3600.0, 3600.0)["TDryBul"]
        client.stop()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_is_not_sent(client: BOPTestClient, value: float) -> None:
    client.initialize_system(0.0, 0.0)
    client.set_step_time(60.0)
    with pytest.raises(NumberError, match=FAN):
        client.advance_simulation({FAN: value, FAN_ON: 1})
    with pytest.raises(ValueError, match="start_time"):
        client.initialize_system(value, 0.0)
    assert client.advance_simulation({}).time_s == 60.0


@pytest.mark.parametrize("step_s", [0.0, -1.0, math.nan])
def test_a_step_that_cannot_be_simulated_is_not_sent(client: BOPTestClient, step_s: float) -> None:
    with pytest.raises(NumberError):
        client.set_step_time(step_s)


def test_values_are_cut_to_their_limits_and_reported_once(
    client: BOPTestClient, caplog: pytest.LogCaptureFixture
) -> None:
    client.initialize_system(0.0, 0.0)
    with caplog.at_level(logging.WARNING):
        high = client.advance_simulation({SUPPLY: 400.0, SUPPLY_ON: 1})
        low = client.advance_simulation({SUPPLY: 100.0, SUPPLY_ON: 1})
    assert (low.values[SUPPLY], high.values[SUPPLY]) == SUPPLY_LIMITS_K
    assert list(client.clipped) == [SUPPLY]
    assert "above" in client.clipped[SUPPLY]
    assert len([record for record in caplog.records if SUPPLY in record.getMessage()]) == 1


def test_a_value_below_its_minimum_is_cut_before_it_is_sent(client: BOPTestClient) -> None:
    client.initialize_system(0.0, 0.0)
    state = client.advance_simulation({SUPPLY: 100.0, SUPPLY_ON: 1})
    lowest = SUPPLY_LIMITS_K[0]
    assert state.values[SUPPLY] == lowest
    assert client.clipped == {SUPPLY: f"100 is below its minimum, {lowest:g} was sent"}


def test_what_the_server_cuts_is_reported_too(server: BoptestServer, caplog: pytest.LogCaptureFixture) -> None:
    with BOPTestClient(server.url) as client:
        client.connect()
        client.initialize_system(0.0, 0.0)
        unlimited = {name: {"Unit": "1", "Description": "", "Minimum": None, "Maximum": None} for name in (FAN, SUPPLY)}
        body = json.dumps({"status": 200, "message": "ok", "payload": unlimited})
        server.faults.add(faults.AnswerWith(200, body), "get_inputs")
        with caplog.at_level(logging.WARNING):
            client.advance_simulation({FAN: 1.5, FAN_ON: 1, SUPPLY: 400.0, SUPPLY_ON: 1})
        client.stop()
    assert client.clipped == {
        FAN: f"value of 1.5 for {FAN} is above maximum of 1.0. Using 1.0",
        SUPPLY: f"value of 400.0 for {SUPPLY} is above maximum of 313.15. Using 313.15",
    }
    assert len(caplog.records) == 2


def test_the_servers_own_words_are_kept(client: BOPTestClient, server: BoptestServer) -> None:
    client.initialize_system(0.0, 0.0)
    with pytest.raises(SimulationRefused, match=r"POST /advance: .*nosuch_u"):
        client.advance_simulation({"nosuch_u": 1.0})
    with pytest.raises(SimulationRefused, match="nosuch"):
        client.get_results(["nosuch"], 0.0, 1.0)
    with pytest.raises(SimulationRefused, match=r"electricy_price is cheap"):
        client.set_scenario(electricity_price="cheap")
    server.faults.add(faults.FailedSimulation("it diverged"), "advance")
    with pytest.raises(SimulationRefused, match=r"Failed to advance simulation: RuntimeError: it diverged"):
        client.advance_simulation({})


def test_a_period_that_there_is_not_leaves_the_test_where_it_stood(
    client: BOPTestClient, server: BoptestServer
) -> None:
    client.initialize_system(3600.0, 0.0)
    with pytest.raises(UnknownPeriod, match=r"time_period is harvest_day, but should be one of"):
        client.set_scenario(time_period="harvest_day")
    assert client.advance_simulation({}).time_s > 3600.0
    server.faults.add(faults.AnswerWith(500, '{"status":500,"message":"out of order"}'), "set_scenario")
    with pytest.raises(SimulationRefused) as refused:
        client.set_scenario(time_period="peak_heat_day")
    assert not isinstance(refused.value, UnknownPeriod)


@pytest.mark.parametrize("fault", [faults.DroppedRequest, faults.DroppedAnswer])
def test_an_advance_is_never_sent_twice(fault: type[faults.BoptestFault]) -> None:
    plants: list[ToyPlant] = []
    with BoptestServer({AIR: air(plants)}) as server, BOPTestClient(server.url) as client:
        client.connect()
        client.initialize_system(0.0, 0.0)
        client.set_step_time(30.0)
        server.faults.add(fault(), "advance")
        with pytest.raises(SimulationUnreachable, match="POST /advance"):
            client.advance_simulation({})
        assert len(plants[-1].steps) == (1 if fault is faults.DroppedAnswer else 0)
        client.stop()


def test_abort_ends_an_advance_in_flight_and_leaves_stop_working(server: BoptestServer) -> None:
    with BOPTestClient(server.url) as client:
        client.connect()
        client.initialize_system(0.0, 0.0)
        hold = server.faults.add(faults.HoldCall(), "advance")
        stamps: list[float] = []

        def abort() -> None:
            hold.reached.wait(DEADLINE_S)
            stamps.append(time.monotonic())
            client.abort()

        thread = threading.Thread(target=abort, name="aborter")
        thread.start()
        with pytest.raises(SimulationAborted):
            client.advance_simulation({})
        assert time.monotonic() - stamps[0] < DEADLINE_S
        thread.join()
        with pytest.raises(SimulationAborted):
            client.get_kpis()
        hold.release.set()
        client.stop()


def test_keep_alive_fails_once_the_test_is_gone() -> None:
    with BoptestServer({AIR: air()}) as server, BOPTestClient(server.url) as client:
        client.connect()
        client.keep_alive()
        client.stop()
        with pytest.raises(SimulationRefused, match="no test is selected"):
            client.keep_alive()


def test_an_answer_without_sense_is_unreachable(client: BOPTestClient, server: BoptestServer) -> None:
    for body in ("<html>", "[]", '{"message": "fine"}', '{"payload": {"a": 1}}', '{"payload": 3}'):
        server.faults.add(faults.AnswerWith(200, body), "initialize")
        with pytest.raises(SimulationUnreachable):
            client.initialize_system(0.0, 0.0)


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_gateway_without_a_server_behind_it_is_unreachable(
    client: BOPTestClient, server: BoptestServer, status: int
) -> None:
    server.faults.add(faults.AnswerWith(status, "<h1>try later</h1>", "text/html"), "get_kpis")
    with pytest.raises(SimulationUnreachable, match=r"GET /kpi: try later \(HTTP 50"):
        client.get_kpis()


class TestLegacyZeros:
    """A legacy server takes a body of nothing but zeros for an empty one (boptest-api §13)."""

    @pytest.fixture
    def plants(self) -> list[ToyPlant]:
        return []

    @pytest.fixture
    def legacy(self, plants: list[ToyPlant]) -> Iterator[BOPTestClient]:
        with BoptestServer({AIR: air(plants)}, legacy=True) as server, BOPTestClient(server.url) as client:
            client.connect()
            client.initialize_system(0.0, 0.0)
            client.set_step_time(30.0)
            yield client

    def test_a_release_by_itself_takes_effect(self, legacy: BOPTestClient) -> None:
        legacy.advance_simulation({FAN: 0.7, FAN_ON: 1})
        state = legacy.advance_simulation({FAN_ON: 0})
        assert state.values[FAN_ON] == 0.0

    def test_it_is_carried_by_an_input_that_nobody_overrides(
        self, legacy: BOPTestClient, plants: list[ToyPlant]
    ) -> None:
        legacy.advance_simulation({SUPPLY: 300.0, SUPPLY_ON: 1, FAN: 0.0, FAN_ON: 1})
        legacy.advance_simulation({FAN_ON: 0, FAN: 0.0})
        extra = plants[-1].steps[-1][1].keys() - {FAN_ON, FAN}
        assert extra
        assert SUPPLY not in extra
        assert not legacy.clipped

    def test_an_empty_body_stays_empty(self, legacy: BOPTestClient, plants: list[ToyPlant]) -> None:
        legacy.advance_simulation({})
        assert plants[-1].steps[-1][1] == {}


def test_the_limits_of_another_case_are_not_kept() -> None:
    with BoptestServer({AIR: air(), TOY: lambda: ToyPlant(TOY)}) as server, BOPTestClient(server.url) as client:
        client.connect(AIR)
        assert SUPPLY in client.get_metadata()
        client.connect(TOY)
        assert SUPPLY not in client.get_metadata()
        client.stop()


def test_credentials_in_the_address_are_not_told() -> None:
    with BOPTestClient("http://me:s3cret@127.0.0.1:1/bench") as client:
        with pytest.raises(SimulationUnreachable) as caught:
            client.connect()
        assert repr(client) == "BOPTestClient('http://127.0.0.1:1/bench')"
    assert "s3cret" not in str(caught.value)


def test_a_key_that_the_server_repeats_is_not_told(server: BoptestServer) -> None:
    with BOPTestClient(server.url, api_key="canarykey") as client:
        client.connect()
        server.faults.add(faults.AnswerWith(400, '{"message": "bad key canarykey"}'), "get_name")
        with pytest.raises(SimulationRefused, match=r"bad key \*\*\*") as caught:
            client.keep_alive()
        client.stop()
    assert "canarykey" not in str(caught.value)


def test_a_key_that_no_header_can_carry_is_a_config_error_without_the_key() -> None:
    with pytest.raises(ConfigError) as caught:
        BOPTestClient("http://127.0.0.1:1", api_key="s3cret\n")
    assert "s3cret" not in str(caught.value)
