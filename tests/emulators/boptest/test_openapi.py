"""Both documents beside the servers that they describe: the same routes, and every answer as it is described."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import requests
import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from emulators.boptest import service
from emulators.boptest.dialects import legacy
from emulators.boptest.hub import Limits
from emulators.boptest.openapi import document
from emulators.boptest.server import BoptestServer
from tests.emulators.boptest.peer import ask, select
from tests.emulators.boptest.plant import TOY, ToyPlant

FEW = settings(
    max_examples=20,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
METHODS = ("get", "put", "post")
ROUTES: Mapping[str, set[tuple[str, str]]] = {
    "service": {
        (template.replace("{how}", how), method.lower())
        for template, methods in service.ROUTES.items()
        for how in ("", "-async")
        for method in methods
    },
    "legacy": {(path, method.lower()) for path, methods in legacy.ROUTES.items() for method in methods},
}
WINDOW = {"point_names": ["PHeaCoo_y", "oveAct_u"], "start_time": 0, "final_time": 600}
GOOD = {
    "setStep": {"step": 90},
    "initialize": {"start_time": 300, "warmup_period": 60},
    "advance": {"oveAct_u": 500, "oveAct_activate": 1},
    "getResults": WINDOW,
    "getForecast": {"point_names": ["TDryBul"], "horizon": 7200, "interval": 3600},
    "setScenario": {"electricity_price": "dynamic", "time_period": "test_day"},
}
"""Bodies with which a call succeeds, by the operation's id."""


class Client:
    """Sends what schemathesis makes up, and holds every answer against the document."""

    def __init__(self, server: BoptestServer, api: str) -> None:
        checks = importlib.import_module("schemathesis.specs.openapi.checks")
        self.schema = importlib.import_module("schemathesis").openapi.from_dict(yaml.safe_load(document(api)))
        self._negative = importlib.import_module("schemathesis").GenerationMode.NEGATIVE
        self.server = server
        self.names = {"testcase": TOY, "namespace": "ibpsa"}
        if api == "service":
            self.names["testid"] = select(server, TOY)
        self._checks = [
            checks.status_code_conformance,
            checks.content_type_conformance,
            checks.response_headers_conformance,
            checks.response_schema_conformance,
        ]
        self._session = requests.Session()
        self._session.trust_env = False

    def send(self, case: Any) -> int:  # noqa: ANN401 - a case of schemathesis, which need not be there
        answer = case.call_and_validate(base_url=self.server.url, checks=self._checks, session=self._session)
        return int(answer.status_code)

    def try_out(self, path: str, method: str) -> None:
        """Send arguments that the document allows and such that it does not, mostly for a test that there is."""
        operation, names = self.schema[path][method.upper()], self.named(path)
        cases = operation.as_strategy()
        if operation.body:
            cases |= operation.as_strategy(generation_mode=self._negative)

        @seed(1)
        @FEW
        @given(case=cases, known=st.sampled_from([True, True, False]))
        def send(case: Any, known: bool) -> None:  # noqa: ANN401
            if known and names:
                case.path_parameters = names
            self.send(case)

        send()

    def good(self, operation: str) -> dict[str, object]:
        """What has to be sent for a call to succeed."""
        if operation == "restoreState":
            return {"body": self._state(), "media_type": "application/octet-stream"}
        return {"body": GOOD[operation], "media_type": "application/json"} if operation in GOOD else {}

    def _state(self) -> bytes:
        path = "/".join(["/bench/state", *filter(None, [self.names.get("testid")])])
        return self._session.get(self.server.url + path).content

    def named(self, path: str) -> dict[str, str]:
        return {name: value for name, value in self.names.items() if f"{{{name}}}" in path}


@pytest.fixture(scope="module", params=["service", "legacy"])
def api(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def server(api: str) -> Iterator[BoptestServer]:
    limits = Limits(workers=500, idle_timeout_s=None)
    with BoptestServer({TOY: lambda: ToyPlant(TOY)}, legacy=api == "legacy", limits=limits) as running:
        yield running


@pytest.fixture
def client(server: BoptestServer, api: str) -> Client:
    pytest.importorskip("schemathesis", reason="pip install -r requirements-openapi.txt")
    return Client(server, api)


def operations(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    return ((path, method) for path, item in schema["paths"].items() for method in METHODS if method in item)


def test_a_server_hands_out_its_document(server: BoptestServer, api: str) -> None:
    answer = ask(server, "GET", "/openapi.yaml")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/yaml; charset=utf-8")
    assert answer.text.encode() == document(api)


def test_the_document_has_the_routes_of_the_server_and_a_name_for_each(api: str) -> None:
    schema = yaml.safe_load(document(api))
    assert set(operations(schema)) == ROUTES[api]
    names = [schema["paths"][path][method]["operationId"] for path, method in operations(schema)]
    assert len(names) == len(set(names))


@pytest.mark.slow
def test_a_call_that_succeeds_is_answered_as_described(client: Client) -> None:
    schema = yaml.safe_load(document("service" if "testid" in client.names else "legacy"))
    last = [("/stop/{testid}", "put")]
    for path, method in sorted(operations(schema), key=last.__contains__):
        sent = client.good(schema["paths"][path][method]["operationId"])
        case = client.schema[path][method.upper()].Case(path_parameters=client.named(path), **sent)
        assert client.send(case) == 200, (path, method)


@pytest.mark.slow
def test_whatever_is_sent_is_answered_as_described(client: Client, api: str) -> None:
    for path, method in operations(yaml.safe_load(document(api))):
        client.try_out(path, method)
