"""Faults in what a controller answers: the connection is fine, the content is not."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from emulators.ecy.faults.fault import Fault
from emulators.ecy.objects.database import ObjectDatabase
from emulators.ecy.wire.messages import HTML_TYPE, compact
from emulators.ecy.wire.paths import BATCH, V2_ROOT
from emulators.ecy.wire.properties import PRESENT_VALUE
from emulators.ecy.wire.values import COLLECTIONS, Json
from emulators.http.messages import Request, Response

_BATCH_PATH = "/".join((V2_ROOT, *BATCH))
_OBJECTS_PATH = f"{V2_ROOT}/services/bacnet/local/objects"

WEB_PAGE = Response(200, b"<html><body>Starting, please wait</body></html>", HTML_TYPE)
"""What the web server in front of a controller may say while the controller itself is not there."""


class SpoilContent(Fault):
    """The work is done, but the answer's content is what ``spoil`` makes of it."""

    def __init__(self, spoil: Callable[[bytes], bytes]) -> None:
        self._spoil = spoil

    async def on_reply(self, request: Request, reply: Response) -> Response:
        """Spoil the content."""
        return replace(reply, body=self._spoil(reply.body))


class ChangeBatch(Fault):
    """The work is done, but a batch is answered with what ``change`` makes of its items."""

    def __init__(self, change: Callable[[list[Json]], list[Json]]) -> None:
        self._change = change

    async def on_reply(self, request: Request, reply: Response) -> Response:
        """Change the items of a batch; leave other answers alone."""
        if request.path != _BATCH_PATH or reply.status != 200:
            return reply
        return replace(reply, body=compact({"responses": self._change(json.loads(reply.body)["responses"])}))


class TellInstead(Fault):
    """Batches tell the present-values of these objects as given: null, text, a number that is none."""

    def __init__(self, objects: ObjectDatabase, values: Mapping[str, Json]) -> None:
        refs = {objects.find(name): value for name, value in values.items()}
        self._told = {
            f"{_OBJECTS_PATH}/{COLLECTIONS[ref.object_type]}/{ref.instance}": value for ref, value in refs.items()
        }

    async def on_reply(self, request: Request, reply: Response) -> Response:
        """Tell something else."""
        if request.path != _BATCH_PATH or reply.status != 200:
            return reply
        urls = [item["url"] for item in json.loads(request.body)["requests"]]
        items = json.loads(reply.body)["responses"]
        told = [self._item(url, item) for url, item in zip(urls, items, strict=True)]
        return replace(reply, body=compact({"responses": told}))

    def _item(self, url: str, item: dict[str, Json]) -> Json:
        target, _, selection = url.partition("?")
        named, is_leaf = target.removesuffix(f"/{PRESENT_VALUE}"), target.endswith(f"/{PRESENT_VALUE}")
        if named not in self._told or not (is_leaf or PRESENT_VALUE in selection):
            return item
        told, body = self._told[named], item["body"]
        if is_leaf:
            return {**item, "body": {"$value": told}}
        return {**item, "body": {**body, PRESENT_VALUE: told}} if isinstance(body, dict) else item
