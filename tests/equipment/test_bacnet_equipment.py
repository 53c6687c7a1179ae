"""Configs of controllers on BACnet/IP: what they have to say, and how their clients are made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from clients.bacnet.names import device_key
from commands.verbs.emulate import object_specs
from equipment.config_address import device_address
from equipment.config_model import EquipmentConfig
from equipment.controller_clients import ControllerClients
from equipment.equipment_manager import EquipmentManager
from tests import bench
from tests.bridge.rig import VAV_POINTS
from utils.errors import ConfigError, DeviceRefused

OVER_BACNET = {"protocol": "bacnet"}


def refused(folder: Path, **keys: object) -> list[str]:
    """What is wrong with a config of these keys."""
    config = {"equipment_name": "VAV", "points": list(VAV_POINTS), **keys}
    with pytest.raises(ConfigError) as caught:
        bench.manager(folder, bench.settings(folder), config)
    return [str(problem) for problem in caught.value.problems]


def loaded(folder: Path, *configs: bench.Config, **variables: str) -> EquipmentManager:
    return bench.manager(folder, bench.settings(folder, **variables), *configs)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("10.0.0.5", "10.0.0.5"),
        ("10.0.0.5:47808", "10.0.0.5"),
        ("10.0.0.5:47809", "10.0.0.5:47809"),
        ("2:12", "2:12"),
        ("2:0x0c", "2:12"),
    ],
)
def test_an_address_has_the_spelling_that_the_ledger_has(written: str, address: str) -> None:
    config = EquipmentConfig.model_validate_json(
        f'{{"equipment_name": "A", "protocol": "bacnet", "device_ip": "{written}", "points": '
        '[{"bop_point": "x_y", "ecy_point": "X", "object_type": "AnalogValue"}]}'
    )
    assert config.device_ip == device_address(written, is_bacnet=True) == address
    assert config.device == device_key(written)


def test_what_is_no_address_is_told_with_those_that_are(tmp_path: Path) -> None:
    [problem] = refused(tmp_path, device_ip="ahu.local", **OVER_BACNET)
    assert problem.startswith("VAV.json: device_ip: 'ahu.local' is no BACnet address; write 192.168.0.122")
    [problem] = refused(tmp_path, device_ip="XXX.XXX.XXX.XXX", **OVER_BACNET)
    assert "is a placeholder" in problem


@pytest.mark.parametrize(
    "text",
    ["0.0.0.0:47808", "255.255.255.255", "255.255.255.255:47809", "10.0.0.5:0", "0:12", "65535:12"],
)
def test_an_address_of_everybody_or_nobody_is_no_controllers(tmp_path: Path, text: str) -> None:
    [problem] = refused(tmp_path, device_ip=text, **OVER_BACNET)
    assert problem == f"VAV.json: device_ip: {text!r} is no single device's address, but everybody's or nobody's"


def test_without_address_and_number_there_is_no_controller(tmp_path: Path) -> None:
    assert refused(tmp_path) == ["VAV.json: device_ip: is missing; add it"]
    told = refused(tmp_path, **OVER_BACNET)
    assert told == ["VAV.json: device_ip: is missing; add it, or the controller's device_instance"]


@pytest.mark.parametrize(("key", "value"), [("interface", "127.0.0.1"), ("device_instance", 12)])
def test_what_belongs_to_bacnet_is_refused_elsewhere(tmp_path: Path, key: str, value: object) -> None:
    [problem] = refused(tmp_path, device_ip="127.0.0.1:1", **{key: value})
    assert problem == f'VAV.json: {key}: belongs to BACnet; remove it, or add "protocol": "bacnet"'


def test_an_account_is_refused_where_there_is_none(tmp_path: Path) -> None:
    [problem] = refused(tmp_path, device_ip="127.0.0.1", username_env="SOMEBODY", **OVER_BACNET)
    assert problem == "VAV.json: username_env: is an account, and BACnet has none; remove it"


def test_a_protocol_that_there_is_not_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    assert "none of ecy, bacnet" in refused(tmp_path, device_ip="127.0.0.1", protocol="backnet")[0]


def test_away_from_this_computer_it_needs_an_address_of_our_own(tmp_path: Path) -> None:
    [problem] = refused(tmp_path, device_ip="10.0.0.5", **OVER_BACNET)
    assert problem.startswith("VAV.json: interface: is missing: this computer's own address")
    assert "BACNET_INTERFACE in .env" in problem


def test_the_setting_is_for_all_that_say_nothing_and_the_ledger_knows_it(tmp_path: Path) -> None:
    configs = [
        bench.equipment("A", "127.0.0.1:47001", VAV_POINTS, **OVER_BACNET, interface="127.0.0.1"),
        bench.equipment("B", "127.0.0.1:47002", [bench.output("other", "Damper")], **OVER_BACNET),
    ]
    manager = loaded(tmp_path, *configs, BACNET_INTERFACE="127.0.0.2")
    interfaces = {address: each.interface for address, each in manager.credentials.items()}
    manager.close()
    assert interfaces == {"bacnet://127.0.0.1:47001": "127.0.0.1", "bacnet://127.0.0.1:47002": "127.0.0.2"}


def test_two_configs_of_one_controller_share_its_client(tmp_path: Path) -> None:
    manager = loaded(
        tmp_path,
        bench.equipment("A", "127.0.0.1:47808", VAV_POINTS, **OVER_BACNET),
        bench.equipment("B", "127.0.0.1", [bench.output("other", "Damper")], **OVER_BACNET),
    )
    assert len(manager.controllers) == len(manager.get_all_ecy_clients()) == 1
    manager.close()


def test_one_object_of_it_is_written_by_one_config_alone(tmp_path: Path) -> None:
    configs = [
        bench.equipment(name, "127.0.0.1", [bench.analog_input(f"{name}_y", "SpaceTemp")], **OVER_BACNET)
        for name in ("A", "B")
    ]
    with pytest.raises(ConfigError, match=r"SpaceTemp is already written by A\.json"):
        loaded(tmp_path, *configs)


def test_an_interface_that_is_none_is_told_with_its_place(tmp_path: Path) -> None:
    [problem] = refused(tmp_path, device_ip="10.0.0.5", interface="10.0.0.7/99", **OVER_BACNET)
    assert problem.startswith("VAV.json: interface: '10.0.0.7/99' is none; write this computer's own address")
    with pytest.raises(ConfigError, match=r"BACNET_INTERFACE: 'banana' is none; write this computer's own address"):
        loaded(tmp_path, bench.equipment("VAV", "10.0.0.5", VAV_POINTS, **OVER_BACNET), BACNET_INTERFACE="banana")
    [problem] = refused(tmp_path, device_ip="10.0.0.5", interface="198.51.100.7", **OVER_BACNET)
    assert problem.startswith("VAV.json: interface: ")


def test_a_number_beyond_the_highest_is_told_which_that_is(tmp_path: Path) -> None:
    [problem] = refused(tmp_path, device_ip="10.0.0.5", device_instance=4194303, **OVER_BACNET)
    assert problem == "VAV.json: device_instance: must not be more than 4194302"


class Nobody:
    """A network on which nobody has the number, or somebody has."""

    def __init__(self, device: str | None) -> None:
        self.device = device
        self.asked: list[tuple[int, str]] = []

    def find(self, instance: int, interface: str) -> str | None:
        self.asked.append((instance, interface))
        return self.device

    def client_for(self, address: str, *_: object) -> ControllerStub:
        return ControllerStub(address)

    def close(self) -> None:
        """Nothing is open."""


class ControllerStub:
    def __init__(self, device: str) -> None:
        self.device = device

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Nobody:
    nobody = Nobody(None)
    monkeypatch.setattr(ControllerClients, "_open_stacks", lambda _: nobody)
    return nobody


def test_a_number_that_nobody_answers_to_is_one_problem(tmp_path: Path, network: Nobody) -> None:
    [problem] = refused(tmp_path, device_instance=4711, interface="10.0.0.7/24", **OVER_BACNET)
    assert problem.startswith(
        "VAV.json: device_instance: nobody on the network of 10.0.0.7/24 says that it is device 4711"
    )
    assert network.asked == [(4711, "10.0.0.7/24")]


def test_a_number_that_somebody_answers_to_gives_the_address(tmp_path: Path, network: Nobody) -> None:
    network.device = "bacnet://10.0.0.9"
    config = {"equipment_name": "VAV", "points": list(VAV_POINTS), "device_instance": 4711, **OVER_BACNET}
    manager = loaded(tmp_path, config, BACNET_INTERFACE="10.0.0.7/24")
    assert [controller.address for controller in manager.controllers] == ["bacnet://10.0.0.9"]
    assert manager.credentials["bacnet://10.0.0.9"].interface == "10.0.0.7/24"
    manager.close()


def test_controllers_that_are_only_known_by_number_are_emulated_one_by_one(tmp_path: Path) -> None:
    numbered = [
        {"equipment_name": name, "device_instance": number, **OVER_BACNET, "points": [bench.analog_input(name, "T")]}
        for number, name in enumerate(("A", "B"), start=1)
    ]
    alike = {"for_each": [{"n": 3, "name": "C"}, {"n": 4, "name": "D"}], "equipment_name": "${name}"}
    point = bench.analog_input("${name}", "T")
    folder = bench.write_configs(tmp_path, *numbered)
    template = {**alike, "device_instance": "${n}", **OVER_BACNET, "points": [point]}
    (folder / "boxes.json").write_text(json.dumps(template), encoding="utf-8")
    assert sorted(object_specs(folder, "SI")) == ["A", "B", "C", "D"]


def test_a_number_that_two_answer_to_is_one_problem_with_both_addresses(
    tmp_path: Path, network: Nobody, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(instance: int, interface: str) -> str | None:
        raise DeviceRefused("bacnet://10.0.0.5", f"10.0.0.5 and 10.0.0.6 all say that they are device {instance}")

    monkeypatch.setattr(network, "find", refuse)
    [problem] = refused(tmp_path, device_instance=12, interface="10.0.0.2/24", **OVER_BACNET)
    assert problem == (
        "VAV.json: device_instance: 10.0.0.5 and 10.0.0.6 all say that they are device 12; give its device_ip"
    )
