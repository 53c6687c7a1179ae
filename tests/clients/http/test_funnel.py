from __future__ import annotations

import contextlib
import gzip
import socket
import ssl
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clients.http import connection as http_connection
from clients.http import funnel as http_funnel
from clients.http.connection import Call, CheckCertificate, _connected
from clients.http.funnel import Failures, HttpFunnel, HttpReply
from clients.http.tls import Trust
from tests.clients.certificates import Certificate
from tests.clients.raw_server import Answer, RawServer, always, dripping, hanging, hanging_up, http_reply
from tests.waiting import DEADLINE_S
from utils.errors import SimulationAborted, SimulationRefused, SimulationUnreachable


class TooLate(SimulationUnreachable):
    pass


FAILURES = Failures(SimulationUnreachable, TooLate, SimulationRefused, SimulationAborted)
HEADERS_WITHOUT_END = dripping(b"HTTP/1.1 200 OK\r\nX-Long: ")
BODY_WITHOUT_END = dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
CHUNK_WITHOUT_END = dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n")
LAST_BODY_WITHOUT_END = dripping(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
SLOW = {
    "silence": hanging,
    "headers": HEADERS_WITHOUT_END,
    "body": BODY_WITHOUT_END,
    "chunk": CHUNK_WITHOUT_END,
    "body until close": LAST_BODY_WITHOUT_END,
}


@contextmanager
def funnel_to(server: RawServer, **options: object) -> Iterator[HttpFunnel]:
    with HttpFunnel(server.url, FAILURES, **options) as funnel:  # type: ignore[arg-type]
        yield funnel


def get(funnel: HttpFunnel, path: str = "/thing", timeout_s: float = 5.0) -> HttpReply:
    return funnel.call("GET", path, timeout_s=timeout_s)


def test_a_body_is_sent_as_json_and_the_answer_is_whole() -> None:
    with RawServer(always(http_reply(b'{"a": [1, 2]}'))) as server, funnel_to(server) as funnel:
        reply = funnel.call("POST", "/things", body={"x": 1.5}, timeout_s=5)
    assert reply.json() == {"a": [1, 2]}
    assert b'{"x": 1.5}' in server.requests[0]
    assert b"Content-Type: application/json" in server.requests[0]


def test_no_body_means_no_content_type() -> None:
    with RawServer(always(http_reply())) as server, funnel_to(server) as funnel:
        get(funnel)
    assert b"Content-Type" not in server.requests[0]


@pytest.mark.parametrize("answer", SLOW.values(), ids=SLOW)
def test_the_deadline_is_total_however_bytes_drip(answer: Answer) -> None:
    with RawServer(answer) as server, funnel_to(server) as funnel:
        began = time.monotonic()
        with pytest.raises(TooLate, match=r"GET /thing: no complete answer within 0\.2 s"):
            get(funnel, timeout_s=0.2)
    assert time.monotonic() - began < DEADLINE_S


class DrippingHandshake(RawServer):
    """Begins to shake hands and sends one byte after the other, for ever."""

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            dripping(b"\x16\x03\x03\x3f\xff")(self, connection, b"")


class SlowReader(RawServer):
    """Reads a little from time to time, for ever."""

    def __init__(self, answer: Answer, context: ssl.SSLContext | None) -> None:
        super().__init__(answer, context)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
            with connection:
                while not self.over.wait(0.02) and connection.recv(16384):
                    pass


def test_a_handshake_has_the_deadline_of_the_call_and_not_that_of_connecting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_connection, "_CONNECT_TIMEOUT_S", 0.05)
    with DrippingHandshake(hanging) as server, HttpFunnel(f"https://127.0.0.1:{server.port}", FAILURES) as funnel:
        began = time.monotonic()
        with pytest.raises(TooLate):
            get(funnel, timeout_s=0.3)
    assert time.monotonic() - began < DEADLINE_S


@pytest.mark.parametrize("is_tls", [False, True])
def test_the_deadline_is_total_however_slowly_a_request_is_read(is_tls: bool, tmp_path: Path) -> None:
    certificate = Certificate(tmp_path, "slow")
    with (
        SlowReader(hanging, certificate.context() if is_tls else None) as server,
        funnel_to(server, trust=Trust(verify=str(certificate.path))) as funnel,
    ):
        began = time.monotonic()
        with pytest.raises(TooLate):
            funnel.call("POST", "/thing", body="x" * 2**22, timeout_s=0.3)
    assert time.monotonic() - began < DEADLINE_S


def test_a_body_is_sent_for_as_long_as_the_call_may_take(monkeypatch: pytest.MonkeyPatch) -> None:
    patience_s: list[float] = []

    class Watched(socket.socket):
        def sendall(self, data: bytes, flags: int = 0) -> None:  # type: ignore[override]
            if (ours_s := self.gettimeout()) is not None:
                patience_s.append(ours_s)
            super().sendall(data, flags)

    with RawServer(always(http_reply())) as server, funnel_to(server) as funnel:
        monkeypatch.setattr(socket, "socket", Watched)
        funnel.call("POST", "/thing", body={}, timeout_s=1230.0)
    assert 1200.0 < patience_s[-1] <= 1230.0


@pytest.mark.parametrize(("timeout_s", "longest_s"), [(0.2, 0.2), (1230.0, 10.0)])
def test_a_host_that_takes_no_connection_is_given_up_within_the_deadline_and_after_10_s_at_most(
    monkeypatch: pytest.MonkeyPatch, timeout_s: float, longest_s: float
) -> None:
    patience_s: list[float | None] = []

    class Unconnected(socket.socket):
        """Stands for a host that drops what is sent to it: waits for as long as it is told to."""

        def connect(self, address: object) -> None:
            patience_s.append(self.gettimeout())
            raise TimeoutError("timed out")

    monkeypatch.setattr(socket, "socket", Unconnected)
    with HttpFunnel("http://127.0.0.1:1", FAILURES) as funnel, pytest.raises(SimulationUnreachable):
        get(funnel, timeout_s=timeout_s)
    assert patience_s
    assert all(waited_s is not None and 0.0 < waited_s <= longest_s for waited_s in patience_s)


@pytest.mark.parametrize("answer", SLOW.values(), ids=SLOW)
def test_abort_wakes_a_call_at_once(answer: Answer) -> None:
    with RawServer(answer) as server, funnel_to(server) as funnel:
        took = aborted_after(funnel, server.asked, lambda: get(funnel, timeout_s=10 * DEADLINE_S))
    assert took < DEADLINE_S


def test_abort_wakes_a_handshake_that_hangs() -> None:
    with RawServer(hanging) as server, HttpFunnel(f"https://127.0.0.1:{server.port}", FAILURES) as funnel:
        took = aborted_after(funnel, announced(), lambda: get(funnel, timeout_s=10 * DEADLINE_S))
    assert took < DEADLINE_S


def announced() -> threading.Event:
    """An event that is set already: abort without knowing how far the call has come."""
    event = threading.Event()
    event.set()
    return event


def aborted_after(funnel: HttpFunnel, asked: threading.Event, call: Callable[[], object]) -> float:
    """Make a call, abort it once the peer was asked, and return the seconds that it needed to end."""
    stamps: list[float] = []

    def abort() -> None:
        asked.wait(DEADLINE_S)
        stamps.append(time.monotonic())
        funnel.abort()

    thread = threading.Thread(target=abort, name="aborter")
    thread.start()
    with pytest.raises(SimulationAborted):
        call()
    thread.join()
    return time.monotonic() - stamps[0]


def test_calls_after_an_abort_fail_until_resumed() -> None:
    with RawServer(always(http_reply())) as server, funnel_to(server) as funnel:
        funnel.abort()
        with pytest.raises(SimulationAborted):
            get(funnel)
        assert server.requests == []
        funnel.resume()
        assert get(funnel).status == 200


def test_abort_wakes_a_wait() -> None:
    with HttpFunnel("http://127.0.0.1:1", FAILURES) as funnel:
        funnel.wait(0.001)
        assert aborted_after(funnel, announced(), lambda: funnel.wait(2 * DEADLINE_S)) < DEADLINE_S


def test_redirects_are_answers_and_not_followed() -> None:
    with RawServer(always(http_reply(b"", "302 Found", "Location: /elsewhere"))) as server, funnel_to(server) as funnel:
        assert get(funnel).status == 302
    assert len(server.requests) == 1


def test_the_environment_is_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login someone password something")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with RawServer(always(http_reply())) as server, funnel_to(server) as funnel:
        get(funnel)
    assert b"Authorization" not in server.requests[0]


def test_a_connection_is_kept_alive_and_dropped_when_idle() -> None:
    with RawServer(always(http_reply())) as server:
        with funnel_to(server) as funnel:
            for _ in range(3):
                get(funnel)
        assert server.connections == 1
        with funnel_to(server, idle_limit_s=0.0) as funnel:
            for _ in range(3):
                get(funnel)
        assert server.connections == 4


def test_a_cut_that_comes_late_does_not_reach_the_next_call_on_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Call] = []

    def remembered(timeout_s: float, check: CheckCertificate | None) -> Call:
        made.append(Call(timeout_s, check))
        return made[-1]

    monkeypatch.setattr(http_funnel, "Call", remembered)
    with RawServer(always(http_reply())) as server, funnel_to(server) as funnel:
        get(funnel)
        made[0].cut()
        assert get(funnel).is_success
    assert server.connections == 1


def test_nothing_is_sent_twice_when_the_peer_hangs_up() -> None:
    with RawServer(hanging_up) as server, funnel_to(server) as funnel, pytest.raises(SimulationUnreachable):
        funnel.call("POST", "/advance", body={}, timeout_s=5)
    assert len(server.requests) == 1


def test_small_packets_are_not_held_back() -> None:
    with RawServer(hanging) as server, _connected("127.0.0.1", server.port, Call(5.0)) as connection:
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n", "SSH-2.0"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nshort", "IncompleteRead"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain", "header check"),
    ],
)
def test_broken_answers_are_unreachable(reply: bytes, words: str) -> None:
    def answer(server: RawServer, connection: socket.socket, request: bytes) -> None:
        connection.sendall(reply)
        hanging_up(server, connection, request)

    with RawServer(answer) as server, funnel_to(server) as funnel, pytest.raises(SimulationUnreachable, match=words):
        get(funnel)


def test_a_closed_port_and_an_unknown_host_are_unreachable() -> None:
    for url in ("http://127.0.0.1:1", "http://no-such-host.invalid"):
        with HttpFunnel(url, FAILURES) as funnel, pytest.raises(SimulationUnreachable):
            get(funnel)


def test_a_compressed_body_is_decoded() -> None:
    packed = http_reply(gzip.compress(b"[1]"), "200 OK", "Content-Encoding: gzip")
    with RawServer(always(packed)) as server, funnel_to(server) as funnel:
        assert get(funnel).json() == [1]


def test_a_body_beyond_the_cap_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_funnel, "_MAX_BODY_BYTES", 1000)
    packed = http_reply(gzip.compress(b" " * 100_000), "200 OK", "Content-Encoding: gzip")
    with (
        RawServer(always(packed)) as server,
        funnel_to(server) as funnel,
        pytest.raises(SimulationUnreachable, match="larger than"),
    ):
        get(funnel)


def test_json_that_is_none_or_too_deep_is_a_value_error() -> None:
    for body in (b"", b"<html>", b"\xff", b"[" * 100_000):
        with pytest.raises(ValueError, match=r".*"):
            HttpReply(200, {}, body).json()


def test_no_secret_leaves_in_an_error() -> None:
    def answer(_server: RawServer, connection: socket.socket, _request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 hunter2 c00kie nonsense\r\n\r\n")

    cookie = "Set-Cookie: ID=c00kie;Path=/"
    with (
        RawServer(always(http_reply(b"{}", "200 OK", cookie))) as server,
        funnel_to(server, secrets=["hunter2"], headers={"Authorization": "hunter2"}) as funnel,
    ):
        get(funnel)
        server.answer = answer
        with pytest.raises(SimulationUnreachable) as caught:
            get(funnel)
    told = "".join(traceback.format_exception(caught.value)) + repr(funnel)
    assert "nonsense" in told
    assert "hunter2" not in told
    assert "c00kie" not in told
    assert caught.value.__context__ is None


def test_cookies_are_sent_back_until_forgotten() -> None:
    reply = http_reply(b"{}", "200 OK", "Set-Cookie: ID=1;Path=/")
    with RawServer(always(reply)) as server, funnel_to(server) as funnel:
        assert not funnel.has_cookies
        get(funnel)
        assert funnel.has_cookies
        get(funnel)
        funnel.forget_cookies()
        get(funnel)
    assert [b"ID=1" in request for request in server.requests] == [False, True, False]
