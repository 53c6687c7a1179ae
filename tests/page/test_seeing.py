"""What is seen of a run: units, memory, the past from a recording, zones in words."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from page.seeing.board import board_of
from page.seeing.memory import Memory
from page.seeing.past import MOST_ROWS, Past
from page.seeing.units import System, reading_of
from page.seeing.zones import handlers_of, zones_of
from points.meanings import meaning_of
from recording import GOOD, RecordedStep, Recorder, RunsFolder, Signal
from tests.page.standing_in import StandIn, shown
from tests.waiting import eventually
from utils.clocks import ModelSeconds, UnixSeconds
from utils.values import PointMetadata


@pytest.mark.parametrize(
    ("unit", "name", "value", "si", "us"),
    [
        ("K", "", 293.15, "20.0 °C", "68.0 °F"),
        ("degC", "", 20.0, "20.0 °C", "68.0 °F"),
        ("pascal", "", 249.0, "249 Pa", "1.00 in wc"),
        ("m3/s", "hvac_reaAhu_V_flow_sup_y", 1.0, "1.00 m³/s", "2119 cfm"),
        ("m3/s", "chi_reaFloSup_y", 0.001, "1.00 L/s", "15.9 gpm"),
        ("W", "", 1500.0, "1.50 kW", "1.50 kW"),
        ("percent", "", 43.2, "43 %", "43 %"),
        ("1", "hvac_oveAhu_yFan_u", 0.432, "43 %", "43 %"),
        ("1", "", 0.432, "0.43 ", "0.43 "),
        ("ppm", "", 612.0, "612 ppm", "612 ppm"),
        ("furlong?", "", 1.0, "1.00 furlong?", "1.00 furlong?"),
        (None, "", 1.0, "1.00 ", "1.00 "),
    ],
)
def test_people_read_units_that_they_know(unit: str | None, name: str, value: float, si: str, us: str) -> None:
    systems: tuple[System, System] = ("SI", "US")
    readings = [reading_of(unit, meaning_of(name), system) for system in systems]
    assert [f"{reading.written(value)} {reading.sign}" for reading in readings] == [si, us]
    assert [reading.back(reading.conversion(value)) for reading in readings] == [pytest.approx(value)] * 2


class TestMemory:
    def test_it_reaches_back_to_the_first_step_however_long_the_run(self) -> None:
        memory = Memory(most_rows=10)
        for time in range(1000):
            memory.add(time, [float(time), None])
        found = memory.columns([0, 1])
        assert (found.times[0], found.times[-1]) == (0.0, 999.0)
        assert len(found.times) <= 12
        assert list(found.columns[0]) == list(found.times)
        assert all(math.isnan(value) for value in found.columns[1])

    def test_another_episode_begins_anew(self) -> None:
        memory = Memory()
        memory.add(10.0, [1.0])
        memory.begin_anew()
        assert not memory.columns([0]).times
        memory.add(5.0, [2.0])
        assert list(memory.columns([0]).times) == [5.0]

    def test_the_newest_of_one_moment_counts(self) -> None:
        memory = Memory()
        for value in (1.0, 2.0):
            memory.add(10.0, [value])
        assert list(memory.columns([0]).columns[0]) == [2.0]

    def test_points_that_came_later_have_no_past(self) -> None:
        memory = Memory()
        memory.add(1.0, [1.0])
        memory.add(2.0, [1.0, 2.0])
        first, second = memory.columns([1]).columns[0]
        assert math.isnan(first)
        assert second == 2.0

    def test_a_part_is_given_by_two_moments(self) -> None:
        memory = Memory()
        for time in range(10):
            memory.add(time, [0.0])
        assert list(memory.columns([0], 3, 5).times) == [3, 4, 5]


class TestPast:
    def test_a_plot_gets_no_more_rows_than_it_has_dots(self) -> None:
        memory = Memory()
        for time in range(MOST_ROWS + 500):
            memory.add(time, [0.0])
        found = Past(memory, lambda: None).of([])
        assert len(found.times) <= MOST_ROWS
        assert (found.times[0], found.times[-1]) == (0, MOST_ROWS + 499)

    def test_a_part_comes_from_the_recording_where_that_knows_more(self, tmp_path: Path, run: StandIn) -> None:
        board = board_of(run.equipments, run.metadata)
        point, folder = board.by_name["VAV_North.SpaceTemp"], RunsFolder(tmp_path / "runs", 10**9)
        recorder = Recorder(folder, "bridge")
        recorder.stream("bridge", [Signal("a", equipment="VAV_North", object="SpaceTemp", point=point.bop_point)])
        for number in range(100):
            recorder.step("bridge", step(number, 1.0 if number < 50 else 2.0, episode=number // 50))
        recorder.close()
        past = Past(Memory(), lambda: folder.part(recorder.name, 1))
        found = past.of([point], since_s=0.0)
        assert len(found.times) == 50
        assert set(found.columns[0]) == {2.0}, "of the newest episode only"

    def test_a_recording_that_cannot_be_read_is_done_without(self, tmp_path: Path) -> None:
        (tmp_path / "broken.run").write_text("nothing", encoding="utf-8")
        memory = Memory()
        memory.add(1.0, [])
        assert list(Past(memory, lambda: tmp_path / "broken.run").of([], since_s=0.0).times) == [1.0]


def step(number: int, value: float, episode: int) -> RecordedStep:
    time = f"2023-07-06T10:{number % 50:02}:00"
    return RecordedStep(
        number, ModelSeconds(number), UnixSeconds(number), [value], bytes([GOOD]), time, episode=episode
    )


class TestBoard:
    def test_air_handlers_and_zones_are_found_by_what_their_points_mean(self, run: StandIn) -> None:
        board = board_of(run.equipments, run.metadata)
        assert handlers_of(board) == ("AHU",)
        zones = {zone.equipment: zone for zone in zones_of(board)}
        assert sorted(zones) == ["VAV_Core", "VAV_East", "VAV_North", "VAV_South", "VAV_West"]
        cooling = zones["VAV_North"].cooling
        assert cooling is not None
        assert cooling.name == "hvac_oveZonSupNor_TZonCooSet_u"
        assert zones["VAV_West"].cooling is None

    def test_points_keep_their_numbers_when_the_simulation_tells_what_it_has(self, run: StandIn) -> None:
        before, after = board_of(run.equipments, {}), board_of(run.equipments, run.metadata)
        assert [point.name for point in before.points] == [point.name for point in after.points[: len(before.points)]]
        assert (before.is_complete, after.is_complete) == (False, True)

    def test_activations_and_the_calendar_are_left_out(self, run: StandIn) -> None:
        told = dict.fromkeys(("a_activate", "weaSta_reaWeaCloTim_y", "kept_y"), PointMetadata("1"))
        board = board_of(run.equipments, told)
        assert [point.name for point in board.unnamed] == ["kept_y"]


def test_the_page_wakes_at_a_step_and_does_not_make_it_wait(run: StandIn) -> None:
    with shown(run) as page:
        run.step()
        page.step(None)  # type: ignore[arg-type]
        eventually(lambda: page.moment.status.step == 1)
