"""The report of a run, from recordings that are whole, odd, or nearly empty."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from recording import Direction, Event, EventKind, Signal, open_run
from recording.columns import RunData, read_run
from recording.report import report
from tests.recording.made_run import BEGAN_S, JULY_6_S, MadeRun, Values, made_office
from tests.recording.report.words import words
from utils.clocks import ModelSeconds, UnixSeconds

EVIL = "<script>alert('x')</script>"


def data_of(made: MadeRun, folder: Path) -> RunData:
    with open_run(made.write(folder)) as run:
        return read_run(run)


def told(made: MadeRun, folder: Path, other: RunData | None = None) -> str:
    """The report's words, without pictures and marks."""
    html = report(data_of(made, folder), other)
    return words(html)


def constantly(values: Values) -> Callable[[float], Values]:
    return lambda _: values


def event(kind: EventKind, subject: str, said: str, who: str = "") -> Event:
    return Event(UnixSeconds(BEGAN_S + 60.0), kind, subject, said, ModelSeconds(JULY_6_S + 36_000.0), who)


def test_a_stranger_reads_what_happened(tmp_path: Path) -> None:
    text = told(made_office(1.0), tmp_path)
    assert "Controllers ran the simulated building: test case multizone_office_simple_air." in text
    assert "6 Jul 00:00 – 7 Jul 00:00 of model time (1 d)" in text
    assert "Overrides were in force, in hours of 24.0: AHU 13.0." in text
    assert re.search(r"Electricity: 1\d\d\.\d kWh", text)
    assert "Of what was taken: 1 released." in text


def test_it_opens_offline_and_needs_no_script(tmp_path: Path) -> None:
    html = report(data_of(made_office(0.1), tmp_path))
    assert not re.findall(r"<script|<link rel='stylesheet'|src=|url\(|@import", html)
    assert [link for link in re.findall(r"href='([^']*)'", html) if not link.startswith(("#", "data:,"))] == []


def test_its_links_lead_somewhere_and_its_marks_are_closed(tmp_path: Path) -> None:
    html = report(data_of(made_office(0.1), tmp_path))
    assert set(re.findall(r"href='#([^']*)'", html)) <= set(re.findall(r"id='([^']*)'", html))
    assert _Nesting.of(html) == []


def test_names_and_notes_of_others_are_text(tmp_path: Path) -> None:
    office = made_office(0.1)
    office.tied = [replace(signal, equipment=f"AHU{EVIL}", object=f"Valve{EVIL}") for signal in office.tied]
    office.facts = {
        **office.facts,
        "controllers": {EVIL: {"equipment": [EVIL], "model": EVIL, "application": EVIL, "slots_found": {EVIL: {}}}},
        "configs": {EVIL: "no JSON"},
        "settings": {EVIL: EVIL},
        "metadata": {"chi_reaPChi_y": {"unit": "W", "description": f"electric {EVIL}"}},
        "receipts": [{"device": EVIL, "outcome": EVIL}],
        "kpis": {EVIL: 1.0},
        "test_case": {"name": EVIL, "url": EVIL},
    }
    office.events = [event(EventKind.NOTE, EVIL, EVIL, EVIL), event(EventKind.HAND, EVIL, EVIL, EVIL)]
    html = report(data_of(office, tmp_path))
    assert "<script" not in html
    assert html.count("&lt;script&gt;") > 15


def test_a_name_cannot_end_the_style_sheet(tmp_path: Path) -> None:
    html = report(replace(data_of(made_office(0.1), tmp_path), name='x"; } </style><script>'))
    assert "<script" not in html
    assert 'content: "x  stylescript"' in html


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_run_that_hardly_began_has_a_report(tmp_path: Path, count: int) -> None:
    office = made_office(1.0)
    office.times_s = office.times_s[:count]
    text = told(office, tmp_path)
    assert ("No step was recorded." in text) is (count == 0)
    assert "nan" not in text


def test_a_recording_that_lacks_everything_says_so(tmp_path: Path) -> None:
    text = told(MadeRun(times_s=[0.0, 60.0], values=lambda _: {"what_ever": 1.0}), tmp_path)
    for lack in (
        "A run of a kind that the recording does not tell.",
        "The recording has no controllers.",
        "The recording has no configs.",
        "The recording has no indicators.",
        "The recording has no zone temperature that is known as one.",
        "The recording has no power of the building.",
        "The recording has no weather.",
        "The recording has no actuator of the building.",
        "The recording has no override of the building's inputs.",
        "The recording does not tell what was given back.",
    ):
        assert lack in text


def test_facts_of_another_shape_are_passed_over(tmp_path: Path) -> None:
    names = ("versions", "settings", "configs", "test_case", "episode", "controllers", "metadata", "kpis", "receipts")
    for wrong in (None, 7, "text", [1, 2]):
        office = made_office(0.05, facts=dict.fromkeys(names, wrong))
        assert "What happened" in told(office, tmp_path / str(type(wrong).__name__))


def test_zones_without_set_points_are_not_judged(tmp_path: Path) -> None:
    office = made_office(0.1)
    whole = office.values
    office.values = lambda time_s: {name: value for name, value in whole(time_s).items() if "Set_u" not in name}
    text = told(office, tmp_path)
    zones = "VAV_Core, VAV_South, VAV_East, VAV_North, VAV_West"
    assert f"Without a recorded set-point, and so not judged: {zones}." in text
    assert "Comfort cannot be judged: no set-point of a zone is recorded." in text


def test_a_building_with_one_zone_is_judged_whatever_its_points_are_called(tmp_path: Path) -> None:
    """The set-points of bestest_air are in another part of the model than its zone; those of others have one only."""
    times_s = [JULY_6_S + 60.0 * number for number in range(61)]
    for set_points in (("con_oveTSetHea_u", "con_oveTSetCoo_u"), ("oveTZonSet_u",)):
        values: Values = {"zon_reaTRooAir_y": 290.15, **dict.fromkeys(set_points, 293.15)}
        made = MadeRun(times_s=times_s, values=constantly(values), units=dict.fromkeys(values, "K"))
        assert "Furthest outside its set-points was zone: 3.0 K h" in told(made, tmp_path / set_points[0])


def test_a_name_that_only_the_controller_gives_is_understood(tmp_path: Path) -> None:
    tied = Signal("AHU.ZoneTemp [degC]", "degC", "x17_y", "ZoneTemp", "AHU", direction=Direction.TO_CONTROLLER)
    made = MadeRun(times_s=[0.0, 60.0], values=lambda _: {"x17_y": 295.15}, units={"x17_y": "K"}, tied=[tied])
    assert "Without a recorded set-point, and so not judged: AHU." in told(made, tmp_path)


def test_a_value_in_another_unit_is_not_what_its_name_says(tmp_path: Path) -> None:
    made = MadeRun(times_s=[0.0, 60.0], values=lambda _: {"reaTZon_y": 22.0}, units={"reaTZon_y": "degC"})
    assert "The recording has no zone temperature that is known as one." in told(made, tmp_path)


def test_missing_steps_are_told_and_not_counted(tmp_path: Path) -> None:
    office = made_office(1.0)
    whole = told(office, tmp_path / "whole")
    office.times_s = [time_s for time_s in office.times_s if not JULY_6_S + 36_000.0 < time_s < JULY_6_S + 43_200.0]
    text = told(office, tmp_path / "parted")
    assert "Gaps in the recording none" in whole
    assert "Gaps in the recording 1; nothing is counted or drawn across them" in text
    kwh = [float(re.findall(r"Electricity: ([\d.]+) kWh", each)[0]) for each in (whole, text)]
    assert kwh[1] < kwh[0] - 20.0


def test_a_recording_that_is_not_whole_says_so_at_the_top(tmp_path: Path) -> None:
    missing = "too little was free on the disk before this"
    text = told(made_office(0.1, events=[event(EventKind.GAP, "", missing)]), tmp_path)
    assert f"The recording is not whole, and neither is what is told here: {missing}." in text


def test_values_that_are_missing_leave_gaps_and_no_nan(tmp_path: Path) -> None:
    office = made_office(0.5)
    whole = office.values
    office.values = lambda time_s: {**whole(time_s), "hvac_reaZonCor_TZon_y": None, "chi_reaPChi_y": math.nan}
    html = report(data_of(office, tmp_path))
    assert "nan" not in html
    assert "VAV_Core.SpaceTemp" in words(html).partition("never had a value")[2]


def test_each_episode_is_a_part_of_its_own_with_the_number_that_replay_takes(tmp_path: Path) -> None:
    office = made_office(0.5)
    half = len(office.times_s) // 2
    office.episode_of = lambda number: int(number >= half)
    html = report(data_of(office, tmp_path))
    assert [title in words(html) for title in ("Episode 0", "Episode 1", "Episode 2")] == [True, True, False]
    assert html.count("<h2>Comfort</h2>") == 2
    assert set(re.findall(r"href='#([^']*)'", html)) <= set(re.findall(r"id='([^']*)'", html))


def test_groups_that_were_always_active_are_told_in_few_words(tmp_path: Path) -> None:
    text = told(made_office(0.1, groups={"AHU": lambda _: True, "VAV": lambda _: True}), tmp_path)
    assert "Overrides of AHU, VAV were in force all the time." in text


def test_what_is_shown_as_nothing_is_not_told_as_furthest(tmp_path: Path) -> None:
    office = made_office(0.1)
    whole = office.values
    cold = {"hvac_reaZonCor_TZon_y": 273.15 + 11.2}
    office.values = lambda time_s: {**whole(time_s), **(cold if time_s == office.times_s[-1] else {})}
    text = told(office, tmp_path)
    assert "No zone was outside its set-points by as much as 0.1 K h." in text
    assert "Furthest outside" not in text


def test_each_override_has_its_owner_and_its_time(tmp_path: Path) -> None:
    office = made_office(1.0, events=[event(EventKind.HAND, "hvac_oveAhu_yOA", "held at 0.5", "10.0.0.9")])
    text = told(office, tmp_path)
    assert "hvac_oveAhu_yCoo AHU.CoolingValve" in text
    assert "6 Jul 06:00 – 19:00" in text
    assert "6 Jul 10:00 10.0.0.9 hvac_oveAhu_yOA held at 0.5" in text


def test_what_went_wrong_stands_at_the_top(tmp_path: Path) -> None:
    events = [event(EventKind.OFFLINE, "AHU", "no answer within 5 s"), event(EventKind.YIELDED, "VAV", "slot 8")]
    text = told(made_office(0.1, events=events, late=lambda number: number < 3), tmp_path)
    assert "Troubles: AHU: offline, VAV: yielded." in text
    assert "3 steps were late" in text
    assert "no answer within 5 s" in text


def test_a_note_from_before_the_first_step_tells_when_it_was_typed(tmp_path: Path) -> None:
    note = Event(UnixSeconds(BEGAN_S + 60.0), EventKind.NOTE, "", "filter changed", None, "terminal")
    when = datetime.fromtimestamp(BEGAN_S + 60.0).astimezone()
    assert f"{when:%H:%M:%S} – terminal filter changed" in told(made_office(0.1, events=[note]), tmp_path)


def test_many_events_are_counted_and_the_first_ones_listed(tmp_path: Path) -> None:
    events = [event(EventKind.FAULT, "AHU", f"step {number}") for number in range(400)]
    text = told(made_office(0.05, events=events), tmp_path)
    assert "fault: AHU (400 times)" in text
    assert "The first 150 of 400; the recording has them all." in text


def test_what_was_not_tested_is_named(tmp_path: Path) -> None:
    office = made_office(0.2, first_s=JULY_6_S + 9.0 * 3600.0)
    office.groups = {**office.groups, "VAV": lambda _: False}
    text = told(office, tmp_path).partition("What was not tested")[2]
    assert "1 of 7 points never moved: AHU.HeatingValve." in text
    assert "Groups whose overrides were never active: VAV." in text
    assert "Seasons not covered: winter, spring, autumn." in text
    assert "Hours of the day not covered: 0:00 to 9:00, 14:00 to 24:00." in text


def test_a_us_run_is_told_in_us_units(tmp_path: Path) -> None:
    office = made_office(0.5)
    office.facts = {**office.facts, "unit_system": "US"}
    text = told(office, tmp_path)
    assert "lowest, °F" in text
    assert "above by 0.9 °F, h" in text


def test_two_runs_stand_side_by_side_over_the_time_that_they_share(tmp_path: Path) -> None:
    longer = data_of(made_office(1.0, name="20260707-093000-bridge-00cd"), tmp_path)
    text = told(made_office(0.5, step_s=60.0), tmp_path, longer)
    assert "Held against 20260707-093000-bridge-00cd (bridge)." in text
    assert "Different steps: 60 s here, 300 s there; each is summed with its own." in text
    assert "Both are counted over 6 Jul 00:00 – 12:00 of model time" in text
    difference = re.findall(r"electricity ([\d.]+) ([\d.]+) ([+-]?[\d.]+)", text.partition("Energy, kWh")[2])[0]
    assert float(difference[0]) == pytest.approx(float(difference[1]), rel=0.02)


def test_the_same_run_twice_has_no_difference(tmp_path: Path) -> None:
    other = data_of(made_office(0.5, name="20260707-093000-bridge-00cd"), tmp_path)
    text = told(made_office(0.5), tmp_path, other)
    assert "Different" not in text
    assert re.findall(r"electricity ([\d.]+) \1 0\.00 \+0\.0", text)
    assert "Against other: +0.0 kWh of electricity (+0 %)." in text


def test_a_share_of_next_to_nothing_is_not_told(tmp_path: Path) -> None:
    idle = made_office(0.02, name="20260707-093000-bridge-00cd")
    whole = idle.values
    idle.values = lambda time_s: {**whole(time_s), "chi_reaPChi_y": 1.0}
    text = told(made_office(0.02), tmp_path, data_of(idle, tmp_path))
    assert re.search(r"Against other: [+-][\d.]+ kWh of electricity\.", text)


def test_runs_of_other_times_are_not_held_against_each_other(tmp_path: Path) -> None:
    other = data_of(made_office(0.1, first_s=0.0, name="20260707-093000-bridge-00cd"), tmp_path)
    text = told(made_office(0.1), tmp_path, other)
    assert "20260707-093000-bridge-00cd has no step of the same model time: nothing is held against it." in text


def test_columns_are_found_by_direction(tmp_path: Path) -> None:
    [episode] = data_of(made_office(0.25), tmp_path).episodes
    assert set(episode.named(Direction.TO_SIMULATION)) == {"hvac_oveAhu_yCoo_activate", "hvac_oveAhu_yCoo_u"}
    assert episode.hours == 6.0


class _Nesting(HTMLParser):
    """What is not closed where it should be."""

    VOID = frozenset(("meta", "link", "br", "wbr"))

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    @classmethod
    def of(cls, html: str) -> list[str]:
        parser = cls()
        parser.feed(html)
        return [*parser.wrong, *parser.open]

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        """Closed by itself."""

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)
