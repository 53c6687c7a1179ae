"""``kill -9`` at any moment of a run, then ``main.py release``: everything is as it was."""

from __future__ import annotations

import os
import random
import signal
from contextlib import ExitStack
from pathlib import Path

import pytest

from emulators.ecy.faults.fault import Fault
from emulators.http.messages import Request, Response
from tests.chaos.building import EchoBuilding
from tests.chaos.claims import Claims
from tests.chaos.daemon import Daemon, release
from tests.chaos.peers import Peers, Spoken, name_of
from tests.waiting import DEADLINE_S

AT_ONCE = 5
EACH = 2
STEPS = 30
SEEDS = range(1, 1 + int(os.environ.get("CHAOS_KILLS", "2")))
LAST_MOMENT = 50
"""A controller gets about so many requests from the first contact to the last look at what was given back."""

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="kills are sent the POSIX way")]


class KillAt(Fault):
    """The daemon is killed while the controller has its request number ``moment`` in hand: before or after the work."""

    def __init__(self, daemon: Daemon, moment: int, *, after_work: bool) -> None:
        self._daemon = daemon
        self._moment = moment
        self._after_work = after_work
        self._requests = 0

    async def on_request(self, request: Request) -> Response | None:
        """Count, and kill before the work."""
        self._requests += 1
        self._kill(now=not self._after_work)
        return None

    async def on_datagram(self, *, outgoing: bool) -> bool:
        """The same over BACnet: packets to the controller are requests, those from it replies."""
        self._requests += not outgoing
        self._kill(now=outgoing is self._after_work)
        return True

    async def on_reply(self, request: Request, reply: Response) -> Response:
        """Kill after the work."""
        self._kill(now=self._after_work)
        return reply

    def _kill(self, *, now: bool) -> None:
        if now and self._requests == self._moment:
            self._daemon.signal(signal.SIGKILL)


@pytest.mark.parametrize("spoken", Spoken, ids=lambda spoken: spoken.name.lower())
@pytest.mark.parametrize("seed", SEEDS)
def test_after_a_kill_at_a_random_moment_release_leaves_everything_as_it_was(
    tmp_path: Path, seed: int, spoken: Spoken
) -> None:
    rng = random.Random(seed)  # noqa: S311
    moments = [(rng.randint(1, LAST_MOMENT), rng.random() < 0.5) for _ in range(AT_ONCE)]
    count = AT_ONCE * EACH
    building = EchoBuilding(count, lambda advance: None)
    with Peers(count, lambda: building, tmp_path, spoken) as peers, ExitStack() as stack:
        claims = Claims(peers)
        for number, (moment, after_work) in enumerate(moments):
            daemon = _daemon(peers, tmp_path, number)
            stack.callback(daemon.finish)
            fault = KillAt(daemon, moment, after_work=after_work)
            peers.controller(name_of(EACH * number)).faults.add(fault)
            stack.callback(daemon.wait, DEADLINE_S)
        stack.close()
        code, output = release(tmp_path, peers.variables())
        claims.follow()
        assert (code, list(claims.left_behind())) == (0, []), f"killed at {moments}: {output}"
        assert not list((tmp_path / "state" / "ledgers").glob("*.jsonl"))


def _daemon(peers: Peers, folder: Path, number: int) -> Daemon:
    """One of several on this host, each with two controllers of its own."""
    own = folder / f"daemon-{number}"
    own.mkdir()
    configs = peers.write_configs(own, range(EACH * number, EACH * (number + 1)))
    arguments = ["--configs", str(configs), "--env", str(folder / "absent.env"), "--yes", "--steps", str(STEPS)]
    return Daemon(own / "output.txt", arguments, {**peers.variables(), "LOG_FILE": str(own / "app.log")})
