"""Many requests in one: ``POST /api/rest/v2/batch`` (ecy-rest-api §9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from clients.ecy.session import DeviceTimedOut, EcySession
from clients.ecy.wire import API, MISSING_NAMES, has_error, is_error_text, says, words_of
from clients.http.funnel import HttpReply, Json
from utils.errors import DeviceError, ObjectError

BATCH = f"{API}/batch"
_LARGEST = 50
_FAILED = 500
_TOO_MUCH = frozenset({400, 413, _FAILED})
_CALM_BATCHES = 20


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """One request inside a batch. ``url`` is the absolute path, query included; ``body`` belongs to POST."""

    method: str
    url: str
    body: Json = None

    def wire(self, number: int) -> Json:
        """The form on the wire, with an id that is unique in its batch."""
        form: dict[str, Json] = {"id": str(number), "method": self.method, "url": self.url}
        return form if self.body is None else {**form, "body": self.body}


@dataclass(frozen=True, slots=True)
class BatchReply:
    """The answer to one request of a batch; ``status`` is 0 when the controller left it out."""

    status: int
    body: Json = None

    @property
    def is_success(self) -> bool:
        """Whether the request was carried out."""
        return 200 <= self.status < 300 and not has_error(self.body)


def is_missing(reply: BatchReply) -> bool:
    """Whether a failed request was about something that does not exist."""
    return reply.status == 404 or (reply.status != 0 and says(words_of(reply.body), *MISSING_NAMES))


_NO_REPLY = BatchReply(0, "no answer in the batch, or more than one")


class BatchSender:
    """Sends requests in order, in as few batches as the controller takes.

    A batch that is refused for its size or content is halved down to single requests; a second one that the controller
    fails to answer even alone is a failure of the controller. One that timed out is not repeated (it may have been
    carried out); later ones are smaller for a while, so that a slow controller is not lost.
    """

    def __init__(self, session: EcySession) -> None:
        self._session = session
        self._ceiling = _LARGEST
        self._size = _LARGEST
        self._calm = 0

    def send(self, requests: Sequence[BatchRequest]) -> tuple[BatchReply, ...]:
        """One reply per request, in their order. Raises DeviceRefused or DeviceUnreachable when a batch fails whole."""
        replies: list[BatchReply] = []
        size = allowed = self._size
        has_poison = False
        while len(replies) < len(requests):
            chunk = requests[len(replies) : len(replies) + size]
            reply = self._post(chunk)
            if reply.is_success:
                replies += self._matched(chunk, reply)
            elif len(chunk) > 1:
                size = len(chunk) // 2
            elif has_poison and reply.status >= _FAILED:
                self._session.raise_for(reply, BATCH)
            else:
                replies.append(self._refused(reply))
                has_poison, size = True, allowed
        if size < allowed and not has_poison:
            self._ceiling = self._size = size
        return tuple(replies)

    def error_of(self, request: BatchRequest, reply: BatchReply) -> DeviceError | None:
        """What went wrong with one request; None when nothing did."""
        if reply.is_success:
            return None
        sentence = f"{request.url.partition('?')[0].removeprefix(API)}: {words_of(reply.body)}"
        if reply.status == 0 or 200 <= reply.status < 300:
            return ObjectError(self._session.device, sentence)
        return self._session.error_for(reply.status, sentence)

    def _post(self, chunk: Sequence[BatchRequest]) -> HttpReply:
        wire: list[Json] = [request.wire(number) for number, request in enumerate(chunk, 1)]
        try:
            reply = self._session.call("POST", BATCH, {"requests": wire})
        except DeviceTimedOut:
            self._size = max(1, min(self._size, len(chunk)) // 2)
            self._calm = 0
            raise
        if not reply.is_success and reply.status not in _TOO_MUCH:
            self._session.raise_for(reply, BATCH)
        self._grow()
        return reply

    def _grow(self) -> None:
        self._calm += 1
        if self._calm >= _CALM_BATCHES:
            self._size = min(self._ceiling, 2 * self._size)
            self._calm = 0

    def _refused(self, reply: HttpReply) -> BatchReply:
        try:
            return BatchReply(reply.status, reply.json())
        except ValueError:
            return BatchReply(reply.status, reply.text)

    def _matched(self, chunk: Sequence[BatchRequest], reply: HttpReply) -> list[BatchReply]:
        """A reply per request: by id, or by position where ids make no sense and the counts agree.

        An id that is told more than once, in an answer of another length, answers nothing: which of them is meant is
        open. Where the controller stopped at the first failure, what is left is cut off to be sent again.
        """
        try:
            document = reply.json()
        except ValueError:
            raise self._session.unreadable(BATCH, reply) from None
        items = document.get("responses") if isinstance(document, dict) else None
        if not isinstance(items, list):
            raise self._session.unreadable(BATCH, reply)
        told = [(str(item.get("id")), _reply_of(item)) for item in items if isinstance(item, dict)]
        by_id, times = dict(told), Counter(key for key, _ in told)
        ids = [str(number) for number in range(1, len(chunk) + 1)]
        if not by_id.keys() >= set(ids) and len(items) == len(chunk):
            return [_reply_of(item) for item in items]
        answered = max((number for number, key in enumerate(ids, 1) if key in by_id), default=len(ids))
        return [by_id[key] if times[key] == 1 else _NO_REPLY for key in ids[:answered]]


def _reply_of(item: Json) -> BatchReply:
    """One item in any of its forms: without a status, a body that does not speak of an error is success."""
    if not isinstance(item, dict):
        return _NO_REPLY
    body = item.get("body")
    try:
        status = int(str(item["status"]))
    except (KeyError, ValueError):
        status = 400 if has_error(body) or is_error_text(body) else 200
    return BatchReply(status, {} if body is None else body)
