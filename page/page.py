"""The page of a run: put together, opened, closed. It is a watcher of the run, and fails alone."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from equipment.equipment_manager import Equipment
from page.contracts import Hands, SeenRun, SeenStep
from page.seeing.looker import Looker
from page.seeing.moment import ShownMoment
from page.seeing.past import Past
from page.seeing.units import System
from page.serving.actions import Actions
from page.serving.guard import Doors, Keeper
from page.serving.server import PagePlace, PageServer
from page.serving.viewers import Viewers
from page.serving.web import Web
from recording import Event
from utils.clocks import HOST, Clocks


class Page:
    """A context manager: inside, browsers are answered; at its end they are told, and keep what they see.

    ``step`` and ``event`` are what a run tells its watchers.
    """

    def __init__(
        self,
        run: SeenRun,
        equipments: Sequence[Equipment],
        place: PagePlace,
        hands: Hands | None = None,
        *,
        password: str | None = None,
        system: System = "SI",
        clocks: Clocks = HOST,
    ) -> None:
        """``password`` takes the token's place; ``system`` is for viewers who have chosen no units.

        Raises :class:`ConfigError` where the port is taken.
        """
        hands = hands or Hands()
        self._bound = place.bind()
        self._token = password or secrets.token_urlsafe(16)
        self._has_password = password is not None
        self._place = place
        self.port: int = self._bound.getsockname()[1]
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="page-hands")
        self._looker = Looker(run, equipments, hands, self._publish, clocks)
        self._viewers = viewers = Viewers(self._looker.moment)
        self._looker.is_seen = lambda: viewers.count > 0
        actions = Actions(hands, lambda: viewers.moment.board, self._looker.say)
        past = Past(self._looker.memory, hands.recording)
        web = Web(viewers, past, hands, actions, Keeper(self._token, clocks), self._beside, system)
        application = web.application(Doors(place.address, self.port), viewers.open)
        self._server = PageServer(application, self._bound, viewers.close)

    @property
    def url(self) -> str:
        """Where to look from this computer."""
        return f"http://{self._place.host}:{self.port}/"

    @property
    def url_with_token(self) -> str:
        """Where to look and touch; beyond this computer without the password, which is asked for there."""
        if self._has_password or not self._place.is_here_only:
            return self.url
        return f"{self.url}#token={self._token}"

    @property
    def token(self) -> str:
        """What hands need."""
        return self._token

    def step(self, seen: SeenStep) -> None:
        """A frame was answered."""
        self._looker.step(seen)

    def event(self, event: Event) -> None:
        """Something has happened."""
        self._looker.event(event)

    def __enter__(self) -> Self:
        self._server.start()
        self._looker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._looker.stop()
        self._server.stop()
        self._beside.shutdown()

    @property
    def moment(self) -> ShownMoment:
        """How the run stands, as viewers are told."""
        return self._viewers.moment

    @property
    def viewers(self) -> int:
        """How many look."""
        return self._viewers.count

    def _publish(self, moment: ShownMoment) -> None:
        self._viewers.publish(moment)
