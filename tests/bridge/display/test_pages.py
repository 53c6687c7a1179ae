"""Where keys are read, every point of many controllers can be seen at 80x24, and nothing by colour alone."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from rich.console import Console

from bridge.display.hands import Question, Screen, Shown
from bridge.display.live_view import LiveView
from bridge.display.readings import setpoints
from bridge.display.status import Phase, Status
from bridge.link import LinkState
from bridge.timing.time_in_hand import TimeState
from equipment.equipment_manager import Equipment
from tests import bench
from tests.bridge.rig import AHU_POINTS

WIDTH, HEIGHT = 80, 24
CONTROLLERS = 16
SETPOINT = bench.analog_input("hvac_reaAhu_TMix_y", "DischAirTempSetpoint", object_type="AnalogValue")
LONG = bench.analog_input("hvac_reaAhu_TRet_y", "AVeryLongNameOfAPointThatHasNoRoomBesideItsValueAndItsSetpointAtAll")

POINTS = (*AHU_POINTS[:3], SETPOINT, LONG)


@pytest.fixture
def equipments(tmp_path: Path) -> Iterator[list[Equipment]]:
    configs = [
        bench.equipment(f"AHU{n:02d}", f"10.0.0.{n}", [*POINTS, bench.output(f"fan{n}", "FanSpeed")])
        for n in range(1, CONTROLLERS + 1)
    ]
    manager = bench.manager(tmp_path, bench.settings(tmp_path), *configs)
    yield list(manager.equipment.values())
    manager.close()


def status_of(equipments: list[Equipment], time: TimeState | None = None) -> Status:
    targets = [equipment.target(point) for equipment in equipments for point in equipment.points]
    return Status(
        Phase.RUNNING,
        3,
        datetime(2023, 7, 6, 12),
        controllers=dict.fromkeys((one.controller.address for one in equipments), LinkState.ONLINE),
        seen=dict.fromkeys(targets, 20.5),
        commanded=dict.fromkeys(targets, 40.0),
        time=time,
        active_groups=["AHU01"],
    )


def shown(
    equipments: list[Equipment],
    screen: Screen,
    time: TimeState | None = None,
    size: tuple[int, int] = (WIDTH, HEIGHT),
) -> list[str]:
    told = io.StringIO()
    width, height = size
    console = Console(file=told, width=width, height=height, force_terminal=True, no_color=True, soft_wrap=True)
    view = LiveView(console, equipments, ["a note"], lambda: screen)
    view.update(status_of(equipments, time))
    lines = re.sub(r"\x1b\[[?;\d]*\w", "", told.getvalue()).splitlines()
    view.rest()
    return lines


def test_every_point_of_sixteen_controllers_is_on_some_page(equipments: list[Equipment]) -> None:
    pages = [shown(equipments, Screen(Shown.POINTS, page)) for page in range(7)]
    assert all(len(page) <= HEIGHT for page in pages)
    told = "\n".join("\n".join(page) for page in pages)
    for number in range(1, CONTROLLERS + 1):
        assert f"AHU{number:02d} (10.0.0.{number}) online" in told
    assert told.count(" FanSpeed ") == CONTROLLERS
    assert str(LONG["ecy_point"]) in told
    assert "page 7 of 7" in told


def test_a_set_point_stands_beside_its_value_and_not_again_below(equipments: list[Equipment]) -> None:
    page = shown(equipments, Screen(Shown.POINTS))
    [line] = [line for line in page if " DischAirTemp " in line and "forced" in line][:1]
    assert line.count("20.5 °C") == 2
    assert not any("DischAirTempSetpoint" in line for line in page)


@pytest.mark.parametrize("name", ["SpaceTempSp", "SpaceTempSP", "SpaceTempStpt", "SpaceTempSetpoint", "SpaceTemp_SP"])
def test_a_set_point_is_known_by_the_end_of_its_name(tmp_path: Path, name: str) -> None:
    points = [
        bench.analog_input("a_y", "SpaceTemp"),
        bench.analog_input("b_y", name),
        bench.analog_input("c_y", "Wasp"),
    ]
    manager = bench.manager(tmp_path, bench.settings(tmp_path), bench.equipment("AHU", "10.0.0.1", points))
    [equipment] = manager.equipment.values()
    assert {key: point.ecy_point for key, point in setpoints(equipment.points).items()} == {"SpaceTemp": name}
    manager.close()


def test_what_is_in_force_is_said_in_words(equipments: list[Equipment]) -> None:
    lines = [
        line for page in range(3) for line in shown(equipments, Screen(Shown.POINTS, page)) if " FanSpeed " in line
    ]
    assert "in force" in lines[0]
    assert "not in force" not in lines[0]
    assert "not in force" in lines[1]


def test_the_overview_has_pages_too_and_the_last_one_is_not_left(equipments: list[Equipment]) -> None:
    many = [*equipments, *equipments]
    assert any("page 1 of 2" in line for line in shown(many, Screen()))
    assert any("page 2 of 2" in line for line in shown(many, Screen(page=99)))


def test_the_footer_says_what_keys_do_and_what_is_typed(equipments: list[Equipment]) -> None:
    assert "space pause" in shown(equipments, Screen())[-1]
    held = TimeState(1.0, True, held_for_s=63.0, ends_in_s=7000.0)
    lines = shown(equipments, Screen(), held)
    assert "HELD for 1:03, ends the run in 1 h 56 min" in " ".join(lines[:2])
    assert "space go on" in lines[-1]
    assert "note: so it is" in shown(equipments, Screen(question=Question.NOTE, typed="so it is"))[-1]
    assert any("hold time" in line for line in shown(equipments, Screen(Shown.HELP)))


class TestOnATinyTerminal:
    SIZE = (40, 10)

    @pytest.mark.parametrize("look", Shown)
    @pytest.mark.parametrize("said", ["", "29 February does not exist in the model's 365-day year; use 28 February"])
    def test_nothing_is_cut(self, equipments: list[Equipment], look: Shown, said: str) -> None:
        page = shown(equipments, Screen(look, said=said), size=self.SIZE)
        assert len(page) <= self.SIZE[1]
        assert all(len(line) <= self.SIZE[0] for line in page)
        assert " ".join(" ".join(page).split()).endswith(
            said or "? help" if look is not Shown.HELP else said or "? back"
        )

    def test_all_of_the_help_is_on_some_page(self, equipments: list[Equipment]) -> None:
        pages = [shown(equipments, Screen(Shown.HELP, page), size=self.SIZE) for page in range(9)]
        told = " ".join(" ".join(line for page in pages for line in page if "page " not in line).split())
        assert "one step, and hold time again" in told

    def test_what_ends_the_run_is_among_the_keys(self, equipments: list[Equipment]) -> None:
        assert "q stop" in shown(equipments, Screen(), size=self.SIZE)[-1]
