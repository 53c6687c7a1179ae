"""Workers that are taken: who holds them is told, and a stop gives them back whatever they are busy with."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Mapping
from queue import SimpleQueue
from threading import Event

import pytest

from emulators.boptest.faults import HoldCall, SlowLoad
from emulators.boptest.hub import Limits
from emulators.boptest.server import BoptestServer
from tests.emulators.boptest.peer import Answer, ask, asking, select
from tests.emulators.boptest.plant import AIR, TOY, ToyPlant
from tests.waiting import DEADLINE_S, eventually

HUGE_S = 5e7
"""More than a year and a half of samples: the toy plant takes minutes for it."""
IMPATIENT = Limits(workers=1, stop_patience_s=0.0)


class SeenPlant(ToyPlant):
    """Tells when it is simulated, and waits to go on; remembered only as long as somebody holds it."""

    def __init__(self) -> None:
        super().__init__(TOY)
        self.entered, self.go_on = Event(), Event()
        made.append(weakref.ref(self))

    def advance(self, step_s: float, inputs: Mapping[str, float]) -> Mapping[str, float]:
        self.entered.set()
        self.go_on.wait()
        self.steps.clear()
        return super().advance(step_s, inputs)


made: list[weakref.ref[SeenPlant]] = []


def stop_in_the_middle(server: BoptestServer, testid: str) -> None:
    plant = made[-1]()
    assert plant is not None
    assert plant.entered.wait(DEADLINE_S)
    assert ask(server, "PUT", f"/stop/{testid}").text == "OK"
    plant.go_on.set()


def gone(answer: Answer) -> bool:
    return answer.status == 400 and answer.json["errors"][0]["msg"].startswith("Invalid testid")


@pytest.mark.parametrize("call", ["advance", "initialize", "scenario"])
def test_a_stop_interrupts_whatever_is_simulated_and_the_worker_is_free(call: str) -> None:
    requests = {
        "advance": ("POST", {}),
        "initialize": ("PUT", {"start_time": HUGE_S, "warmup_period": HUGE_S}),
        "scenario": ("PUT", {"time_period": "test_day"}),
    }
    method, body = requests[call]
    with BoptestServer({TOY: SeenPlant}, limits=IMPATIENT) as server:
        testid = select(server, TOY)
        ask(server, "PUT", f"/step/{testid}", {"step": HUGE_S})
        with asking(server, method, f"/{call}/{testid}", body) as answer:
            stop_in_the_middle(server, testid)
        assert gone(answer.result())
        assert ask(server, "GET", f"/status/{select(server, TOY)}").json == "Running"


def test_what_an_interrupted_test_has_stored_is_freed() -> None:
    with BoptestServer({TOY: SeenPlant}, limits=IMPATIENT) as server:
        testid = select(server, TOY)
        ask(server, "PUT", f"/step/{testid}", {"step": HUGE_S})
        with asking(server, "POST", f"/advance/{testid}", {}):
            stop_in_the_middle(server, testid)
        left = made[-1]
        eventually(lambda: gc.collect() >= 0 and left() is None)


def test_a_stop_waits_for_the_calls_that_came_before() -> None:
    with BoptestServer({TOY: lambda: ToyPlant(TOY)}, limits=Limits(stop_patience_s=1e9)) as server:
        testid = select(server, TOY)
        hold = server.faults.add(HoldCall(), "get_name")
        with (
            asking(server, "GET", f"/name/{testid}") as name,
            asking(server, "POST", f"/advance/{testid}", {}) as step,
        ):
            assert hold.reached.wait(DEADLINE_S)
            eventually(lambda: server.faults.calls["advance"] == 1)
            assert ask(server, "PUT", f"/stop/{testid}").text == "OK"
            assert [test["status"] for test in ask(server, "GET", "/").json["tests"]] == ["Stopped"]
            hold.release.set()
        assert name.result().status == 200
        assert step.result().json["payload"]["time"] == 60
        eventually(lambda: ask(server, "GET", "/").json["tests"] == [])


def test_the_root_lists_every_test_with_its_age_and_since_when_nobody_called() -> None:
    now_s = 100.0
    limits = Limits(workers=1, idle_timeout_s=None, monotonic=lambda: now_s)
    with BoptestServer({AIR: ToyPlant, TOY: lambda: ToyPlant(TOY)}, limits=limits) as server:
        first = select(server, TOY)
        now_s = 107.0
        second = select(server, AIR, "select-async")
        ask(server, "GET", f"/name/{first}")
        now_s = 110.5
        common = {"doing": None}
        assert ask(server, "GET", "/").json == {
            "workers": 1,
            "idle_timeout_s": None,
            "tests": [
                {"testid": first, "testcaseid": TOY, "status": "Running", "age_s": 10.5, "idle_s": 3.5, **common},
                {"testid": second, "testcaseid": AIR, "status": "Queued", "age_s": 3.5, "idle_s": 3.5, **common},
            ],
            "help": "PUT /stop/{testid} ends a test; GET /openapi.yaml describes the API",
        }


def test_the_root_tells_what_a_test_is_busy_with() -> None:
    with BoptestServer({TOY: lambda: ToyPlant(TOY)}) as server:
        testid = select(server, TOY)
        hold = server.faults.add(HoldCall(), "advance")
        with asking(server, "POST", f"/advance/{testid}", {}):
            assert hold.reached.wait(DEADLINE_S)
            [test] = ask(server, "GET", "/").json["tests"]
            hold.release.set()
        assert (test["doing"], test["idle_s"]) == ("advance", 0)


def test_a_test_that_waits_is_told_with_those_that_it_waits_for() -> None:
    told: SimpleQueue[str] = SimpleQueue()
    now_s = 0.0
    limits = Limits(workers=2, monotonic=lambda: now_s)
    with BoptestServer({TOY: lambda: ToyPlant(TOY)}, limits=limits, tell=told.put) as server:
        left = select(server, TOY)
        now_s = 732.0
        busy = select(server, TOY)
        assert told.empty()
        hold = server.faults.add(HoldCall(), "advance")
        with asking(server, "POST", f"/advance/{busy}", {}):
            assert hold.reached.wait(DEADLINE_S)
            waits = select(server, TOY, "select-async")
            hold.release.set()
        assert told.get(timeout=DEADLINE_S) == (
            f"test {waits} waits for a free worker ({left} idle for 732 s, {busy} busy with advance); PUT /stop/TESTID "
            "ends a test, --workers N has more"
        )


def test_a_test_that_ends_because_nobody_calls_is_told() -> None:
    told: SimpleQueue[str] = SimpleQueue()
    now_s = 0.0
    limits = Limits(idle_timeout_s=60.0, monotonic=lambda: now_s)
    with BoptestServer({TOY: lambda: ToyPlant(TOY)}, limits=limits, tell=told.put) as server:
        testid = select(server, TOY)
        now_s = 61.0
        assert told.get(timeout=DEADLINE_S) == f"test {testid} ends: no call for 60 s"


def test_one_that_is_stopped_while_it_is_loaded_is_listed_as_stopped_until_it_runs() -> None:
    with BoptestServer({TOY: lambda: ToyPlant(TOY)}) as server:
        load = server.faults.add(SlowLoad(1), "load", "status")
        testid = select(server, TOY, "select-async")
        ask(server, "PUT", f"/stop/{testid}")
        assert [(test["status"], test["doing"]) for test in ask(server, "GET", "/").json["tests"]] == [
            ("Stopped", "load")
        ]
        load.let_go()
        eventually(lambda: [test["status"] for test in ask(server, "GET", "/").json["tests"]] == ["Running"])
