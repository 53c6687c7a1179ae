"""Hands, through real sockets: who may, what may be, and what becomes of it."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from bridge.display.status import Phase
from page import Hands, Page, PagePlace
from tests.page.asking import ask, get, post
from tests.page.standing_in import StandIn, shown
from tests.waiting import eventually
from utils.clocks import Clocks


def test_time_is_held_stepped_and_let_go(run: StandIn, page: Page) -> None:
    with run.ticking():
        assert post(page, "pause").words == "standing still"
        eventually(lambda: get(page, "/api/state").content["held"] is True)
        assert "since" in get(page, "/api/state").content["paused"]
        steps = run.steps
        assert post(page, "step").status == 200
        assert run.steps == steps + 1
        assert post(page, "go-on").words == "going on"
        eventually(lambda: run.steps > steps + 2)


def test_pace_day_period_and_end_are_asked_of_the_run(run: StandIn, page: Page) -> None:
    assert post(page, "pace", {"scale": 20}).words == "20 times real time"
    assert run.state.scale == 20
    assert post(page, "reset", {"start": "2023-01-10 05:30"}).words == "beginning anew at Tue 10 Jan 05:30:00"
    assert (run.start.month, run.start.hour) == (1, 5)
    assert post(page, "reset", {"period": "peak_heat_day"}).status == 200
    assert run.asked == ["period peak_heat_day"]
    assert post(page, "stop").status == 200
    assert run.phase is Phase.ENDED


def test_values_are_held_in_the_viewers_units_and_let_go(run: StandIn, page: Page) -> None:
    post(page, "hold", {"point": "VAV_North.SpaceTemp", "value": 68, "units": "US", "who": "Ann"})
    [held] = run.held
    assert (held.subject, held.who) == ("VAV_North.SpaceTemp", "Ann")
    assert held.value == pytest.approx(20.0)
    post(page, "hold", {"point": "hvac_oveZonSupNor_TZonCooSet_u", "value": 25})
    assert run.last_values["hvac_oveZonSupNor_TZonCooSet_u"] == pytest.approx(298.15)
    post(page, "hold", {"input": "hvac_oveAhu_yFan_u", "value": 0.5})
    assert post(page, "release", {"point": "VAV_North.SpaceTemp"}).status == 200
    assert [one.subject for one in run.held] == ["hvac_oveZonSupNor_TZonCooSet_u", "hvac_oveAhu_yFan_u"]
    assert post(page, "release").words == "all overrides by hand are let go"
    assert run.held == ()


def test_an_input_that_is_held_is_shown_with_the_point_that_commands_it_and_is_let_go_there(
    run: StandIn, page: Page
) -> None:
    post(page, "hold", {"input": "hvac_oveAhu_yCoo_u", "value": 0.5, "who": "Ann"})
    [number] = [one["number"] for one in get(page, "/api/points").content if one["name"] == "AHU.CoolingValve"]
    eventually(lambda: get(page, "/api/state").content["s"].get(str(number)) == "by hand")
    facts = get(page, f"/api/point?number={number}").content["facts"]
    assert facts["commanded by"] == "held by hand: Ann, at hvac_oveAhu_yCoo_u"
    assert post(page, "release", {"point": "AHU.CoolingValve"}).status == 200
    assert run.held == ()


def test_a_note_is_kept_with_its_writer(run: StandIn, page: Page) -> None:
    assert post(page, "note", {"text": "valve\n stuck?", "who": "Ann"}).words == "kept"
    eventually(lambda: bool(get(page, "/api/state").content["e"]))
    assert get(page, "/api/state").content["e"][0][2:] == ["note", "valve stuck? (Ann)"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("pace", {}, "scale: a number is needed"),
        ("pace", {"scale": True}, "scale: a number is needed"),
        ("pace", {"scale": -1}, "scale: simulated seconds per second"),
        ("reset", {}, "is no moment of the calendar"),
        ("reset", {"start": "2024-02-29 10:00"}, "29 February does not exist"),
        ("hold", {"point": "AHU.Nothing", "value": 1}, "there is no 'AHU.Nothing'"),
        ("hold", {"point": "AHU.CoolingValve"}, "value: a number is needed"),
        ("hold", {"point": "AHU.CoolingValve", "value": 1, "units": "old"}, "units: SI or US"),
        ("note", {"text": "  "}, "there is nothing to keep"),
        ("restore", {}, "name: which state"),
        ("restore", {"name": 3}, "name: text is needed"),
        ("pace", {"scale": 10**400}, "scale: a number is needed"),
        ("pace", {"scale": math.nan}, "scale: a number is needed"),
        ("hold", {"point": ["AHU.CoolingValve"], "value": 1}, "point: text is needed"),
        ("hold", {"point": "\ud800", "value": 1}, "there is no '?'"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(page: Page, name: str, content: object, words: str) -> None:
    answer = post(page, name, content)
    assert answer.status == 400
    assert words in answer.words


def test_half_a_character_is_told_as_a_whole_one_and_asked_for_once(run: StandIn, page: Page) -> None:
    assert post(page, "reset", {"period": "\ud800day"}).words == "beginning anew at ?day"
    assert run.asked == ["period ?day"]


def test_what_the_run_refuses_is_said_in_its_words(page: Page) -> None:
    answer = post(page, "release", {"point": "AHU.CoolingValve"})
    assert (answer.status, answer.words) == (409, "AHU.CoolingValve is not held by hand")
    assert (post(page, "save").status, get(page, "/api/state").content["saved"]) == (409, None)


def test_hands_that_a_run_does_not_offer_are_refused(run: StandIn) -> None:
    with Page(run, run.equipments, PagePlace(port=0), Hands()) as page:
        assert "cannot be held" in post(page, "pause").words
        assert "nothing can be overridden" in post(page, "release").words
        assert post(page, "note", {"text": "still kept"}).status == 200
        assert 'data-do="pause"' not in get(page, "/").body.decode()


class TestWhoMayTouch:
    @pytest.mark.parametrize("token", ["", "wrong", "é"])
    def test_nobody_without_the_token(self, run: StandIn, page: Page, token: str) -> None:
        answer = post(page, "pause", token=token.encode().decode("latin-1"))
        assert answer.status == 403
        assert "token" in answer.words
        assert not run.state.is_paused

    def test_the_token_is_in_no_page_and_no_answer(self, page: Page) -> None:
        assert page.token in page.url_with_token
        assert page.url_with_token.partition("#")[0] == page.url
        for path in ("/", "/api/state", "/api/points"):
            assert page.token not in get(page, path).body.decode()

    def test_who_guesses_is_kept_waiting(self, run: StandIn) -> None:
        now_s = [0.0]
        with shown(run, password="booth-2023", clocks=Clocks(monotonic=lambda: now_s[0])) as page:
            assert [post(page, "check", token="guess").status for _ in range(6)] == [403] * 5 + [429]
            refused = post(page, "check")
            assert (refused.status, refused.headers["retry-after"]) == (429, "60")
            now_s[0] = 61.0
            assert post(page, "check").status == 200

    def test_a_password_takes_the_tokens_place_and_is_not_printed(self, run: StandIn) -> None:
        with shown(run, password="booth-2023") as page:
            assert "booth" not in page.url_with_token
            assert post(page, "check", token="booth-2023").status == 200


class TestForeignPages:
    @pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "", "a@127.0.0.1:{port}"])
    def test_a_name_that_somebody_made_point_here_is_refused(self, run: StandIn, page: Page, host: str) -> None:
        told = host.format(port=page.port)
        assert get(page, "/", Host=told).status == 421
        assert post(page, "pause", Host=told).status == 421
        assert not run.state.is_paused

    def test_a_request_of_another_page_is_refused(self, run: StandIn, page: Page) -> None:
        assert post(page, "pause", Origin="http://evil.example").status == 403
        assert post(page, "pause", Origin="null").status == 403
        assert post(page, "pause", Sec_Fetch_Site="cross-site").status == 403
        assert get(page, "/stream", Origin=f"http://127.0.0.1:{page.port + 1}").status == 403
        assert not run.state.is_paused

    def test_ours_are_served(self, page: Page) -> None:
        for host in (f"127.0.0.1:{page.port}", f"localhost:{page.port}"):
            assert post(page, "check", Host=host, Origin=f"http://{host}", Sec_Fetch_Site="same-origin").status == 200
        visit = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
        assert get(page, "/", **visit).status == 200


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"{", "application/json", 400),
        (b"[1]", "application/json", 400),
        (b"[" * 9000, "application/json", 400),
        (json.dumps({"text": "a" * 20_000}).encode(), "application/json", 413),
    ],
)
def test_bodies_are_judged_before_they_are_read_as_wishes(page: Page, body: bytes, kind: str, status: int) -> None:
    headers = {"Content-Type": kind, "Authorization": f"Bearer {page.token}"}
    assert ask(page, "POST", "/api/note", body, headers).status == status


def test_there_is_no_such_hand(page: Page) -> None:
    answer = post(page, "explode")
    assert (answer.status, "there is pause" in answer.words or "pause" in answer.words) == (404, True)


def test_beyond_this_computer_numbers_are_served_and_names_are_not(tmp_path: Path, run: StandIn) -> None:
    with Page(run, run.equipments, PagePlace("0.0.0.0", 0), password="booth-2023") as page:  # noqa: S104
        assert page.url_with_token == f"http://127.0.0.1:{page.port}/"
        assert get(page, "/", Host=f"192.168.1.7:{page.port}").status == 200
        assert get(page, "/", Host=f"evil.example:{page.port}").status == 421


def test_whoever_alone_reaches_it_is_told_the_token_by_any_loopback_address(run: StandIn) -> None:
    for address, host in (("::1", "[::1]"), ("127.0.0.2", "127.0.0.2")):
        page = Page(run, run.equipments, PagePlace(address, 0))
        assert page.url_with_token == f"http://{host}:{page.port}/#token={page.token}"
        with page:
            pass
