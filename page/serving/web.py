"""The addresses of the page (docs/page.md). Everything is answered here or by one thread beside it."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import math
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TypeVar

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from page.assets import assets
from page.contracts import Hands
from page.rendering.document import document
from page.rendering.markup import PageView
from page.rendering.payload import packed, past, point_facts, points_list, told
from page.seeing.board import Board, ShownPoint
from page.seeing.past import Past
from page.seeing.step_response import in_words, step_response
from page.seeing.units import System
from page.serving.actions import Actions, Unusable
from page.serving.guard import Doors, Keeper, TurnedAway
from page.serving.guarded import Guarded
from page.serving.stream_answer import StreamAnswer
from page.serving.viewers import Viewers
from utils.errors import BridgeError

log = logging.getLogger(__name__)

Found = TypeVar("Found")

_LONGEST_BODY = 10_000
_BODY_S = 5.0
"""In which it has to come."""
_WORTH_PACKING = 1000
_MOST_POINTS = 16
_HTML, _JSON = "text/html; charset=utf-8", "application/json"


@dataclass(frozen=True, slots=True)
class Web:
    """The page's answers. ``beside`` runs what may take a moment; ``usual`` are the units of who has chosen none."""

    viewers: Viewers
    past: Past
    hands: Hands
    actions: Actions
    keeper: Keeper
    beside: Executor
    usual: System

    def application(self, doors: Doors, opened: Callable[[], None]) -> Starlette:
        """As a server runs it."""
        routes = [
            Route("/", self._page),
            Route("/stream", self._stream),
            Route("/favicon.ico", _asset),
            Route("/assets/{name}", _asset),
            Route("/api/state", self._state),
            Route("/api/points", self._points),
            Route("/api/point", self._point),
            Route("/api/history", self._history),
            Route("/api/response", self._response),
            Route("/api/{name}", self._act, methods=["POST"]),
        ]
        guarded = Middleware(Guarded, doors=doors, opened=opened)
        return Starlette(
            routes=routes, middleware=[guarded], exception_handlers={Unusable: _unusable, Exception: _failed}
        )

    async def _page(self, request: Request) -> Response:
        view = PageView(self.viewers.moment, _system(request, self.usual))
        return _answer(request, document(view, self.hands).encode(), _HTML)

    async def _stream(self, request: Request) -> Response | StreamAnswer:
        if self.viewers.is_full:
            return refused(TurnedAway(503, "there are as many viewers as this page takes; close one", 30))
        return StreamAnswer(self.viewers.stream(_system(request)))

    async def _state(self, request: Request) -> Response:
        return _answer(request, packed(told(self.viewers.moment, _system(request))))

    async def _points(self, request: Request) -> Response:
        return _answer(request, packed(points_list(self._board, _system(request))))

    async def _point(self, request: Request) -> Response:
        [point] = self._asked(request, "number")
        return _answer(request, packed(point_facts(point, self.viewers.moment, _system(request))))

    async def _history(self, request: Request) -> Response:
        points, system = self._asked(request, "numbers"), _system(request)
        since, until = _range(request)
        found = await self._beside(lambda: past(points, self.past.of(points, since, until), system))
        return _answer(request, packed(found))

    async def _response(self, request: Request) -> Response:
        [point] = self._asked(request, "number")
        aimed, moved = self._asked_one(request, "target"), self._asked_one(request, "command")
        system, (since, until) = _system(request), _range(request)
        wanted = [point, *(one for one in (aimed, moved) if one is not None)]

        def judged() -> dict[str, object]:
            content = past(wanted, self.past.of(wanted, since, until), system)
            columns = [[math.nan if value is None else value for value in column] for column in content["series"]]
            target = columns[1][-1] if aimed is not None and columns[1] else None
            command = columns[-1] if moved is not None else None
            found = step_response(content["t"], columns[0], target, command)
            reading = point.reading(system)
            words = in_words(point.name, reading.sign, reading.digits, found)
            figures = {name: getattr(found, name) for name in found.__slots__} if found is not None else None
            return {"words": words, "figures": figures}

        return _answer(request, packed(await self._beside(judged)))

    async def _act(self, request: Request) -> Response:
        visitor = request.client.host if request.client is not None else ""
        refusal = self.keeper.refusal(request.headers, visitor)
        if refusal is not None:
            return refused(refusal)
        content = await _content(request)
        if isinstance(content, TurnedAway):
            return refused(content)
        name = request.path_params["name"]
        if name not in self.actions.by_name:
            return refused(TurnedAway(404, f"there is no {name[:40]!r}; there is {', '.join(self.actions.by_name)}"))
        try:
            words = await self._beside(lambda: self.actions.act(name, content))
        except BridgeError as error:
            return refused(TurnedAway(409 if not isinstance(error, Unusable) else 400, str(error)))
        return _answer(request, packed({"words": words}))

    async def _beside(self, work: Callable[[], Found]) -> Found:
        return await asyncio.get_running_loop().run_in_executor(self.beside, work)

    @property
    def _board(self) -> Board:
        return self.viewers.moment.board

    def _asked(self, request: Request, key: str) -> list[ShownPoint]:
        """The points that a query names, by number or by name. Raises :class:`Unusable`."""
        names = [name for name in request.query_params.get(key, "").split(",") if name]
        if not 1 <= len(names) <= _MOST_POINTS:
            raise Unusable(f"{key}: name 1 to {_MOST_POINTS} points, as in {key}=0,3; GET /api/points lists them")
        return [self._named(name) for name in names]

    def _asked_one(self, request: Request, key: str) -> ShownPoint | None:
        return self._named(request.query_params[key]) if request.query_params.get(key) else None

    def _named(self, name: str) -> ShownPoint:
        board = self._board
        if name in board.by_number:
            return board.by_number[name]
        if name in board.by_name:
            return board.by_name[name]
        raise Unusable(f"there is no point {name[:80]!r}; GET /api/points lists them")


def refused(refusal: TurnedAway) -> Response:
    """An answer that says why not."""
    headers = {"Retry-After": str(refusal.retry_after_s)} if refusal.retry_after_s is not None else None
    return Response(packed({"words": refusal.words}), refusal.status, headers, _JSON)


async def _unusable(request: Request, error: Exception) -> Response:
    return refused(TurnedAway(400, str(error)))


async def _failed(request: Request, error: Exception) -> Response:
    log.error("the page could not answer %s; the run goes on", request.url.path, exc_info=error)
    return refused(TurnedAway(500, "that has failed; the log of the run says why"))


def _system(request: Request, usual: System = "SI") -> System:
    """Programs that do not say are told SI units, whatever people are shown."""
    told = request.query_params.get("units", usual).upper()
    return "US" if told == "US" else "SI"


def _range(request: Request) -> tuple[float, float]:
    """Two local times of a query (s). Raises :class:`Unusable`."""
    told = [request.query_params.get(key) for key in ("since", "until")]
    try:
        since, until = (float(text) if text else default for text, default in zip(told, _ALL, strict=True))
    except ValueError:
        raise Unusable("since, until: seconds, as /api/history tells them") from None
    return since, until


_ALL = (-math.inf, math.inf)


async def _content(request: Request) -> dict[str, object] | TurnedAway:
    """The JSON object of a request."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _JSON:
        return TurnedAway(415, "send JSON, with Content-Type: application/json")
    body = b""
    try:
        async with asyncio.timeout(_BODY_S):
            async for piece in request.stream():
                body += piece
                if len(body) > _LONGEST_BODY:
                    return TurnedAway(413, f"that is more than {_LONGEST_BODY} bytes")
        content = json.loads(body or b"{}")
    except TimeoutError:
        return TurnedAway(408, "that took too long to come")
    except (ValueError, RecursionError, ClientDisconnect):
        return TurnedAway(400, "that is not JSON")
    return content if isinstance(content, dict) else TurnedAway(400, 'an object is needed, as {"scale": 60}')


async def _asset(request: Request) -> Response:
    """Answered where everything is: what is not asynchronous goes to threads, which are slower than what they do."""
    name = request.path_params.get("name", "favicon.svg")
    found = assets().get(name)
    if found is None:
        return refused(TurnedAway(404, f"there is no {name[:80]!r}"))
    headers = {"ETag": found.tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == found.tag:
        return Response(status_code=304, headers=headers)
    if _takes_packed(request):
        return Response(found.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=found.media_type)
    return Response(gzip.decompress(found.packed), headers=headers, media_type=found.media_type)


def _answer(request: Request, content: bytes, media_type: str = _JSON) -> Response:
    headers = {"Cache-Control": "no-store"}
    if len(content) > _WORTH_PACKING and _takes_packed(request):
        content = gzip.compress(content, 5, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(content, headers=headers, media_type=media_type)


def _takes_packed(request: Request) -> bool:
    return "gzip" in request.headers.get("accept-encoding", "")
