"""Coded values stand where the simulation stands, and know no day."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bridge.building import SimulationPeer
from bridge.checkout.stimuli import CodedBuilding
from clients.boptest_client import BOPTestClient
from emulators.boptest.server import BoptestServer
from emulators.plants.multizone_office import MultizoneOffice
from utils.errors import BeginningRefused, SimulationAborted, SimulationRefused

ROUNDS = ({"a": 1.0}, {"a": 2.0}, {"a": 3.0})


@pytest.fixture(scope="module")
def server() -> Iterator[BoptestServer]:
    with BoptestServer({"multizone_office_simple_air": MultizoneOffice}) as running:
        yield running


@pytest.fixture
def subject(server: BoptestServer) -> Iterator[CodedBuilding]:
    client = BOPTestClient(server.url)
    made = CodedBuilding(client)
    made.connect("multizone_office_simple_air")
    yield made
    made.stop()
    made.close()


def test_it_shows_round_after_round_whatever_is_commanded_and_then_ends(subject: CodedBuilding) -> None:
    as_any: SimulationPeer = subject
    subject.code(ROUNDS)
    assert as_any.set_step_time(5.0) == 5.0
    states = [as_any.initialize_system(0.0, 0.0), *(as_any.advance_simulation({"x_u": 1.0}) for _ in range(3))]
    assert [dict(state.values) for state in states] == [*ROUNDS, {}]
    assert [state.time_s for state in states] == [0.0, 5.0, 10.0, 15.0]
    assert [state.ended for state in states] == [False, False, False, True]
    assert dict(as_any.initialize_system(0.0, 0.0).values) == {"a": 1.0}


def test_who_the_simulation_is_and_what_it_has_is_its_own_to_say(subject: CodedBuilding) -> None:
    assert subject.testcase == "multizone_office_simple_air"
    assert "hvac_reaZonSou_TZon_y" in subject.get_metadata()
    assert (subject.api, subject.server_version) == (subject.behind.api, subject.behind.server_version)
    assert (dict(subject.clipped), dict(subject.get_kpis())) == ({}, {})
    subject.keep_alive()


def test_it_has_no_days_and_no_states(subject: CodedBuilding) -> None:
    with pytest.raises(BeginningRefused, match="coded values"):
        subject.set_scenario(time_period="peak_cool_day")
    for ask in (subject.save_state, subject.get_own_control, lambda: subject.restore_state(b"")):
        with pytest.raises(SimulationRefused):
            ask()


def test_who_aborts_it_gets_no_more_rounds_until_it_is_resumed(subject: CodedBuilding) -> None:
    subject.code(ROUNDS)
    subject.abort()
    with pytest.raises(SimulationAborted):
        subject.advance_simulation({})
    subject.resume()
    assert dict(subject.advance_simulation({}).values) == {"a": 1.0}
