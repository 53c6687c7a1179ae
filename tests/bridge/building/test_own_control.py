"""The building's own control is asked while somebody looks, and only then."""

from __future__ import annotations

from pathlib import Path

from bridge.building import OwnControl
from bridge.building.own_control import LOOKS_FOR_S
from clients.boptest_client import BOPTestClient
from tests.bridge.rig import in_background, rig
from tests.waiting import eventually
from utils.clocks import Clocks, ModelSeconds, MonotonicSeconds
from utils.errors import SimulationRefused
from utils.values import SimulationState


class Asked(BOPTestClient):
    """Counts how often it is asked, and answers while it may."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:9")
        self.times = 0
        self.tells = True

    def get_own_control(self) -> SimulationState:
        self.times += 1
        if not self.tells:
            raise SimulationRefused("GET /bench/own-control: there is none")
        return SimulationState(ModelSeconds(0.0), {"yFan_u": 0.1 * self.times})


def test_what_a_run_says_is_what_the_building_would_do(tmp_path: Path) -> None:
    with rig(tmp_path) as both:
        run = both.run()
        with in_background(run):
            eventually(lambda: "hvac_oveAhu_yFan_u" in run.own_control())
            assert 0.0 <= run.own_control()["hvac_oveAhu_yFan_u"] <= 1.0


def test_it_is_asked_once_a_second_while_somebody_looks_and_not_after() -> None:
    client, now = Asked(), [1000.0]
    own = OwnControl(client, Clocks(monotonic=lambda: MonotonicSeconds(now[0])))
    own.look()
    assert client.times == 0, "nobody looks"
    assert own.values() == {}
    own.look()
    own.look()
    assert (client.times, own.values()) == (1, {"yFan_u": 0.1})
    now[0] += 1.0
    own.look()
    assert client.times == 2
    now[0] += LOOKS_FOR_S
    own.look()
    assert client.times == 2, "whoever looked has gone"


def test_a_simulation_that_does_not_tell_is_asked_no_more() -> None:
    client, now = Asked(), [1000.0]
    client.tells = False
    own = OwnControl(client, Clocks(monotonic=lambda: MonotonicSeconds(now[0])))
    for _ in range(3):
        assert own.values() == {}
        own.look()
        now[0] += 2.0
    assert client.times == 1
