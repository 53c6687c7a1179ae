"""The page in a real browser, of a run that stands in: what a real one cannot show quickly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from page import Page, PagePlace
from tests.page.asking import get
from tests.page.browser import Seen, browser, tab_of
from tests.page.standing_in import StandIn
from tests.waiting import eventually
from utils.values import Role

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

pytestmark = pytest.mark.slow

_STANDS_OUT = """[...document.querySelectorAll('.card, svg[role=group]')].flatMap(place => {
    const edge = place.getBoundingClientRect();
    return [...place.querySelectorAll('*')].filter(one => !one.closest('.uplot, .hit')).filter(one => {
        const at = one.getBoundingClientRect();
        return at.width && (at.right > edge.right + 1 || at.left < edge.left - 1
            || (one.tagName === 'text' && (at.bottom > edge.bottom + 1 || at.top < edge.top - 1)));
    }).map(one => one.textContent);
})"""
"""What of a card or a drawing is beyond its edges."""
_COVERS = """(() => {
    const texts = [...document.querySelectorAll('svg[role=group] text')]
        .map(one => [one.textContent.trim(), one.parentElement, one.getBoundingClientRect()])
        .filter(([words, , at]) => words && at.width);
    return texts.flatMap(([words, mine, at], place) => texts.slice(place + 1)
        .filter(([, theirs, other]) => theirs !== mine
            && Math.min(at.right, other.right) - Math.max(at.left, other.left) > 2
            && Math.min(at.bottom, other.bottom) - Math.max(at.top, other.top) > 4)
        .map(([other]) => `${words} / ${other}`));
})()"""
"""Which words of a drawing cover others."""


@pytest.fixture(scope="module")
def started() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture
def seen(started: Browser, page: Page) -> Iterator[Seen]:
    with tab_of(started, page) as tab:
        yield tab
        assert tab.complaints == []
        assert tab.foreign == []


def number_of(page: Page, name: str) -> int:
    return int(next(point["number"] for point in get(page, "/api/points").content if point["name"] == name))


def open_point(seen: Seen, name: str) -> None:
    seen.tab.locator(f'[data-p="{number_of(seen.page, name)}"]').first.click()
    seen.until(f"document.getElementById('point').open && document.getElementById('point').dataset.name === '{name}'")


def test_a_point_goes_into_the_trend_and_its_step_response_is_told(run: StandIn, seen: Seen) -> None:
    for _ in range(12):
        run.step()
        eventually(lambda: seen.page.moment.status.step == run.steps)
    open_point(seen, "AHU.DischAirTemp")
    seen.tab.click("#point-trend")
    seen.until("document.querySelector('.u-legend').textContent.includes('AHU.DischAirTemp')")
    open_point(seen, "AHU.DischAirTemp")
    seen.tab.click("#point-response")
    seen.until("document.getElementById('response').textContent.includes('overshoot')")


def test_units_are_the_viewers_choice(run: StandIn, seen: Seen) -> None:
    number = number_of(seen.page, "VAV_North.SpaceTemp")
    celsius = seen.value(number)
    seen.tab.click(".bar nav a")
    seen.until("document.body.dataset.units === 'US' && document.body.dataset.drawn !== undefined")
    assert seen.value(number) == pytest.approx(32 + 1.8 * celsius, abs=0.11)


def test_a_state_stands_where_no_other_words_do(run: StandIn, started: Browser, page: Page) -> None:
    run.hold_point("AHU", "CoolingValve", 40.0, "Ann")
    number = number_of(page, "AHU.CoolingValve")
    for width in (390, 1366):
        with tab_of(started, page, width=width) as seen:
            shape = "tall" if width < 720 else "wide"
            held = f"document.querySelector('svg.{shape} [data-s=\"{number}\"]')"
            seen.until(f"{held}.textContent === 'by hand'")
            covered = f"""[...document.querySelectorAll('svg.{shape} text')].filter(text => {{
                const one = {held}.getBoundingClientRect(), other = text.getBoundingClientRect();
                return !text.contains({held}) && text.textContent.trim() && one.left < other.right
                    && other.left < one.right && one.top + 3 < other.bottom && other.top + 3 < one.bottom;
            }}).map(text => text.textContent)"""
            assert seen.tab.evaluate(covered) == []


def test_units_are_those_of_the_run_until_a_viewer_chooses(run: StandIn, started: Browser) -> None:
    with Page(run, run.equipments, PagePlace(port=0), system="US") as page, tab_of(started, page) as seen:
        assert seen.tab.evaluate("document.body.dataset.units") == "US"
        seen.tab.click(".bar nav a")
        seen.until("document.body.dataset.units === 'SI' && document.body.dataset.drawn !== undefined")


def test_who_has_no_token_only_looks_until_it_is_typed(started: Browser, run: StandIn, page: Page) -> None:
    with tab_of(started, page, with_token=False) as seen:
        assert not seen.tab.locator("#hands").is_visible()
        seen.tab.click("#take")
        seen.tab.fill("#token", page.token)
        seen.tab.click("#key-form button")
        seen.tab.locator("#hands").wait_for(state="visible")
        seen.tab.click('[data-do="pause"]')
        eventually(lambda: run.state.is_paused)


def test_a_token_of_another_run_is_told_at_once_and_leaves_no_hands(started: Browser, page: Page) -> None:
    with tab_of(started, page, with_token=False, query="#token=of-another-run") as seen:
        seen.until("document.getElementById('said').textContent === 'that is not the token, nor the password'")
        assert not seen.tab.locator("#hands").is_visible()
        assert seen.tab.locator("#take").is_visible()
        seen.forgive("403")


def test_the_token_leaves_the_address_and_stays_in_the_tab(seen: Seen) -> None:
    assert "token" not in seen.tab.url
    seen.tab.reload()
    seen.until("document.body.dataset.drawn !== undefined")
    assert seen.tab.locator("#hands").is_visible()


def test_words_of_others_do_not_become_markup(run: StandIn, seen: Seen) -> None:
    run.note("<img src=x onerror=alert(1)>", "<b>Ann</b>")
    seen.until("document.getElementById('events').textContent.includes('<img src=x')")
    assert seen.tab.locator("#events img").count() == 0


def test_a_keyboard_opens_what_stands_on_the_drawing(seen: Seen) -> None:
    place = seen.tab.locator(f'svg.wide g[data-p="{number_of(seen.page, "AHU.MixedAirTemp")}"]')
    assert "MixedAirTemp" in (place.get_attribute("aria-label") or "")
    place.focus()
    seen.tab.keyboard.press("Enter")
    seen.until("document.getElementById('point').open")
    seen.tab.keyboard.press("Escape")
    seen.until("!document.getElementById('point').open")


@pytest.mark.parametrize("units", ["SI", "US"])
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1366, 768), (1920, 1080)])
def test_nothing_stands_out_of_its_place_with_all_that_can_be_said_of_a_value(
    started: Browser, run: StandIn, page: Page, width: int, height: int, units: str
) -> None:
    run.own |= {point.bop_point: 0.43 for one in run.equipments for point in one.points if point.role is Role.READ}
    run.away |= {"AHU", "VAV_West"}
    run.hold_point("VAV_East", "DamperCmd", 100.0, "somebody at the booth")
    run.pause("somebody")
    with tab_of(started, page, width=width, height=height, query=f"?units={units}") as seen:
        seen.until("document.getElementById('phase').textContent === 'paused'")
        seen.until("[...document.querySelectorAll('[data-s]')].some(e => e.textContent === 'by hand')")
        seen.until("[...document.querySelectorAll('svg [data-o]')].some(e => e.textContent !== '')")
        assert seen.tab.evaluate("document.documentElement.scrollWidth") == width
        assert seen.tab.evaluate(_STANDS_OUT) == []
        assert seen.tab.evaluate(_COVERS) == []
        shown = {"svg.wide": width > 720, "svg.tall": width <= 720}
        assert {name: seen.tab.locator(name).first.is_visible() for name in shown} == shown


def test_the_first_load_is_small_and_asks_for_nothing_twice(started: Browser, page: Page) -> None:
    with tab_of(started, page) as seen:
        sizes = seen.tab.evaluate(
            "[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]"
            ".reduce((sum, entry) => sum + entry.transferSize, 0)"
        )
        assert sizes < 120_000
        assert len(seen.asked) == len(set(seen.asked))


def test_a_tab_that_sleeps_gets_the_newest_when_it_wakes(run: StandIn, seen: Seen) -> None:
    hide = "Object.defineProperty(document, 'hidden', {value: %s, configurable: true});"
    wake = "document.dispatchEvent(new Event('visibilitychange'))"
    seen.tab.evaluate(hide % "true" + wake)
    eventually(lambda: seen.page.viewers == 0)
    for _ in range(5):
        run.step()
    eventually(lambda: seen.page.moment.status.step == 5)
    drawn = seen.tab.evaluate("document.body.dataset.drawn")
    assert int(drawn) < seen.page.moment.number
    seen.tab.evaluate(hide % "false" + wake)
    seen.until(f"document.body.dataset.drawn === '{seen.page.moment.number}'")


def test_values_that_come_while_a_longer_trend_is_fetched_are_no_error(run: StandIn, page: Page, seen: Seen) -> None:
    seen.until("document.querySelector('.u-legend') !== null")
    rows = seen.tab.locator(".u-legend .u-series").count()
    held: list[Route] = []
    seen.tab.route("**/api/history*", lambda route: held.append(route))
    seen.tab.locator(f'[data-p="{number_of(page, "AHU.DischAirTemp")}"]').first.click()
    seen.tab.click("#point-trend")
    run.step()
    eventually(lambda: page.moment.status.step == run.steps)
    seen.until(f"Number(document.body.dataset.drawn) >= {page.moment.number}")
    for one in held:
        one.continue_()
    seen.until(f"document.querySelectorAll('.u-legend .u-series').length === {rows + 1}")


def test_the_trend_begins_anew_with_another_day_although_that_is_later(run: StandIn, seen: Seen) -> None:
    seen.until("document.querySelector('.u-legend') !== null")
    with seen.tab.expect_request("**/api/history*"):
        run.reset(run.start.replace(month=12), "somebody")


@pytest.mark.parametrize("typed", ["", " ", "warm"])
def test_nothing_is_held_at_what_is_no_number(run: StandIn, seen: Seen, typed: str) -> None:
    open_point(seen, "AHU.DischAirTemp")
    seen.tab.fill("#held", typed)
    seen.tab.click("#hold button:not([type])")
    seen.until("document.querySelector('#point #said')?.textContent === 'value: a number is needed'")
    assert run.held == ()
    seen.forgive("400")


def test_what_is_selected_when_the_run_is_over_is_shown_without_asking(run: StandIn, seen: Seen) -> None:
    run.stop("somebody")
    seen.until("document.getElementById('phase').dataset.phase === 'ended'")
    asked = len(seen.asked)
    open_point(seen, "AHU.DischAirTemp")
    seen.tab.click("#point-response")
    seen.tab.click("#theme")
    assert len(seen.asked) == asked
