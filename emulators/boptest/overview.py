"""Which tests there are, in words and as JSON: ours alone, so that a test that somebody has left does not hide.

A real service has no such list (boptest-api §4): there, a testid is the only key to a test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

QUEUED, RUNNING, STOPPED = "Queued", "Running", "Stopped"
"""The first two are what ``/status`` tells. The last is of a test that is forgotten, but still has its worker."""


@dataclass(frozen=True, slots=True)
class RunLook:
    """A test at one moment. It has been idle since its last call that counts; ``doing`` is the call it is busy with.

    One that is being loaded is busy with ``load``, and queued as far as others can tell.
    """

    testid: str
    case: str
    status: str
    age_s: float
    idle_s: float
    doing: str | None

    @property
    def words(self) -> str:
        """What it does, or since when it does nothing."""
        return f"{self.testid} " + (f"busy with {self.doing}" if self.doing else f"idle for {self.idle_s:.0f} s")


def listing(tests: Sequence[RunLook], workers: int, idle_timeout_s: float | None) -> dict[str, object]:
    """The answer to ``GET /``."""
    return {
        "workers": workers,
        "idle_timeout_s": idle_timeout_s,
        "tests": [_entry(test) for test in tests],
        "help": "PUT /stop/{testid} ends a test; GET /openapi.yaml describes the API",
    }


def waiting(testid: str, holders: Sequence[RunLook]) -> str:
    """The line for a test that finds no free worker, because others have them all."""
    held = ", ".join(holder.words for holder in holders)
    return f"test {testid} waits for a free worker ({held}); PUT /stop/TESTID ends a test, --workers N has more"


def _entry(test: RunLook) -> Mapping[str, object]:
    return {
        "testid": test.testid,
        "testcaseid": test.case,
        "status": test.status,
        "age_s": round(test.age_s, 1),
        "idle_s": round(test.idle_s, 1),
        "doing": test.doing,
    }
