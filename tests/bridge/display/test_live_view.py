"""The view of a run fits the terminal, whatever there is to show."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from rich.console import Console

from bridge.display.console import display
from bridge.display.status import Phase, Status
from bridge.link import LinkState
from equipment.equipment_manager import Equipment
from tests import bench
from tests.bridge.rig import AHU_POINTS

WIDTH, HEIGHT = 80, 24
KPIS = {"ener_tot": 0.0043, "idis_tot": 0.0}


@pytest.fixture
def ahu(tmp_path: Path) -> Iterator[Equipment]:
    manager = bench.manager(tmp_path, bench.settings(tmp_path), bench.equipment("AHU", "10.0.0.1", AHU_POINTS))
    [equipment] = manager.equipment.values()
    yield equipment
    manager.close()


def shown(equipments: list[Equipment], status: Status, notes: tuple[str, ...] = ()) -> list[str]:
    """The view as it stands on the screen at first."""
    told = io.StringIO()
    console = Console(file=told, width=WIDTH, height=HEIGHT, force_terminal=True, color_system=None, soft_wrap=True)
    with display(console, equipments, notes) as view:
        began = len(told.getvalue())
        view.update(status)
        return re.sub(r"\x1b\[[?\d]*\w", "", told.getvalue()[began:]).splitlines()


def running(equipment: Equipment, **changed: object) -> Status:
    status = Status(
        Phase.RUNNING,
        3,
        datetime(2023, 7, 6, 12),
        controllers={"10.0.0.1": LinkState.ONLINE},
        seen={equipment.target(point): 20.5 for point in equipment.points},
        commanded={equipment.target(point): 40.0 for point in equipment.points},
        kpis=KPIS,
    )
    return replace(status, **changed)  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [1, 8, 40])
def test_it_is_never_higher_or_wider_than_the_terminal_and_keeps_its_head(ahu: Equipment, count: int) -> None:
    equipments = [replace(ahu, name=f"AHU{number}") for number in range(count)]
    note = "a note that is so long that a terminal of eighty columns has to show it in two lines of its own"
    lines = shown(equipments, running(ahu), (note, "another"))
    assert len(lines) <= HEIGHT
    assert max(map(len, lines)) <= WIDTH
    assert "step 3" in "".join(lines[:1])
    assert note in " ".join(line.strip() for line in lines)
    assert "another" not in "".join(lines)
    assert lines[-1].rstrip() == "energy 0.0043 kWh/m2"
    assert any(line.startswith("and ") for line in lines) is (count == 40)


def test_readings_are_whole_or_left_out(ahu: Equipment) -> None:
    lines = shown([replace(ahu, name=f"AHU{number}") for number in range(14)], running(ahu))
    assert any("DischAirTemp 20.5 °C" in line for line in lines)
    assert not any("…" in line for line in lines)


def test_a_controller_that_has_not_been_asked_yet_is_not_called_offline(ahu: Equipment) -> None:
    status = running(ahu, phase=Phase.INITIALIZING, controllers={})
    assert "connecting" in " ".join(shown([ahu], status))
    assert "offline" in " ".join(shown([ahu], replace(status, controllers={"10.0.0.1": LinkState.OFFLINE})))


def test_where_not_all_have_room_one_that_is_offline_is_still_seen(tmp_path: Path) -> None:
    points = [bench.analog_input("hvac_reaAhu_TSup_y", "DischAirTemp")]
    configs = [bench.equipment(f"AHU{number:02d}", f"10.0.0.{number}", points) for number in range(1, 41)]
    manager = bench.manager(tmp_path, bench.settings(tmp_path), *configs)
    equipments = list(manager.equipment.values())
    states = {one.controller.address: LinkState.ONLINE for one in equipments}
    lines = shown(equipments, running(equipments[0], controllers={**states, "10.0.0.40": LinkState.OFFLINE}))
    assert any(line.startswith("AHU40") and "offline" in line for line in lines)
    manager.close()
