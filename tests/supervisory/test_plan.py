"""Configs: every problem at once, with its place and what to do."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from clients.bacnet.results import BacnetRef
from supervisory.runtime.transports import opened, own_device
from supervisory.setup.config import SupervisoryConfig, Transport
from supervisory.setup.plan import plan_run
from supervisory.setup.roles import ObjectName, object_name
from supervisory.setup.settings import settings_for
from tests import bench
from tests.clients.bacnet.server import device, inputs
from tests.supervisory.files import RESET, config, problems, program
from utils.errors import ConfigError
from utils.settings import LocalSettings, SimulationSettings
from utils.state_folder import StateFolder
from utils.values import ObjectType

POINTS = {"temperature": {"point": "hvac_reaAhu_TSup_y"}, "setpoint": {"point": "hvac_oveAhu_dpSet"}}
DEVICES = {"transport": "ecy", "interface": "127.0.0.1/24:47990", "devices": {"ahu": "10.0.0.1"}}
AT_DEVICE = {
    "temperature": {"device": "ahu", "object": "AnalogInput Temp"},
    "setpoint": {"device": "ahu", "object": "analog-value,7", "unit": "inH2O"},
}


def _programs(**entry: object) -> dict[str, Any]:
    return {"reset": entry}


def test_a_program_gets_its_own_settings_period_and_priority(tmp_path: Path) -> None:
    program(tmp_path, "reset")
    entry = _programs(points=POINTS, parameters={"gain": 2.5}, period_s=120, priority=9)
    plan = plan_run(["reset.py"], config(tmp_path, programs=entry), tmp_path)
    (only,) = plan.programs
    assert (only.name, only.period_s, only.priority) == ("reset", 120.0, 9)
    assert only.settings.model_dump() == {"gain": 2.5}


def test_what_the_config_leaves_out_is_the_programs_own(tmp_path: Path) -> None:
    program(tmp_path, "reset")
    plan = plan_run(["reset.py"], config(tmp_path, programs=_programs(points=POINTS)), tmp_path)
    assert (plan.programs[0].period_s, plan.programs[0].priority) == (60, 12)
    assert plan.config.starts_enabled


def test_one_program_can_run_twice_under_two_names(tmp_path: Path) -> None:
    program(tmp_path, "reset")
    entries = {name: {"program": "reset.py", "points": POINTS} for name in ("one", "two")}
    plan = plan_run(["one", "two"], config(tmp_path, programs=entries), Path("elsewhere"))
    assert [item.name for item in plan.programs] == ["one", "two"]


def test_devices_are_not_enabled_unless_somebody_says_so(tmp_path: Path) -> None:
    program(tmp_path, "reset")
    plan = plan_run(["reset.py"], config(tmp_path, **DEVICES, programs=_programs(points=AT_DEVICE)), tmp_path)
    assert not plan.config.starts_enabled
    assert plan.wanted["reset"][1].target == ObjectName(ObjectType.ANALOG_VALUE, instance=7)


@pytest.mark.parametrize("spelled", ["AHU.local", "ahu.local:443", "ahu.local:0443"])
def test_two_spellings_of_one_controller_are_one_controller(tmp_path: Path, spelled: str) -> None:
    devices = {"one": "ahu.local", "two": spelled}
    file = config(tmp_path, **{**DEVICES, "devices": devices})
    with pytest.raises(ConfigError) as raised:
        plan_run([], file, tmp_path)
    assert any("devices.two: is the address of one, too" in problem for problem in problems(raised))


def test_two_spellings_of_one_bacnet_device_are_refused_before_either_is_asked(tmp_path: Path) -> None:
    devices = {"one": "127.0.0.9", "two": "127.0.0.9:47808"}
    plan = SupervisoryConfig.model_validate({"transport": "bacnet", "interface": "127.0.0.1/24:0", "devices": devices})
    settings, state = bench.settings(tmp_path), StateFolder(tmp_path / "state")
    twins = pytest.raises(ConfigError, match=r"devices\.two: is bacnet://127\.0\.0\.9, as is one")
    with own_device(plan) as stack, twins, opened(plan, settings, state, stack, threading.Event()):
        pass


def test_programs_take_turns_at_a_device_with_everybody_else(tmp_path: Path) -> None:
    plan = SupervisoryConfig.model_validate({"transport": "bacnet", "interface": "127.0.0.1/24:0", "devices": {}})
    names = [BacnetRef(f"analog-input,{100 + n}", "object-name") for n in range(1, 41)]
    with device(lambda: inputs(40)) as peer, own_device(plan) as stack, ThreadPoolExecutor(2) as pool:
        peer.faults.delay_s = 0.01
        ask = partial(stack.ask, lambda client: client.read_multiple(peer.address, names, timeout_s=20.0))
        for done in [pool.submit(ask), pool.submit(ask)]:
            assert all(reading.error is None for reading in done.result())
    assert peer.most_in_flight == 1


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    program(tmp_path, "reset")
    points = {"temprature": {"point": "a"}, "setpoint": {"device": "ahu"}, "zones": {"point": "b"}}
    entry = _programs(points=points, parameters={"gian": 2})
    with pytest.raises(ConfigError) as raised:
        plan_run(["reset.py", "absent.py"], config(tmp_path, programs=entry), tmp_path)
    told = problems(raised)
    place = "config.json: programs.reset"
    assert f"{place}.parameters.gian: is not a known key, did you mean 'gain'?" in told
    assert f"{place}.points.temprature: is not a role of reset, did you mean 'temperature'?" in told
    assert any("the role 'temperature', which the program reads, is missing" in line for line in told)
    assert f'{place}.points.setpoint: needs "device" and "object", or with the simulation "point" alone' in told
    assert any(line.startswith(f"{place}.points.zones.point: must be an object in braces") for line in told)
    assert any("absent.py: there is no such file" in line for line in told)


def test_what_a_program_need_not_command_may_be_left_out_or_bound_to_many(tmp_path: Path) -> None:
    text = RESET.replace('"setpoint"', '"valves": Command("percent", many=True, required=False), "setpoint"', 1)
    program(tmp_path, "reset", text)
    without = plan_run(["reset.py"], config(tmp_path, programs=_programs(points=POINTS)), tmp_path)
    assert [wanted.role for wanted in without.wanted["reset"]] == ["temperature", "setpoint"]
    points = POINTS | {"valves": {"core": {"point": "hvac_oveZonActCor_yReaHea"}}}
    bound = plan_run(["reset.py"], config(tmp_path, programs=_programs(points=points)), tmp_path)
    assert [wanted.name for wanted in bound.wanted["reset"] if wanted.role == "valves"] == ["core"]


def test_what_a_program_commands_has_to_be_bound_unless_its_role_says_otherwise(tmp_path: Path) -> None:
    name, damper = "air_handler_commissioning", {"ahu": {"point": "hvac_oveAhu_yOA"}}
    with pytest.raises(ConfigError) as raised:
        plan_run([name], config(tmp_path, programs={name: {"points": {"outdoor_damper": damper}}}), tmp_path)
    [problem] = problems(raised)
    assert "the role 'fan_speed', which the program commands, is missing" in problem
    points = {"outdoor_damper": damper, "fan_speed": {"ahu": {"point": "hvac_oveAhu_yFan"}}}
    plan = plan_run([name], config(tmp_path, programs={name: {"points": points}}), tmp_path)
    assert [one.name for one in plan.programs] == [name]


CONSTRUCTED = """
    from supervisory import EasyASO

    class Bot(EasyASO):
        def __init__(self, args=None, limit=None):
            super().__init__(args{more})
            self.limit = limit

        async def on_step(self):
            pass
"""


def test_a_constructor_that_fails_is_told_before_anything_runs(tmp_path: Path) -> None:
    program(tmp_path, "bot", CONSTRUCTED.format(more=", 1"))
    with pytest.raises(ConfigError) as raised:
        plan_run(["bot.py"], config(tmp_path), tmp_path)
    [told] = problems(raised)
    assert told.startswith("bot: Bot: its __init__ fails: line 6 of bot.py: TypeError: ")


def test_parameters_of_a_short_program_are_arguments_of_its_constructor(tmp_path: Path) -> None:
    program(tmp_path, "bot", CONSTRUCTED.format(more=""))
    [plan] = plan_run(["bot.py"], config(tmp_path, programs={"bot": {"parameters": {"limit": 3}}}), tmp_path).programs
    assert vars(plan.made())["limit"] == 3
    with pytest.raises(ConfigError) as raised:
        plan_run(["bot.py"], config(tmp_path, programs={"bot": {"parameters": {"limt": 3}}}), tmp_path)
    assert "unexpected keyword argument 'limt'" in problems(raised)[0]


BAD_CONFIGS = {
    "transport": ({"transport": "modbus"}, "transport: 'modbus' is none of bacnet, ecy, simulation"),
    "key": ({"progams": {}}, "progams: is not a known key, did you mean 'programs'?"),
    "priority 6": ({"programs": {"a": {"priority": 6}}}, "programs.a.priority: 6 is reserved by BACnet"),
    "priority 17": ({"programs": {"a": {"priority": 17}}}, "programs.a.priority: must not be more than 16"),
    "priority 0": ({"programs": {"a": {"priority": 0}}}, "programs.a.priority: must not be less than 1"),
    "period": ({"programs": {"a": {"period_s": 0}}}, "programs.a.period_s: must be more than 0"),
    "nan": ({"step_s": float("nan")}, "step_s: must be a finite number"),
    "instance": ({"instance": 4194303}, "instance: 4194303 stands for no device in BACnet"),
    "devices": ({"devices": {"ahu": "10.0.0.1"}}, "devices: has no meaning with the simulation"),
    "no devices": ({**DEVICES, "devices": {}}, "devices: is missing"),
    "interface": ({**DEVICES, "interface": None}, "interface: is missing; our own BACnet address"),
    "clock": ({**DEVICES, "clock": "ahuu"}, "clock: 'ahuu' is not among devices, did you mean 'ahu'?"),
    "address": ({**DEVICES, "devices": {"ahu": "https://10.0.0.1"}}, "devices.ahu: 'https://10.0.0.1' is more than"),
    "twice": ({**DEVICES, "devices": {"a": "10.0.0.1", "b": "10.0.0.1"}}, "devices.b: is the address of a, too"),
}


@pytest.mark.parametrize(("content", "words"), BAD_CONFIGS.values(), ids=BAD_CONFIGS)
def test_a_config_that_cannot_work_says_where_and_why(tmp_path: Path, content: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError) as raised:
        plan_run([], config(tmp_path, **content), tmp_path)
    assert any(line.startswith(f"config.json: {words}") for line in problems(raised)), problems(raised)


BAD_POINTS = {
    "alias": ({"device": "vav", "object": "AnalogInput T"}, "temperature.device: 'vav' is not among devices"),
    "point": ({"point": "x"}, 'temperature: with ecy it needs "device" and "object"'),
    "type": ({"device": "ahu", "object": "schedule,1"}, "temperature.object: a Schedule is reached over BACnet only"),
}


@pytest.mark.parametrize(("binding", "words"), BAD_POINTS.values(), ids=BAD_POINTS)
def test_a_binding_that_cannot_work_says_where_and_why(tmp_path: Path, binding: dict[str, Any], words: str) -> None:
    program(tmp_path, "reset")
    entry = _programs(points={**AT_DEVICE, "temperature": binding})
    with pytest.raises(ConfigError) as raised:
        plan_run(["reset.py"], config(tmp_path, **DEVICES, programs=entry), tmp_path)
    assert problems(raised)[0].startswith(f"config.json: programs.reset.points.{words}")


def test_a_program_with_roles_needs_an_entry(tmp_path: Path) -> None:
    program(tmp_path, "reset")
    with pytest.raises(ConfigError, match="has no 'reset'; name its points there"):
        plan_run(["reset.py"], config(tmp_path), tmp_path)


def test_the_same_program_twice_is_refused(tmp_path: Path) -> None:
    program(tmp_path, "reset")
    with pytest.raises(ConfigError, match="is asked for twice"):
        plan_run(["reset.py", "reset.py"], config(tmp_path, programs=_programs(points=POINTS)), tmp_path)


def test_a_name_that_would_lead_out_of_the_state_folder_is_refused(tmp_path: Path) -> None:
    program(tmp_path, "reset")
    entry = {"../reset": {"program": "reset.py", "points": POINTS}}
    with pytest.raises(ConfigError, match="is no name for files and BACnet objects"):
        plan_run(["../reset"], config(tmp_path, programs=entry), tmp_path)


def test_a_config_that_is_no_json_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text('{"transport": }', encoding="utf-8")
    with pytest.raises(ConfigError, match="line 1 column 15: is not JSON"):
        plan_run([], file, tmp_path)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("analog-value,7", ObjectName(ObjectType.ANALOG_VALUE, instance=7)),
        ("AnalogValue:7", ObjectName(ObjectType.ANALOG_VALUE, instance=7)),
        ("AnalogValue Duct Sp", ObjectName(ObjectType.ANALOG_VALUE, name="Duct Sp")),
        ("Duct Sp", ObjectName(None, name="Duct Sp")),
    ],
)
def test_objects_are_named_by_number_by_type_and_name_or_by_name(text: str, name: ObjectName) -> None:
    assert object_name(text) == name


def test_a_transport_asks_only_for_the_settings_that_it_uses(tmp_path: Path) -> None:
    bacnet = plan_run(
        [], config(tmp_path, **{**DEVICES, "transport": "bacnet", "devices": {"a": "10.0.0.1"}}), tmp_path
    ).config
    assert bacnet.transport is Transport.BACNET
    assert settings_for(bacnet, None, {}, tmp_path).part(LocalSettings).log_level == "INFO"
    simulated = plan_run([], config(tmp_path, step_s=15), tmp_path).config
    with pytest.raises(ConfigError, match="BOP_WARMUP_PERIOD: is required and missing"):
        settings_for(simulated, None, {"BOP_SERVER_IP": "127.0.0.1", "BOP_SERVER_PORT": "1"}, tmp_path)
    building = {
        "BOP_SERVER_IP": "127.0.0.1",
        "BOP_SERVER_PORT": "1",
        "BOP_START_TIME": "2023-07-06 10:00:00",
        "BOP_WARMUP_PERIOD": "0",
    }
    assert settings_for(simulated, None, building, tmp_path).part(SimulationSettings).step_time_s == 15.0
