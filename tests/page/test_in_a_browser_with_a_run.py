"""A real run in a real browser: what a person sees of it there, and what hands do to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
import requests

from recording import EventKind, open_run
from tests.bridge.looking import assert_as_it_was
from tests.page.asking import post
from tests.page.browser import Seen, browser, tab_of
from tests.page.real_run import PERIOD, Shown, shown_run
from tests.waiting import DEADLINE_S, eventually

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow

FAN, COOLING = "AHU.FanSpeed", "hvac_oveZonSupSou_TZonCooSet_u"
_ALL_VALUES = "JSON.stringify([...document.querySelectorAll('[data-v]')].map(element => element.textContent))"


@pytest.fixture(scope="module")
def started() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def going(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    with shown_run(tmp_path_factory.mktemp("shown")) as shown:
        yield shown
    assert_as_it_was(shown.both)


@pytest.fixture
def shown(going: Shown) -> Shown:
    """The run, with nothing left of the test before."""
    assert post(going.page, "release").status == post(going.page, "go-on").status == 200
    going.steps(1)
    return going


@pytest.fixture
def seen(started: Browser, shown: Shown) -> Iterator[Seen]:
    with tab_of(started, shown.page) as tab:
        yield tab
        assert tab.complaints == []
        assert tab.foreign == []


def text_is(element: str, text: str) -> str:
    return f"document.querySelector('{element}').textContent === '{text}'"


def events_tell(words: str) -> str:
    return f"document.getElementById('events').textContent.includes('{words}')"


def own_control(shown: Shown) -> dict[str, float]:
    """What the building's server says of it, asked beside the run."""
    url = shown.both.building.url
    [test] = requests.get(url, timeout=DEADLINE_S).json()["tests"]
    answer = requests.get(f"{url}/bench/own-control/{test['testid']}", timeout=DEADLINE_S).json()
    return {name: float(value) for name, value in answer["payload"].items()}


def open_point(seen: Seen, number: int, name: str) -> None:
    """Select a value; where it is in a list that is folded, unfold it first."""
    seen.tab.evaluate(f"document.querySelector('[data-p=\"{number}\"]').closest('details')?.setAttribute('open', '')")
    seen.tab.locator(f'[data-p="{number}"]').first.click()
    seen.until(f"document.getElementById('point').open && document.getElementById('point').dataset.name === '{name}'")


def test_values_move_and_a_pause_holds_them_to_the_second(shown: Shown, seen: Seen) -> None:
    clock = seen.text("#clock")
    values = seen.tab.evaluate(_ALL_VALUES)
    seen.until(f"!({text_is('#clock', clock)})")
    seen.until(f"{_ALL_VALUES} !== {values!r}")
    seen.tab.click('[data-do="pause"]')
    seen.until(text_is("#phase", "paused"))
    assert "since" in seen.text("#paused")
    step, moment = shown.step, shown.run.status().local_time
    seen.until(text_is('[data-h="step"]', str(step)))
    clock, values = seen.text("#clock"), seen.tab.evaluate(_ALL_VALUES)
    counters = shown.both.controllers.controller("AHU").counters
    until = counters.requests["POST"] + 3
    eventually(lambda: counters.requests["POST"] >= until)
    assert (shown.step, shown.run.status().local_time) == (step, moment)
    assert (seen.text("#clock"), seen.tab.evaluate(_ALL_VALUES)) == (clock, values)
    assert f"{moment:%H:%M:%S}" in clock


def test_one_step_is_one_step_and_time_goes_on_when_it_is_told_to(shown: Shown, seen: Seen) -> None:
    step = shown.paused()
    seen.tab.click('[data-do="step"]')
    seen.until(text_is('[data-h="step"]', str(step + 1)))
    assert shown.step == step + 1
    assert seen.text("#phase") == "paused"
    seen.tab.click('[data-do="go-on"]')
    seen.until(text_is("#phase", "running"))
    shown.steps(3)


def test_another_day_begins_and_its_trend_with_it(shown: Shown, seen: Seen) -> None:
    seen.tab.select_option("#day", "2023-01-10 05:30")
    seen.tab.click('[data-do="reset"]')
    seen.until("document.getElementById('clock').textContent.startsWith('Tue 10 Jan 05:3')")
    seen.until("document.querySelector('.u-legend .u-value').textContent.startsWith('05:3')")
    assert shown.run.status().episode >= 1
    shown.steps(2)


def test_a_day_that_the_building_does_not_have_is_refused_in_words(shown: Shown, seen: Seen) -> None:
    episode = shown.run.status().episode
    seen.tab.fill("#start", "2024-02-29 10:00")
    seen.tab.click('[data-do="reset"]')
    seen.until("document.getElementById('said').textContent.includes('29 February does not exist')")
    assert shown.run.status().episode == episode
    seen.forgive("400")


def test_a_period_of_the_simulation_begins(shown: Shown, seen: Seen) -> None:
    episode = shown.run.status().episode
    seen.tab.select_option("#day", PERIOD)
    seen.tab.click('[data-do="reset"]')
    eventually(lambda: shown.run.status().episode == episode + 1)
    assert seen.text("#events").count(PERIOD) >= 1


def test_an_input_that_is_held_by_hand_is_seen_everywhere_and_is_gone_after_its_release(
    shown: Shown, seen: Seen
) -> None:
    number = shown.number(COOLING)
    usual = seen.value(number)
    open_point(seen, number, COOLING)
    seen.tab.click("#point-trend")
    open_point(seen, number, COOLING)
    seen.tab.fill("#held", "27.5")
    seen.tab.click("#hold button")
    seen.until(text_is(f'[data-v="{number}"]', "27.5"))
    seen.until(text_is(f'[data-s="{number}"]', "by hand"))
    seen.until(events_tell(f"{COOLING} held at 300.65"))
    seen.until(f"document.querySelector('.u-legend').textContent.includes('{COOLING}27.5 °C')")
    assert shown.facts(COOLING)["commanded by"] == "held by hand: the page"
    open_point(seen, number, COOLING)
    seen.tab.click("#let-go")
    seen.until(text_is(f'[data-s="{number}"]', ""))
    seen.until(events_tell(f"{COOLING} released"))
    seen.until(text_is(f'[data-v="{number}"]', f"{usual:.1f}"))
    assert shown.facts(COOLING)["commanded by"] == "the building's own control"


def test_a_controllers_point_that_is_held_by_hand_is_in_slot_8_until_its_release(shown: Shown, seen: Seen) -> None:
    number, objects = shown.number(FAN), shown.both.controllers.controller("AHU").objects
    open_point(seen, number, FAN)
    seen.tab.fill("#held", "77")
    seen.tab.click("#hold button")
    seen.until(text_is(f'[data-v="{number}"]', "77"))
    seen.until(text_is(f'[data-s="{number}"]', "by hand"))
    seen.until(events_tell(f"{FAN} held at 77"))
    seen.until(f"fetch('/api/history?numbers={number}').then(a => a.json()).then(a => a.series[0].at(-1) === 77)")
    assert objects.named("FanSpeed").slots[7] == 77.0
    open_point(seen, number, FAN)
    assert "held by hand: the page" in seen.text("#point-facts")
    seen.tab.click("#let-go")
    seen.until(text_is(f'[data-s="{number}"]', ""))
    seen.until(text_is(f'[data-v="{number}"]', "60"))
    seen.until(events_tell(f"{FAN} released"))
    assert objects.named("FanSpeed").slots[7] is None


def test_a_value_out_of_bounds_is_refused_in_words_and_nothing_is_held(shown: Shown, seen: Seen) -> None:
    open_point(seen, shown.number(FAN), FAN)
    seen.tab.fill("#held", "400")
    seen.tab.click("#hold button")
    seen.until("document.getElementById('said').dataset.failed === 'true'")
    assert FAN in seen.text("#said")
    assert shown.run.hand.held == ()
    seen.forgive("409")


def test_a_note_is_among_the_events_and_in_the_recording(shown: Shown, seen: Seen) -> None:
    seen.tab.fill("#note", "the valve sticks")
    seen.tab.click('[data-do="note"]')
    seen.until(events_tell("the valve sticks"))
    recording = shown.run.recording
    assert recording is not None

    def notes() -> list[str]:
        with open_run(recording) as recorded:
            return [event.words for event in recorded.events() if event.kind is EventKind.NOTE]

    eventually(lambda: "the valve sticks" in notes())


def test_a_state_is_saved_and_gone_back_to(shown: Shown, seen: Seen) -> None:
    step = shown.paused()
    seen.until(text_is("#phase", "paused"))  # the browser may draw later than the page tells
    moment, episode = shown.run.status().local_time, shown.run.status().episode
    clock = seen.text("#clock")
    seen.tab.click('[data-do="save"]')
    seen.until("document.getElementById('said').textContent.includes('saving the state')")
    seen.until("document.querySelectorAll('#saved option').length > 0")
    [name] = shown.run.time.states[-1:]
    assert shown.told()["saved"] == [name]
    seen.tab.click('[data-do="go-on"]')
    eventually(lambda: shown.step > step)
    shown.paused()
    seen.tab.select_option("#day", label=name)
    seen.tab.click('[data-do="reset"]')
    eventually(lambda: shown.run.status().episode == episode + 1)
    seen.until(text_is("#clock", clock))
    assert shown.run.status().local_time == moment


def test_beside_each_command_is_what_the_buildings_own_control_would_do(shown: Shown, seen: Seen) -> None:
    shown.paused()
    counters = shown.both.controllers.controller("AHU").counters
    until = counters.requests["POST"] + 2
    eventually(lambda: counters.requests["POST"] >= until)  # so that more than a second has passed
    step = shown.step
    post(shown.page, "step")
    eventually(lambda: shown.step == step + 1)
    own = own_control(shown)
    told = {
        shown.number(FAN): 100 * own["hvac_oveAhu_yFan_u"],
        shown.number("AHU.CoolingPump"): own["hvac_oveAhu_yPumCoo_u"],
        shown.number("VAV.Damper"): 100 * own["hvac_oveZonActSou_yDam_u"],
    }
    eventually(lambda: shown.told()["o"] == {str(key): pytest.approx(value, abs=0.01) for key, value in told.items()})
    seen.until(text_is(f'[data-o="{shown.number(FAN)}"]', f"own control {told[shown.number(FAN)]:.0f} %"))


def test_a_stop_ends_the_run_gives_back_and_is_said(started: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    with ExitStack() as undo, shown_run(tmp_path_factory.mktemp("stop")) as shown:
        seen = undo.enter_context(tab_of(started, shown.page))
        number = shown.number("AHU.DischAirTemp")
        seen.tab.on("dialog", lambda dialog: dialog.accept())
        seen.tab.click('[data-do="stop"]')
        seen.until(text_is("#phase", "ended"))
        assert seen.value(number) == pytest.approx(shown.page.moment.values[number], abs=0.06)
        assert seen.tab.evaluate("[...document.querySelectorAll('[data-s]')].map(e => e.textContent).join('')") == ""
        assert not seen.tab.locator("#hands").is_visible()
        assert_as_it_was(shown.both)
        assert seen.complaints == []
