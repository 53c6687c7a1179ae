"""Firmware 1.x: just enough of REST v1 to be recognised (ecy-rest-api §1, §2, §4.1, §15)."""

from __future__ import annotations

from collections.abc import Mapping

from emulators.ecy.controller import ControllerSpec
from emulators.ecy.wire.messages import HTML_TYPE, JSON_TYPE, compact
from emulators.ecy.wire.paths import V1_ROOT
from emulators.ecy.wire.values import Json
from emulators.http.messages import Response

FIRMWARE = "1.17.22053.807"
REALM = 'basic realm="Radius"'


def html_page(status: int, words: str) -> bytes:
    """An error page as a servlet container makes it."""
    return (
        f"<html><head><title>Error {status} {words}</title></head><body><h2>HTTP {status}</h2></body></html>".encode()
    )


def answer_v1(spec: ControllerSpec, path: str) -> Response:
    """The identity pages; anything else, REST v2 included, is not there."""
    body = _pages(spec).get(path.rstrip("/"))
    if body is None:
        return Response(404, html_page(404, "Not Found"), HTML_TYPE)
    return Response(200, compact(body).replace(b"/", rb"\/"), JSON_TYPE + ";charset=UTF-8")


def _pages(spec: ControllerSpec) -> Mapping[str, Json]:
    device: Json = {
        "hostId": f"{spec.model}-{spec.instance:06X}",
        "hostName": spec.name,
        "modelName": spec.model,
        "softwareVersion": FIRMWARE,
    }
    info: Json = {
        "device": {"href": f"{V1_ROOT}/info/device", "name": "device"},
        "apiRevision": "8.0",
        "bacnet": {"href": f"{V1_ROOT}/info/bacnet", "name": "bacnet"},
    }
    bacnet: Json = {"location": spec.location, "deviceInstance": spec.instance, "description": spec.description}
    root: Json = [{"href": f"{V1_ROOT}/info", "name": "info"}]
    return {
        V1_ROOT: root,
        f"{V1_ROOT}/info": info,
        f"{V1_ROOT}/info/device": device,
        f"{V1_ROOT}/info/bacnet": bacnet,
    }
