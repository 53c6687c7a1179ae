"""Batches: many requests in one, in order, each with its own fate (ecy-rest-api §9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from emulators.ecy.controller import EmulatedController
from emulators.ecy.refusals import BATCH_TOO_LARGE, INVALID_REQUEST, Refusal
from emulators.ecy.rest.resources import RestV2
from emulators.ecy.rest.select import parse_query
from emulators.ecy.wire.messages import Answer, refused
from emulators.ecy.wire.paths import BATCH, Path, path_under_v2
from emulators.ecy.wire.properties import PRESENT_VALUE, STATUS_FLAGS
from emulators.ecy.wire.values import Json


@dataclass(frozen=True, slots=True)
class SubRequest:
    """One request of a batch. ``refusal`` is why it cannot even be tried."""

    echo: dict[str, Json]
    method: str = "GET"
    path: Path = ()
    query: str = ""
    body: Json = None
    refusal: Refusal | None = None


class BatchRunner:
    """Runs the batches of one controller."""

    def __init__(self, controller: EmulatedController, rest: RestV2) -> None:
        self._controller = controller
        self._profile = controller.profile
        self._rest = rest

    def run(self, body: Json) -> Answer:
        """Answer 200 with one item for each request, whatever becomes of them; a batch that is none is refused."""
        try:
            requests = [_sub_request(item) for item in self._items(body)]
        except Refusal as refusal:
            return refused(refusal, self._profile)
        answers = self._answers(requests)
        items: list[Json] = [
            self._item(request, answers[position]) for position, request in enumerate(requests) if position in answers
        ]
        return Answer(200, {"responses": items})

    def _items(self, body: Json) -> list[Json]:
        items = body.get("requests") if isinstance(body, dict) else None
        if not isinstance(items, list):
            raise Refusal(INVALID_REQUEST, "requests is not a list")
        limit = self._profile.batch_limit
        if limit is not None and len(items) > limit:
            raise Refusal(replace(BATCH_TOO_LARGE, status=self._profile.batch_limit_status), f"more than {limit}")
        self._controller.counters.sub_requests += len(items)
        return items

    def _answers(self, requests: Sequence[SubRequest]) -> dict[int, Answer]:
        """Answers by position in the request. When only reads are left, they may begin an exchange.

        A batch that only looks at whole objects is no exchange: that is how a client takes stock. A present-value with
        its status flags is no more than a value.
        """
        answers: dict[int, Answer] = {}
        order = self._order(len(requests))
        writes_end = 1 + max((turn for turn, at in enumerate(order) if not self._is_read(requests[at])), default=-1)
        is_exchange = writes_end > 0 or any(_asks_for_values(request) for request in requests)
        try:
            for turn, position in enumerate(order):
                if turn == writes_end and is_exchange:
                    self._controller.trigger_of("rest").arm()
                answers[position] = self._answer(requests[position])
                if answers[position].failed and self._profile.batch_order == "stop-at-first-error":
                    break
        finally:
            self._controller.trigger_of("rest").disarm()
        return answers

    def _order(self, count: int) -> range:
        return range(count - 1, -1, -1) if self._profile.batch_order == "parallel" else range(count)

    def _is_read(self, request: SubRequest) -> bool:
        return self._rest.is_read(request.method, request.path)

    def _answer(self, request: SubRequest) -> Answer:
        if request.refusal is not None:
            return refused(request.refusal, self._profile)
        return self._rest.answer(request.method, request.path, request.query, request.body)

    def _item(self, request: SubRequest, answer: Answer) -> Json:
        item = dict(request.echo)
        if self._profile.batch_status != "absent":
            item["status"] = answer.status if self._profile.batch_status == "number" else str(answer.status)
        plain = self._profile.batch_items == "plain"
        if not plain:
            item["headers"] = {"Content-Type": "application/json"}
        if plain or answer.body not in ({}, None):
            item["body"] = answer.body if answer.has_body else {}
        return item


def _asks_for_values(request: SubRequest) -> bool:
    if request.path and request.path[-1] in (PRESENT_VALUE, "read-property-multiple"):
        return True
    names = _selected(request.query)
    return PRESENT_VALUE in names and names <= {PRESENT_VALUE, STATUS_FLAGS}


def _selected(query: str) -> set[str]:
    """What a query picks; nothing where it is refused, which its answer tells."""
    try:
        return {item.pattern for item in parse_query(query) or ()}
    except Refusal:
        return set()


def _sub_request(item: Json) -> SubRequest:
    if not isinstance(item, dict):
        raise Refusal(INVALID_REQUEST, "a request of the batch is not an object")
    echo = {"id": item["id"]} if "id" in item else {}
    method, url = item.get("method", "GET"), item.get("url")
    try:
        if not isinstance(method, str) or not isinstance(url, str):
            raise Refusal(INVALID_REQUEST, "method and url have to be text")
        path_text, _, query = url.partition("?")
        path = path_under_v2(path_text)
        if path == BATCH:
            raise Refusal(INVALID_REQUEST, "a batch inside a batch")
    except Refusal as refusal:
        return SubRequest(echo, refusal=refusal)
    return SubRequest(echo, method, path, query, item.get("body"))
