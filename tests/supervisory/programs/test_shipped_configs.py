"""The shipped configs run: against the embedded building that has most, and on its controllers over either protocol."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from commands.verbs.emulate import object_specs
from emulators.bench import BenchPlan, serve
from emulators.cases import BENCH_CASE, CASES
from emulators.program import ObjectSpec
from supervisory.setup.plan import plan_run
from supervisory.setup.settings import settings_for
from supervisory.supervision import Supervision
from utils.errors import ConfigError
from utils.home import HOME
from utils.state_folder import StateFolder

CONFIGS = HOME / "configs" / "supervisory"
NAMES = sorted(file.name for file in CONFIGS.glob("*.json"))
ELSEWHERE = ("heat_pump_stagger.",)
"""Configs of another building: test_stagger_on_controllers.py."""
WEATHER_STATION = (
    ObjectSpec("AnalogValue", "WeatherStationTemp", "degrees-celsius", initial=18.0),
    ObjectSpec("AnalogValue", "WeatherStationHumidity", "percent-relative-humidity", initial=60.0),
)

Addresses = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def bench() -> Iterator[Addresses]:
    """Building and controllers; addresses by kind (``BOPTEST``, ``ECY``, ``BACnet``) and name in small letters."""
    controllers = object_specs(HOME / "configs" / CASES[BENCH_CASE].configs, "SI")
    controllers["PLANT"] += WEATHER_STATION
    plan = BenchPlan(
        boptest_port=0,
        ecy_port=0,
        bacnet_port=0,
        controllers=controllers,
        password="correct horse",
        cases=(BENCH_CASE,),
    )
    with serve(plan) as lines:
        yield _addresses(lines)


def _addresses(lines: list[str]) -> Addresses:
    found: Addresses = {}
    for line in lines:
        kind, *words = line.split()
        name, address = (words[0].lower(), words[1]) if len(words) > 1 else ("", words[0])
        found.setdefault(kind, {})[name] = address.removeprefix("https://")
    return found


def run(
    transport: str, folder: Path, bench: Addresses, environment: Mapping[str, str], priority: int | None = None
) -> list[str]:
    """One round of all programs that ship for a transport, as a dry run; what would be written.

    With ``priority`` all of them have the same.
    """
    names = [name for name in NAMES if f".{transport}." in name and not name.startswith(ELSEWHERE)]
    configs = [json.loads((CONFIGS / name).read_text(encoding="utf-8")) for name in names]
    together = {**configs[0], "interface": "127.0.0.1:0"}
    together["programs"] = {name: program for config in configs for name, program in config["programs"].items()}
    if priority is not None:
        together["programs"] = {
            name: {**program, "priority": priority} for name, program in together["programs"].items()
        }
    if transport != "simulation":
        addresses = bench["BACnet" if transport == "bacnet" else "ECY"]
        together["devices"] = {alias: addresses[alias] for config in configs for alias in config["devices"]}
    file = folder / "together.json"
    file.write_text(json.dumps(together), encoding="utf-8")
    plan = plan_run(list(together["programs"]), file, folder)
    told: list[str] = []
    supervision = Supervision(
        plan,
        settings_for(plan.config, None, environment, folder),
        StateFolder(folder / "state"),
        steps=1,
        dry_run=True,
        tell=lambda program, line: told.append(f"{program}: {line}"),
    )
    assert supervision.execute().failures == {}
    return told


def simulated(bench: Addresses) -> dict[str, str]:
    """Settings for a day of the embedded building."""
    return {
        "BOP_SERVER_URL": bench["BOPTEST"][""],
        "BOP_START_TIME": "2023-07-06 10:00:00",
        "BOP_WARMUP_PERIOD": "0",
        "BOP_TIME_SCALE": "0",
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_config_says_where_its_schema_is_and_names_a_shipped_program(name: str) -> None:
    config = json.loads((CONFIGS / name).read_text(encoding="utf-8"))
    assert config["$schema"] == "../schema/supervisory.schema.json"
    assert list(config["programs"]) == [name.partition(".")[0]]
    assert config["transport"] == name.split(".")[1].replace("demo", "bacnet")
    assert [plan.name for plan in plan_run(list(config["programs"]), CONFIGS / name, CONFIGS).programs]


def test_every_config_for_the_simulation_finds_its_points_in_the_embedded_building(
    bench: Addresses, tmp_path: Path
) -> None:
    told = run("simulation", tmp_path, bench, simulated(bench))
    assert any(line.startswith("duct_static_reset: ") and "120" in line for line in told)
    assert any(line.startswith("demand_controlled_ventilation: ") and "VOutMinSet" in line for line in told), told


def test_programs_that_lead_one_point_are_refused_at_one_priority(bench: Addresses, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        run("simulation", tmp_path, bench, simulated(bench), priority=12)
    told = str(caught.value)
    assert "occupied_standby.zone_minimum_airflow.core" in told
    assert "is commanded by demand_controlled_ventilation.zone_minimum_airflow.core, too" in told


@pytest.mark.slow
@pytest.mark.parametrize("transport", ["ecy", "bacnet"])
def test_every_config_for_controllers_finds_its_objects_in_the_emulated_ones(
    transport: str, bench: Addresses, tmp_path: Path
) -> None:
    account = {"ECY2_LOGIN_USERNAME": "bench", "ECY2_LOGIN_PWORD": "correct horse"}
    told = run(transport, tmp_path, bench, account)
    assert any(line.startswith("data_sharing: ") and "18" in line for line in told)
    assert any(line.startswith("humidity_sharing: ") and "60" in line for line in told)
    assert any(line.startswith("duct_static_reset: ") and "120" in line for line in told)
