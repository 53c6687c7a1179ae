"""What the bridge costs beside a bare loop that sends the same bytes, and how many round trips a step takes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import requests
import urllib3

from benchmarks.peers import PASSWORD, USER
from benchmarks.rows import Measured
from benchmarks.runs import peers, prepared
from clients.http.funnel import HttpFunnel, HttpReply

CONTROLLERS = 16
LATENCY_S = 0.04
STEPS = 60


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One request as the bridge sent it."""

    base_url: str
    method: str
    path: str
    body: bytes | None


def rows(folder: Path) -> Iterator[Measured]:
    """Overhead against the floor, and round trips at 40 ms."""
    with peers(CONTROLLERS, 0.0) as (building, controllers):
        sent: list[RecordedCall] = []
        ours_s = step_time(folder / "fast", building, controllers, sent)
        bare_s = bare_step_time(sent)
        batches = sum(request.path.endswith("/batch") for request in sent) / STEPS / CONTROLLERS
        detail = f"{ours_s * 1e3:.1f} ms and {bare_s * 1e3:.1f} ms a step, {CONTROLLERS} controllers"
        yield Measured("bridge / bare requests loop, same bytes", f"{ours_s / bare_s:.2f}", "<= 3", detail)
        yield Measured("batches per controller and step", f"{batches:.2f}", "1", "as fast as possible")
    with peers(CONTROLLERS, LATENCY_S) as (building, controllers):
        slow_s = step_time(folder / "slow", building, controllers, [])
    yield Measured(
        f"round trips per step at {LATENCY_S * 1e3:.0f} ms",
        f"{slow_s / LATENCY_S:.2f}",
        "<= 2.5",
        f"{slow_s * 1e3:.1f} ms a step, {CONTROLLERS} controllers",
    )


def step_time(folder: Path, building: str, controllers: Sequence[str], sent: list[RecordedCall]) -> float:
    """Seconds per step of a run; ``sent`` gets what its steps sent, start and end left out."""
    run = prepared(folder, building, controllers, STEPS)
    call = HttpFunnel.call

    def recording(funnel: HttpFunnel, method: str, path: str, **options: Any) -> HttpReply:  # noqa: ANN401
        if run.status().phase.value == "running":
            body = options.get("body")
            sent.append(
                RecordedCall(funnel.base_url, method, path, None if body is None else json.dumps(body).encode())
            )
        return call(funnel, method, path, **options)

    with mock.patch.object(HttpFunnel, "call", recording):
        summary = run.execute()
    return summary.wall_s / summary.steps


def bare_step_time(sent: Sequence[RecordedCall]) -> float:
    """Seconds per step of a loop over one session per peer that sends the recorded bytes, one after the other."""
    urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    sessions = {base: _signed_in(base) for base in {request.base_url for request in sent}}
    testid = _fresh_test(next(request for request in sent if "/advance" in request.path), sessions)
    began = time.perf_counter()
    for request in sent:
        path = f"/advance/{testid}" if "/advance" in request.path else request.path
        sessions[request.base_url].request(
            request.method, request.base_url + path, data=request.body, headers={"Content-Type": "application/json"}
        ).json()
    return (time.perf_counter() - began) / STEPS


def _signed_in(base_url: str) -> requests.Session:
    session = requests.Session()
    session.verify = session.trust_env = False
    if base_url.startswith("https"):
        session.get(f"{base_url}/api/rest/v2/services", auth=(USER, PASSWORD)).raise_for_status()
    return session


def _fresh_test(advance: RecordedCall, sessions: dict[str, requests.Session]) -> str:
    session, base = sessions[advance.base_url], advance.base_url
    testid: str = session.post(f"{base}/testcases/multizone_office_simple_air/select").json()["testid"]
    session.put(f"{base}/initialize/{testid}", json={"start_time": 0, "warmup_period": 0}).raise_for_status()
    session.put(f"{base}/step/{testid}", json={"step": 5}).raise_for_status()
    return testid
