"""What somebody does from outside: to the daemon's process, and to the building that it drives."""

from __future__ import annotations

import json
import signal
import threading
import urllib.request
from collections.abc import Mapping

from tests.chaos import schedule
from tests.chaos.daemon import Daemon
from tests.chaos.peers import Peers
from tests.chaos.schedule import Event

_SECOND_SIGNAL_S = 0.6
_PATIENCE_S = 60.0


class Hands:
    """Does what ends a run."""

    def __init__(self, peers: Peers) -> None:
        self._peers = peers

    def do(self, event: Event, daemon: Daemon) -> None:
        """Do what an event says."""
        match event.kind:
            case schedule.KILL:
                daemon.signal(signal.SIGKILL)
            case schedule.STOP:
                daemon.signal(signal.SIGTERM)
            case schedule.HANG_UP:
                daemon.signal(signal.SIGHUP)
            case schedule.INTERRUPT_TWICE:
                daemon.signal(signal.SIGINT)
                threading.Event().wait(_SECOND_SIGNAL_S)
                daemon.signal(signal.SIGINT)
            case schedule.STOPS_TEST:
                for testid in self._tests():
                    self._ask(f"/stop/{testid}")
            case schedule.FOREIGN:
                for path in [""] if self._peers.is_legacy else [f"/{testid}" for testid in self._tests()]:
                    self._ask(f"/initialize{path}", {"start_time": 0, "warmup_period": 0})
            case schedule.RESTARTS:
                self._peers.stop_building()
                self._peers.start_building()

    def _tests(self) -> list[str]:
        """The daemon's tests."""
        notes = (self._peers.folder / "state" / "tests").glob("*.json")
        return [json.loads(note.read_text(encoding="utf-8"))["testid"] for note in notes]

    def _ask(self, path: str, body: Mapping[str, object] | None = None) -> None:
        url = f"{self._peers.building.url}{path}"
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(url, json.dumps(body or {}).encode(), headers, method="PUT")  # noqa: S310
        urllib.request.urlopen(request, timeout=_PATIENCE_S).close()  # noqa: S310
