"""The page of a real run against the embedded peers, and what it costs when it fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.run import Run
from page import Hands, Page, PagePlace
from tests.bridge.looking import assert_as_it_was
from tests.bridge.rig import Rig, in_background, rig
from tests.page.asking import get, moments, post, watching
from tests.page.real_run import shown_run
from tests.waiting import DEADLINE_S, eventually


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Rig]:
    with rig(tmp_path) as running:
        yield running


def page_of(run: Run, hands: Hands | None = None) -> Page:
    return Page(run, run.equipments, PagePlace(port=0), hands)


def test_what_the_controllers_see_and_command_is_on_the_page(both: Rig) -> None:
    run = both.run(steps=None)
    with page_of(run) as page, in_background(run) as running:
        eventually(lambda: get(page, "/api/state").content["head"]["step"] not in ("0", "1"))
        names = [point["name"] for point in get(page, "/api/points").content]
        state = get(page, "/api/state").content
        values = dict(zip(names, state["v"], strict=True))
        assert values["AHU.FanSpeed"] == 60.0
        assert values["AHU.CoolingPump"] == 1.0
        assert 0 < values["AHU.DischAirTemp"] < 40
        assert values["hvac_oveZonSupSou_TZonCooSet_u"] == pytest.approx(24.0)
        assert set(state["c"].values()) == {"online"}
        run.request_stop()
        running.result(timeout=DEADLINE_S)
    assert_as_it_was(both)


@pytest.mark.slow
def test_a_day_that_has_just_begun_shows_none_of_the_old_ones_values(tmp_path: Path) -> None:
    with shown_run(tmp_path) as shown:
        shown.paused()
        number = shown.number("AHU.OutdoorAirTemp")
        assert shown.told()["v"][number] > 15
        assert post(shown.page, "reset", {"start": "2023-01-10 05:30"}).status == 200
        eventually(lambda: shown.run.status().episode == 1 and shown.page.moment.status.episode == 1)
        outdoors = shown.run.last_values["weaSta_reaWeaTDryBul_y"] - 273.15
        assert shown.told()["v"][number] == pytest.approx(outdoors, abs=0.01)
        eventually(lambda: shown.run.time.state.held_since_s is not None and shown.told()["held"])
        past = get(shown.page, f"/api/history?numbers={number}").content["series"][0]
        assert past == [pytest.approx(outdoors, abs=0.01)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"point": "AHU.FanSpeed", "value": 150}, "AHU.FanSpeed takes 0 to 100 %, not 150"),
        (
            {"point": "AHU.DischAirTemp", "value": -500, "units": "US"},
            "AHU.DischAirTemp takes at least -459.67 °F, not -500",
        ),
        (
            {"point": "hvac_oveZonSupSou_TZonCooSet_u", "value": 200, "units": "US"},
            "hvac_oveZonSupSou_TZonCooSet_u takes 53.6 to 104 °F, not 200",
        ),
        ({"input": "hvac_oveAhu_yFan_u", "value": 150}, "hvac_oveAhu_yFan_u takes 0 to 1, not 150"),
    ],
)
def test_a_value_beyond_limits_is_refused_in_the_unit_that_was_typed(
    both: Rig, content: dict[str, object], words: str
) -> None:
    run = both.run(steps=None)
    with page_of(run, Hands(values=run.hand)) as page, in_background(run):
        eventually(lambda: get(page, "/api/state").content["head"]["step"] not in ("0", ""))
        answer = post(page, "hold", content)
        assert (answer.status, answer.words) == (409, words)
        assert run.hand.held == ()
        run.request_stop()


def test_its_end_is_told_to_viewers_with_the_last_values(both: Rig) -> None:
    run = both.run(steps=3)
    with page_of(run) as page, watching(page) as connection, in_background(run):
        last = [moment for moment in moments(connection) if moment["over"]]
    [told] = last
    assert (told["phase"], told["head"]["step"]) == ("ended", "3")
    assert told["v"][0] is not None


def test_a_page_that_fails_is_said_once_and_the_run_goes_on(both: Rig, caplog: pytest.LogCaptureFixture) -> None:
    calls = []

    def failing() -> tuple[()]:
        if both.runs[0].status().step:
            calls.append(1)
            raise RuntimeError("made to fail")
        return ()

    run = both.run(steps=None)
    with page_of(run, Hands(commanders=failing)), in_background(run) as running:
        eventually(lambda: len(calls) > 2 and run.status().step > 5)
        run.request_stop()
        assert running.result(timeout=DEADLINE_S).is_clean
    told = [record for record in caplog.records if "looking at the run for its page has failed" in record.getMessage()]
    assert len(told) == 1


def test_what_costs_the_building_an_answer_is_not_asked_for_nobody(both: Rig) -> None:
    asked = []

    def own_control() -> dict[str, float]:
        asked.append(1)
        return {}

    run = both.run(steps=None)
    with page_of(run, Hands(own_control=own_control)) as page, in_background(run):
        eventually(lambda: run.status().step > 5)
        already = len(asked)
        assert already <= 1, "the first moment is looked at before anybody can"
        with watching(page):
            eventually(lambda: len(asked) > already)
