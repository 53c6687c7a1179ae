"""Clients by the addresses in a ledger, for whoever has to give back."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from clients.ecy_device_client import ECYDeviceClient
from clients.making import Credentials, DeviceClients
from clients.simulation import SIMULATION
from emulators.boptest.server import BoptestServer
from emulators.plants.multizone_office import MultizoneOffice
from ledger import Patiences
from ledger.entries import TakenSlot
from ledger.giving_back.giver import give_back_all
from ledger.ledger import Ledger
from ledger.receipts import Outcome
from tests import bench
from tests.ports import free_port
from utils.errors import ConfigError
from utils.settings import SettingsSource
from utils.state_folder import StateFolder
from utils.values import ObjectRef, ObjectType

BACNET = "bacnet://127.0.0.1:47997"
AV = ObjectRef(ObjectType.ANALOG_VALUE, 1)


@pytest.fixture
def without_settings(tmp_path: Path) -> Iterator[DeviceClients]:
    with DeviceClients(SettingsSource({}, tmp_path), StateFolder(tmp_path)) as clients:
        yield clients


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def test_an_address_without_a_protocol_is_a_controllers_rest_api(tmp_path: Path) -> None:
    with DeviceClients(bench.settings(tmp_path), StateFolder(tmp_path)) as clients:
        client = clients.client_for("10.0.0.1", Credentials())
        assert isinstance(client, ECYDeviceClient)
        assert client.device == "10.0.0.1"


def test_bacnet_needs_no_settings(without_settings: DeviceClients) -> None:
    client = without_settings.client_for(BACNET, Credentials(interface="127.0.0.1:47996"))
    assert client.device == BACNET


def test_a_controller_over_rest_says_which_settings_it_lacks(without_settings: DeviceClients) -> None:
    with pytest.raises(ConfigError, match="ECY2_LOGIN_USERNAME"):
        without_settings.client_for("10.0.0.1", Credentials())
    with pytest.raises(ConfigError, match="ECY2_LOGIN_USERNAME"):
        without_settings.prepare({"10.0.0.1": None})


def test_what_a_controller_does_not_use_need_not_be_right(tmp_path: Path) -> None:
    account = {"ECY2_LOGIN_USERNAME": "bench", "ECY2_LOGIN_PWORD": "word", "BOP_STEP_TIME": "rubbish"}
    with DeviceClients(SettingsSource(account, tmp_path), StateFolder(tmp_path)) as clients:
        assert clients.client_for("10.0.0.1", Credentials()).device == "10.0.0.1"
        with pytest.raises(ConfigError, match="BOP_SERVER_IP"):
            clients.client_for(SIMULATION, Credentials())


def test_bacnet_without_an_address_of_our_own_is_refused(without_settings: DeviceClients) -> None:
    with pytest.raises(ConfigError, match="which of our own addresses"):
        without_settings.client_for(BACNET, Credentials())


def test_a_controller_is_called_from_any_port_and_one_behind_a_router_from_the_networks(
    without_settings: DeviceClients,
) -> None:
    port = free_port()
    interface = f"127.0.0.1:{port}"
    without_settings.prepare({BACNET: interface, "bacnet://5:12": interface})
    assert is_free(port)
    without_settings.client_for("bacnet://5:12", Credentials(interface=interface))
    assert not is_free(port)
    without_settings.close()
    assert is_free(port)


def test_one_for_which_there_is_no_client_does_not_hold_up_the_others(
    without_settings: DeviceClients, tmp_path: Path
) -> None:
    ledger = Ledger()
    ledger.take(TakenSlot("10.0.0.1", AV, "a", 12, None), TakenSlot(SIMULATION, AV, "b", 12, None))
    complete = bench.settings(tmp_path, BOP_SERVER_URL="http://127.0.0.1:9")
    with DeviceClients(complete, StateFolder(tmp_path)) as clients, ThreadPoolExecutor(2) as pool:
        factory = {"10.0.0.1": without_settings, SIMULATION: clients}
        receipts = give_back_all(
            ledger, lambda one: factory[one].client_for(one, Credentials()), pool, Patiences.none().of
        )
    outcomes = {receipt.device: receipt for receipt in receipts}
    assert "ECY2_LOGIN_USERNAME" in outcomes["10.0.0.1"].note
    assert outcomes[SIMULATION].outcome is Outcome.FREE_ALREADY
    assert [entry.device for entry in ledger.open_entries] == ["10.0.0.1"]


def test_a_simulation_is_given_back_by_stopping_the_tests_that_dead_runs_have_left(tmp_path: Path) -> None:
    entry = TakenSlot(SIMULATION, AV, "hvac_oveAhu_dpSet", 12, None)
    ledger = Ledger()
    ledger.take(entry)
    ledger.sent(SIMULATION, AV, 200.0)
    state = StateFolder(tmp_path)
    with BoptestServer({"multizone_office_simple_air": MultizoneOffice}) as building:
        settings = bench.settings(tmp_path, BOP_SERVER_URL=building.url)
        with DeviceClients(settings, state) as clients, ThreadPoolExecutor(1) as pool:
            [receipt] = give_back_all(
                ledger, lambda one: clients.client_for(one, Credentials()), pool, Patiences.none().of
            )
    assert receipt.outcome is Outcome.RELEASED
    assert ledger.open_entries == ()
