"""The page costs the run what it should: nothing is asked, made or packed more often than it can have changed."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bridge.overriding import Commander
from page import Hands, Page, PagePlace
from page.seeing.looker import COMMANDERS_S
from page.seeing.standing import PointState, standing_of
from page.serving.viewers import Viewers
from recording import EventKind
from tests.page.standing_in import Holding, StandIn
from tests.waiting import eventually
from utils.clocks import Clocks


def seen_step(run: StandIn, page: Page) -> None:
    run.step()
    eventually(lambda: page.moment.status.step == run.steps)


def test_who_commands_what_is_asked_once_a_second_and_when_something_happens(run: StandIn) -> None:
    asked: list[float] = []
    now_s = [0.0]

    def commanders() -> tuple[Commander, ...]:
        asked.append(now_s[0])
        return ()

    hands = Hands(commanders=commanders)
    page = Page(run, run.equipments, PagePlace(port=0), hands, clocks=Clocks(monotonic=lambda: now_s[0]))
    run.watchers.append(page.event)
    with page:
        for _ in range(3):
            seen_step(run, page)
        assert asked == [0.0]
        run.tell(EventKind.YIELDED, "AHU.CoolingValve", "somebody else has it")
        eventually(lambda: asked == [0.0, 0.0])
        now_s[0] += COMMANDERS_S
        eventually(lambda: asked == [0.0, 0.0, COMMANDERS_S])


def test_how_points_stand_is_made_anew_only_when_something_else_is_told(run: StandIn, page: Page) -> None:
    seen_step(run, page)
    last = page.moment.standing
    seen_step(run, page)
    assert page.moment.standing is last
    hold = Holding("AHU.CoolingValve", 10.0, "Ann")
    held = standing_of(replace(last.told, held={hold.subject: hold}), last)
    assert held.states[page.moment.board.by_name["AHU.CoolingValve"].number] is PointState.HAND


def test_a_moment_is_packed_once_for_all_who_read_the_same_units(page: Page) -> None:
    viewers = Viewers(page.moment)

    async def two_of_each() -> list[bytes]:
        viewers.open()
        streams = [viewers.stream(system) for system in ("SI", "US", "SI", "US")]
        for stream in streams:
            await anext(stream)
        return [await anext(stream) for stream in streams]

    si, us, *others = asyncio.run(two_of_each())
    assert si != us
    assert others[0] is si
    assert others[1] is us


def test_viewers_of_a_run_that_says_nothing_get_a_sign_of_life(page: Page) -> None:
    viewers = Viewers(page.moment, sign_of_life_s=0.001)

    async def third() -> bytes:
        viewers.open()
        stream = viewers.stream("SI")
        return [await anext(stream) for _ in range(3)][-1]

    assert asyncio.run(third()) == b": \n\n"
