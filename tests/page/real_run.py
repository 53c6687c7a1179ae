"""A real run between both embedded peers, with the page that the command line gives it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.run import Run
from commands.page import PageWish, hands_of
from page import Page, PagePlace
from tests.bridge.rig import Rig, in_background, rig
from tests.page.asking import get, post
from tests.waiting import DEADLINE_S, eventually
from utils.clocks import HOST
from utils.settings import PageSettings

PERIOD = "peak_heat_day"


@dataclass
class Shown:
    """A run that goes on in the background, and its page."""

    both: Rig
    run: Run
    page: Page

    @property
    def step(self) -> int:
        """How far it is."""
        return self.run.status().step

    def number(self, name: str) -> int:
        """A point's number on the page."""
        return int(next(one["number"] for one in get(self.page, "/api/points").content if one["name"] == name))

    def told(self) -> Any:  # noqa: ANN401
        """This moment, as programs are told it."""
        return get(self.page, "/api/state").content

    def facts(self, name: str) -> dict[str, str]:
        """What is known of a point."""
        told = get(self.page, f"/api/point?number={self.number(name)}").content["facts"]
        return {str(what): str(words) for what, words in told.items()}

    def steps(self, count: int) -> None:
        """Wait until so many more have been made."""
        until = self.step + count
        eventually(lambda: self.step >= until)

    def paused(self) -> int:
        """Hold time by the page; the step at which it stands."""
        assert post(self.page, "pause").status == 200
        eventually(lambda: self.run.time.state.held_since_s is not None)
        eventually(lambda: self.page.moment.status.step == self.step)
        return self.step


@contextmanager
def shown_run(folder: Path, **variables: str) -> Iterator[Shown]:
    """A run at a pace that can be watched, once its overrides are in force; it is asked to end after the block."""
    with rig(folder) as both:
        both.clocks = HOST
        run = both.run(None, **{"BOP_TIME_SCALE": "50", **variables})
        wish = PageWish(0, PageSettings(), periods=(PERIOD,))
        with Page(run, run.equipments, PagePlace(port=0), hands_of(run, wish)) as page:
            run.watch(page)
            with in_background(run) as future:
                eventually(lambda: bool(run.status().active_groups) or future.done())
                yield Shown(both, run, page)
                run.request_stop()
                future.result(DEADLINE_S)
