"""A plain HTTPS client of an emulated controller, and a controller for it to talk to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

import requests

from emulators.ecy.server import EcyServer
from emulators.program import ObjectSpec
from tests.waiting import DEADLINE_S

USER = "bench"
PASSWORD = "Str0ng-enough"
ROOT = "/api/rest/v2"
OBJECTS = f"{ROOT}/services/bacnet/local/objects"
TIME = f"{ROOT}/services/platform/time"

SOME_OBJECTS = (
    ObjectSpec("AnalogInput", "Outdoor temperature", "degrees-celsius", initial=-40.0, instance=1),
    ObjectSpec("AnalogInput", "Broken sensor", "degrees-celsius", initial=float("nan"), instance=2),
    ObjectSpec("AnalogOutput", "Valve", "percent", instance=1),
    ObjectSpec("AnalogValue", "Setpoint", "degrees-celsius", initial=21.0, instance=3, description="Zone"),
    ObjectSpec("BinaryInput", "Fan status", instance=3),
    ObjectSpec("BinaryOutput", "Fan start", instance=1),
    ObjectSpec("BinaryValue", "Occupied", initial=1.0, instance=9),
    ObjectSpec("MultiStateValue", "Mode", states=("off", "heat", "cool"), instance=4),
)


class EcyClient:
    """Speaks to one controller; signs in with Basic once and keeps the cookie."""

    def __init__(self, server: EcyServer, name: str) -> None:
        self.base = f"https://{server.addresses[name]}"
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = str(server.certificate(name))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.session.close()

    def send(self, method: str, path: str, **options: Any) -> requests.Response:  # noqa: ANN401 - as requests has it
        return self.session.request(method, self.base + path, timeout=DEADLINE_S, allow_redirects=False, **options)

    def sign_in(self) -> requests.Response:
        return self.send("GET", f"{ROOT}/services", auth=(USER, PASSWORD))

    def get(self, path: str) -> requests.Response:
        return self.send("GET", path)

    def post(self, path: str, body: object) -> requests.Response:
        return self.send("POST", path, json=body)

    def delete(self, path: str) -> requests.Response:
        return self.send("DELETE", path)

    def value(self, path: str) -> object:
        answer = self.get(f"{OBJECTS}/{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()["$value"]

    def batch(self, requests_: Sequence[Mapping[str, object]]) -> list[dict[str, Any]]:
        answer = self.post(f"{ROOT}/batch", {"requests": requests_})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["responses"]
        return items


@contextmanager
def signed_in(server: EcyServer, name: str) -> Iterator[EcyClient]:
    """A client that holds a live cookie."""
    with EcyClient(server, name) as client:
        assert client.sign_in().status_code == 200
        yield client


def error_code(answer: requests.Response) -> str:
    """The code of a refusal in the default error form."""
    code: str = answer.json()["error"]["code"]
    return code


class FakeTime:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        self.seconds += seconds
