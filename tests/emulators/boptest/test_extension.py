"""What the embedded server has beyond BOPTEST, over real sockets, in both dialects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest

from emulators.boptest.extension import Beside
from emulators.boptest.faults import AnswerWith, FailedSimulation, SlowLoad
from emulators.boptest.hub import Limits
from emulators.boptest.server import BoptestServer
from emulators.states import ForeignStateError, StateFile
from tests.emulators.boptest.peer import Answer, ask, select
from tests.emulators.boptest.plant import AIR, TOY, ToyPlant
from tests.waiting import eventually

OVERRIDE = {"oveAct_u": 500, "oveAct_activate": 1}


class Lamp:
    """Something beside the building that belongs to its states."""

    def __init__(self) -> None:
        self.lit = False
        self.took_back = False

    def save(self) -> Mapping[str, object]:
        return {"lit": self.lit}

    def prepare(self, document: object, *, take_back: bool) -> Callable[[], None]:
        if not isinstance(document, dict) or "lit" not in document:
            raise ForeignStateError("the state has no lamp")

        def go_back() -> None:
            self.lit, self.took_back = document["lit"], take_back

        return go_back


class Bench:
    """A server with one test, in the words of its dialect."""

    def __init__(self, server: BoptestServer, testid: str) -> None:
        self.server = server
        self.tail = f"/{testid}" if testid else ""

    def ask(self, method: str, path: str, body: object = None, query: str = "") -> Answer:
        return ask(self.server, method, f"{path}{self.tail}{query}", body)

    def advance(self, body: object = None) -> Answer:
        return self.ask("POST", "/advance", body or {})

    def save(self) -> bytes:
        answer = self.ask("GET", "/bench/state")
        assert (answer.status, answer.headers["content-type"]) == (200, "application/octet-stream")
        return answer.body


def building(packed: bytes) -> object:
    """What a state holds of the building, without the time that its client has taken."""
    state = StateFile.unpacked(packed)
    return {key: value for key, value in state.document.items() if key != "pace"}, state.samples


def serving(legacy: bool, beside: Beside | None = None, limits: Limits | None = None) -> BoptestServer:
    return BoptestServer({TOY: lambda: ToyPlant(TOY)}, legacy=legacy, beside=beside, limits=limits)


@pytest.fixture(params=["service", "legacy"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    is_legacy = request.param == "legacy"
    with serving(is_legacy) as server:
        bench = Bench(server, "" if is_legacy else select(server, TOY))
        bench.ask("PUT", "/initialize", {"start_time": 0, "warmup_period": 0})
        yield bench


def branched(first: Bench, state: bytes = b"") -> Bench:
    """A second test, as soon as it runs."""
    branch = Bench(first.server, first.ask("POST", "/bench/branch", state).json["payload"]["testid"])
    eventually(lambda: branch.ask("GET", "/status").text == '"Running"')
    return branch


def refused(answer: Answer, status: int) -> str:
    assert answer.status == answer.json["status"] == status
    message = str(answer.json["message"])
    assert "\n" not in message
    return message


def test_the_server_says_what_it_has_beyond_boptest(bench: Bench) -> None:
    offer = ask(bench.server, "GET", "/bench").json["payload"]
    assert (offer["extension"], offer["version"], offer["controllers"]) == ("building-bench", 1, False)
    assert ("branch" in offer["offers"]) == bool(bench.tail)
    assert {"state", "own-control"} <= set(offer["offers"])


def test_a_test_goes_back_to_what_was_saved(bench: Bench) -> None:
    before = bench.advance(OVERRIDE).json["payload"]
    saved = bench.save()
    after = [bench.advance().json["payload"] for _ in range(3)]
    restored = bench.ask("PUT", "/bench/state", saved).json["payload"]
    assert restored == {"state": before, "is_over": False}
    assert [bench.advance().json["payload"] for _ in range(3)] == after


def test_the_buildings_own_control_is_told_for_what_is_overridden(bench: Bench) -> None:
    assert bench.ask("GET", "/bench/own-control").json["payload"] == {"time": 0.0}
    time_s = bench.advance(OVERRIDE).json["payload"]["time"]
    assert bench.ask("GET", "/bench/own-control").json["payload"] == {"time": time_s, "oveAct_u": 0.5}


@pytest.mark.parametrize("body", [b"", b"{}", b"nonsense" * 100_000])
def test_what_is_no_state_is_refused_and_nothing_is_lost(bench: Bench, body: bytes) -> None:
    before = bench.save()
    assert refused(bench.ask("PUT", "/bench/state", body), 400) == "this is not a state file of the bench"
    assert building(bench.save()) == building(before)


def test_a_state_of_another_building_is_refused_and_nothing_is_lost(bench: Bench) -> None:
    with BoptestServer({AIR: ToyPlant}) as other:
        foreign = Bench(other, select(other)).save()
    before = bench.save()
    words = f"the state is of 'toy of {AIR}'; this is toy of {TOY}"
    assert refused(bench.ask("PUT", "/bench/state", foreign), 409) == words
    assert building(bench.save()) == building(before)


def test_a_test_without_a_state_has_none_to_save(bench: Bench) -> None:
    bench.ask("PUT", "/initialize", {"start_time": -1, "warmup_period": 0})
    assert "was not initialized" in refused(bench.ask("GET", "/bench/state"), 400)


def test_a_call_of_the_extension_meets_faults_like_any_other(bench: Bench) -> None:
    bench.server.faults.add(FailedSimulation("no disk"), "save_state")
    bench.server.faults.add(AnswerWith(503, "busy"), "own_control")
    assert "no disk" in bench.ask("GET", "/bench/state").json["payload"]
    assert bench.ask("GET", "/bench/own-control").status == 503
    assert bench.server.faults.calls["save_state"] == 1


def test_a_wrong_method_is_answered_as_the_server_answers_it_elsewhere(bench: Bench) -> None:
    wrong = bench.ask("DELETE", "/bench/state")
    elsewhere = bench.ask("DELETE", "/advance")
    assert (wrong.status, wrong.headers["content-type"]) == (elsewhere.status, elsewhere.headers["content-type"])


def test_a_test_that_there_is_not_is_unknown_here_as_elsewhere() -> None:
    with serving(legacy=False) as server:
        answers = {
            ask(server, method, f"{path}/nobody", b"").text
            for method, path in {"GET": "/bench/state", "PUT": "/bench/state", "POST": "/bench/branch"}.items()
        }
        assert answers == {ask(server, "GET", "/kpi/nobody").text}


def test_a_test_that_is_queued_has_no_state_yet() -> None:
    with serving(legacy=False, limits=Limits(workers=1)) as server:
        select(server, TOY)
        queued = select(server, TOY, "select-async")
        answer = ask(server, "GET", f"/bench/state/{queued}")
        assert refused(answer, 409) == f"test {queued} is queued: it has no state yet"


def test_a_branch_goes_its_own_way_from_the_state_of_the_first() -> None:
    with serving(legacy=False, limits=Limits(workers=3)) as server:
        first = Bench(server, select(server, TOY))
        first.advance(OVERRIDE)
        early = first.save()
        first.advance()
        now, then = branched(first), branched(first, early)
        assert building(now.save()) == building(first.save())
        assert building(then.save()) == building(early)
        now.advance({"oveAct_activate": 0})
        assert now.ask("GET", "/bench/own-control").json["payload"].keys() == {"time"}
        assert first.ask("GET", "/bench/own-control").json["payload"].keys() == {"time", "oveAct_u"}
        assert "not a state file" in refused(first.ask("POST", "/bench/branch", b"x"), 400)


def test_a_branch_waits_for_a_worker_like_any_test() -> None:
    with serving(legacy=False, limits=Limits(workers=1)) as server:
        server.faults.add(SlowLoad(2), "load", "status", times=3)
        first = Bench(server, select(server, TOY, "select-async"))
        eventually(lambda: first.ask("GET", "/status").text == '"Running"')
        branch = first.ask("POST", "/bench/branch", b"").json["payload"]["testid"]
        assert ask(server, "GET", f"/status/{branch}").text == '"Queued"'
        ask(server, "PUT", f"/stop{first.tail}")
        eventually(lambda: ask(server, "GET", f"/status/{branch}").text == '"Running"')


def test_what_lives_beside_the_building_goes_back_with_it() -> None:
    lamp = Lamp()
    with serving(legacy=False, beside=lamp) as server:
        bench = Bench(server, select(server, TOY))
        assert ask(server, "GET", "/bench").json["payload"]["controllers"]
        saved = bench.save()
        lamp.lit = True
        assert bench.ask("PUT", "/bench/state", saved, "?taken=back").status == 200
        assert (lamp.lit, lamp.took_back) == (False, True)
        bench.ask("PUT", "/bench/state", saved)
        assert not lamp.took_back
        words = refused(bench.ask("PUT", "/bench/state", saved, "?taken=perhaps"), 400)
        assert words == "taken is 'perhaps', but should be 'stay' or 'back'"


def test_where_what_lives_beside_cannot_go_back_the_building_does_not_either() -> None:
    lamp = Lamp()
    with serving(legacy=False, beside=lamp) as server:
        bench = Bench(server, select(server, TOY))
        saved = StateFile.unpacked(bench.save())
        without = StateFile({**saved.document, "controllers": {}}, saved.samples).packed()
        bench.advance()
        before = bench.save()
        assert refused(bench.ask("PUT", "/bench/state", without), 409) == "the state has no lamp"
        assert building(bench.save()) == building(before)


def test_a_branch_leaves_alone_what_lives_beside_the_building() -> None:
    lamp = Lamp()
    with serving(legacy=False, beside=lamp) as server:
        bench = Bench(server, select(server, TOY))
        saved = bench.save()
        lamp.lit = True
        assert bench.ask("POST", "/bench/branch", saved).status == 200
        assert lamp.lit
