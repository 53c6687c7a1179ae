"""What a recording has of set-points that somebody acts on, and of the indicators that the building is asked for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import pytest

from bridge.acting import Acting
from recording import ACTED_FOUND, ACTED_LED, ACTED_MASKED, ACTED_WANTED, open_run
from recording.columns import RecordedEpisode, read_run
from recording.report import report
from tests.bridge.acting.rigged import SET_POINT, SUPPLY, acting
from tests.bridge.rig import Rig
from tests.recording.report.words import words
from tests.waiting import DEADLINE_S

KELVIN = 273.15


def recorded(both: Rig) -> RecordedEpisode:
    file = both.runs[-1].recording
    assert file is not None
    with open_run(file) as run:
        return read_run(run).episodes[-1]


def column(episode: RecordedEpisode, role: str) -> list[float | None]:
    """One of the set-point's, in °C, None where there is none."""
    _, values = episode.acted[SUPPLY][role]
    zero = 0.0 if role == ACTED_MASKED else KELVIN
    return [None if math.isnan(value) else round(value - zero, 3) for value in values]


def test_what_was_wanted_of_a_set_point_and_what_was_made_of_it_is_in_each_step(both: Rig) -> None:
    two_kelvin_in_a_step = replace(SET_POINT, rate_per_h=1440.0)
    with acting(both, Acting([two_kelvin_in_a_step], every=2, patience_s=DEADLINE_S)) as actor:
        actor.act({SUPPLY: 400.0})
        actor.act({SUPPLY: None})
        actor.act()
    episode = recorded(both)
    signal, _ = episode.acted[SUPPLY][ACTED_LED]
    assert (signal.title, signal.unit) == (f"{SUPPLY} led [K]", "K")
    assert (signal.equipment, signal.object) == tuple(SUPPLY.split("."))
    assert signal.device == both.controllers.addresses["AHU"]
    assert column(episode, ACTED_WANTED)[:4] == [126.85, 126.85, None, None]
    assert column(episode, ACTED_LED)[:4] == [16.0, 18.0, None, None]
    assert column(episode, ACTED_FOUND)[:4] == [14.0, 16.0, 18.0, 14.0]
    assert column(episode, ACTED_MASKED)[:4] == [0.0] * 4


def test_one_that_is_left_to_somebody_else_is_led_no_more(both: Rig) -> None:
    with acting(both, Acting([SET_POINT], patience_s=DEADLINE_S)) as actor:
        for value in (17.0, 16.0):
            actor.act({SUPPLY: value + KELVIN})
        both.clocks.sleep(2.0)
        actor.go_on_until(steps=2)
        actor.ahu.objects.command("SupplyAirTempSp", 21.5, 15)
        actor.go_on_until(steps=2)
        both.clocks.sleep(10.0)
        actor.until("somebody else has written")
        actor.go_on_until(steps=2)
    episode = recorded(both)
    told = [column(episode, role) for role in (ACTED_MASKED, ACTED_LED, ACTED_FOUND, ACTED_WANTED)]
    assert [one[1] for one in told] == [0.0, 16.0, 17.0, 16.0]
    assert [one[-2] for one in told] == [1.0, None, 21.5, 16.0]


def test_of_a_controller_that_is_away_nobody_knows_how_its_set_point_stands(both: Rig) -> None:
    with acting(both, Acting([SET_POINT], patience_s=DEADLINE_S)) as actor:
        actor.act({SUPPLY: 17.0 + KELVIN})
        actor.go_on_until(steps=2)
        both.controllers.unplug("AHU")
        actor.until("is offline")
        actor.go_on_until(steps=2)
    told = [column(recorded(both), role) for role in (ACTED_FOUND, ACTED_LED, ACTED_MASKED)]
    assert [one[1] for one in told] == [17.0, 17.0, 0.0]
    assert [one[-1] for one in told] == [None, None, 1.0]


def test_the_report_tells_them(both: Rig) -> None:
    with acting(both, Acting([SET_POINT], patience_s=DEADLINE_S)) as actor:
        actor.act({SUPPLY: 17.0 + KELVIN})
        actor.go_on_until(steps=5)
    file = both.runs[-1].recording
    assert file is not None
    with open_run(file) as run:
        text = words(report(read_run(run)))
    assert "Set-points acted on" in text
    assert f"{SUPPLY} 14.00 to 17.00 17.00 17.00 °C" in text


@pytest.mark.parametrize(("variables", "asked"), [({"BOP_KPI_TIME": "15"}, [0, 3, 6]), ({}, None)])
def test_indicators_are_in_the_frames_in_which_they_are_asked_for(
    both: Rig, variables: Mapping[str, str], asked: list[int] | None
) -> None:
    both.execute(steps=7, **variables)
    told = recorded(both).indicators
    if asked is None:
        assert told == {}
    else:
        assert [number for number, value in enumerate(told["ener_tot"]) if value == value] == asked
        assert told["ener_tot"][6] > told["ener_tot"][3] > 0.0
