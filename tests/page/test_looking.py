"""What viewers get, through real sockets."""

from __future__ import annotations

import gzip
import threading
from contextlib import ExitStack
from itertools import islice

import pytest

from bridge.display.status import Phase
from page import Page, PagePlace
from page.serving.viewers import MOST_VIEWERS
from recording import EventKind
from tests.page.asking import get, moments, post, watching
from tests.page.standing_in import StandIn, shown
from tests.waiting import eventually
from utils.errors import ConfigError


def number_of(page: Page, name: str) -> int:
    [number] = [point["number"] for point in get(page, "/api/points").content if point["name"] == name]
    return int(number)


def test_the_page_comes_with_its_newest_values_and_no_foreign_address(run: StandIn, page: Page) -> None:
    answer = get(page, "/")
    assert answer.status == 200
    text = answer.body.decode()
    assert "DischAirTemp" in text
    assert f'data-v="{number_of(page, "VAV_North.SpaceTemp")}"' in text
    assert "http://" not in text
    assert "https://" not in text
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_everything_that_the_page_asks_for_is_there(page: Page) -> None:
    names = ["page.mjs", "trends.mjs", "hands.mjs", "uplot.js", "favicon.svg"]
    found = [get(page, path) for path in ("/favicon.ico", *(f"/assets/{name}" for name in names))]
    assert {answer.status for answer in found} == {200}
    assert get(page, "/assets/page.mjs", If_None_Match=found[1].headers["etag"]).status == 304
    assert get(page, "/assets/../page.py").status == 404


def test_the_first_load_is_small(page: Page) -> None:
    names = ["page.mjs", "trends.mjs", "hands.mjs", "uplot.js", "favicon.svg"]
    packed = [get(page, path, Accept_Encoding="gzip") for path in ("/", *(f"/assets/{name}" for name in names))]
    assert all(answer.headers["content-encoding"] == "gzip" for answer in packed)
    assert sum(len(answer.body) for answer in packed) < 60_000
    assert gzip.decompress(packed[0].body).startswith(b"<!doctype html>")


def test_values_are_in_the_viewers_units(run: StandIn, page: Page) -> None:
    run.hold_point("VAV_North", "SpaceTemp", 20.0, "somebody")
    number = number_of(page, "VAV_North.SpaceTemp")
    eventually(lambda: get(page, "/api/state").content["v"][number] == 20.0)
    assert get(page, "/api/state?units=US").content["v"][number] == 68.0
    signs = [get(page, f"/api/points?units={units}").content[number]["unit"] for units in ("SI", "US")]
    assert signs == ["°C", "°F"]


def test_a_viewer_is_told_of_every_change_and_of_the_end(run: StandIn, page: Page) -> None:
    with watching(page) as connection:
        told = moments(connection)
        first = next(told)
        run.step()
        assert any(moment["v"] != first["v"] for moment in told)
        run.phase = Phase.ENDED
        assert next(moment["phase"] for moment in told if moment["over"]) == "ended"
        assert list(told) == []


def test_a_run_that_says_nothing_new_sends_nothing(run: StandIn, page: Page) -> None:
    with watching(page) as connection:
        told = moments(connection)
        first = next(told)
        run.step()
        assert next(told)["n"] == first["n"] + 1


def test_leaving_the_page_tells_viewers_that_it_is_over(run: StandIn) -> None:
    with ExitStack() as undo:
        page = undo.enter_context(shown(run))
        told = moments(undo.enter_context(watching(page)))
        assert not next(told)["over"]
        closing = threading.Thread(target=undo.pop_all().close)
        closing.start()
        assert any(moment["over"] for moment in told)
        closing.join()


@pytest.mark.slow
def test_a_viewer_that_never_reads_slows_nobody_and_comes_back_to_the_newest(run: StandIn, page: Page) -> None:
    for _ in range(12):
        run.tell(EventKind.NOTE, "", "so that a moment is too large for what connections keep " * 200)
    with ExitStack() as undo:
        frozen = undo.enter_context(watching(page))
        others = [moments(undo.enter_context(watching(page))) for _ in range(7)]
        undo.enter_context(run.ticking())
        for _ in range(20):
            newest = [next(told) for told in others][-1]  # fails where one is told nothing until the deadline
        missed = [moment["n"] for moment in islice(moments(frozen), 8)]
    assert missed[-1] >= newest["n"]
    assert missed[-1] - missed[0] > len(missed), "moments were skipped rather than kept"


def test_there_is_room_for_so_many_viewers_and_one_more_is_told(page: Page) -> None:
    with ExitStack() as undo:
        for _ in range(MOST_VIEWERS):
            next(moments(undo.enter_context(watching(page))))
        refused = get(page, "/stream")
        assert (refused.status, "as many viewers" in refused.words) == (503, True)
    eventually(lambda: page.viewers == 0)


@pytest.mark.parametrize("month", [1, 12])
def test_the_past_goes_back_to_the_start_and_begins_anew_with_another_day(run: StandIn, page: Page, month: int) -> None:
    numbers = number_of(page, "AHU.DischAirTemp")
    for count in range(1, 4):
        run.step()
        eventually(lambda count=count: len(get(page, f"/api/history?numbers={numbers}").content["t"]) == count)  # type: ignore[misc]
    past = get(page, f"/api/history?numbers={numbers}").content
    assert past["names"] == ["AHU.DischAirTemp"]
    assert [after - before for before, after in zip(past["t"], past["t"][1:], strict=False)] == [60.0, 60.0]
    run.reset(run.start.replace(month=month), "somebody")
    eventually(lambda: len(get(page, f"/api/history?numbers={numbers}").content["t"]) == 1)


def test_what_an_earlier_run_has_left_open_sees_that_this_is_another_one(run: StandIn, page: Page) -> None:
    """A browser waits for a run that was killed, and the next one may be at the same port with other points."""
    with shown(run) as later:
        assert get(page, "/api/state").content["board"] != get(later, "/api/state").content["board"]


def test_what_happens_is_told_and_stays_on_the_page(run: StandIn, page: Page) -> None:
    run.tell(EventKind.OFFLINE, "<b>AHU</b>", "does not answer")
    eventually(lambda: bool(get(page, "/api/state").content["e"]))
    [[number, _, kind, words]] = get(page, "/api/state").content["e"]
    assert (number, kind, words) == (1, "offline", "<b>AHU</b> does not answer")
    assert "&lt;b&gt;AHU&lt;/b&gt; does not answer" in get(page, "/").body.decode()


def test_late_steps_are_counted_and_push_no_event_out(run: StandIn, page: Page) -> None:
    run.tell(EventKind.OFFLINE, "AHU", "does not answer")
    for _ in range(300):
        run.tell(EventKind.LATE, "", "step 7 came late")
    run.tell(EventKind.ONLINE, "AHU", "is back")
    eventually(lambda: len(get(page, "/api/state").content["e"]) == 2)
    assert [kind for _, _, kind, _ in get(page, "/api/state").content["e"]] == ["offline", "online"]


def test_a_point_says_who_commands_it_and_what_the_buildings_own_control_would_do(run: StandIn, page: Page) -> None:
    number = number_of(page, "AHU.CoolingValve")
    facts = get(page, f"/api/point?number={number}").content["facts"]
    assert facts["commanded by"] == "the controller"
    assert facts["in the simulation"] == "hvac_oveAhu_yCoo_u"
    eventually(lambda: get(page, "/api/state").content["o"] == {str(number): 43.0})
    post(page, "hold", {"point": "AHU.CoolingValve", "value": 10, "who": "Ann"})
    eventually(lambda: get(page, "/api/state").content["s"].get(str(number)) == "by hand")
    assert get(page, f"/api/point?number={number}").content["facts"]["commanded by"] == "held by hand: Ann"


def test_the_values_of_a_controller_that_is_away_are_stale(run: StandIn, page: Page) -> None:
    run.away.add("VAV_West")
    number = number_of(page, "VAV_West.SpaceTemp")
    eventually(lambda: get(page, "/api/state").content["s"].get(str(number)) == "stale")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/api/point", "name 1 to"),
        ("/api/point?number=9999", "there is no point '9999'"),
        (f"/api/point?number={'9' * 5000}", "there is no point '999"),
        ("/api/history?numbers=Nothing.Such", "there is no point 'Nothing.Such'"),
        ("/api/history?numbers=0&since=yesterday", "since, until: seconds"),
        (f"/api/history?numbers={'0,' * 40}", "name 1 to"),
    ],
)
def test_a_question_that_makes_no_sense_is_answered_in_words(page: Page, path: str, words: str) -> None:
    answer = get(page, path)
    assert answer.status == 400
    assert words in answer.words


def test_a_port_in_use_is_said_and_a_demo_takes_the_next_one(run: StandIn, page: Page) -> None:
    with pytest.raises(ConfigError, match="in use, perhaps by the page of another run"):
        Page(run, run.equipments, PagePlace(port=page.port))
    with Page(run, run.equipments, PagePlace(port=page.port, moves=True)) as other:
        assert other.port > page.port
        assert get(other, "/").status == get(page, "/").status == 200
