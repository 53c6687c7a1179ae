"""What holds out against those who ask for too much, or for nothing at all."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import pytest

from page import Page
from page.serving import connection, web
from page.serving.connection import MOST_CONNECTIONS
from tests.page.asking import get, post
from tests.waiting import DEADLINE_S, eventually


@contextmanager
def opened(page: Page, count: int, said: bytes = b"") -> Iterator[list[socket.socket]]:
    """So many connections, on each of which only this is said."""
    with ExitStack() as undo:
        sockets = []
        for _ in range(count):
            one = undo.enter_context(socket.create_connection(("127.0.0.1", page.port), DEADLINE_S))
            one.sendall(said)
            one.setblocking(False)
            sockets.append(one)
        yield sockets


def left_of(sockets: Sequence[socket.socket]) -> int:
    """How many have not been hung up on."""
    return sum(not is_closed(one) for one in sockets)


def is_closed(one: socket.socket) -> bool:
    try:
        return one.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def test_a_thousand_connections_take_no_more_of_the_runs_files_than_a_few(page: Page) -> None:
    with opened(page, 3 * MOST_CONNECTIONS) as sockets:
        eventually(lambda: left_of(sockets) <= MOST_CONNECTIONS)
    eventually(lambda: post(page, "check").status == 200)


@pytest.mark.parametrize("said", [b"", b"POST /api/note HTTP/1.1\r\nHost: 127.0.0.1\r\nX: "])
def test_who_asks_for_nothing_is_let_go_and_the_page_is_there_for_others(
    page: Page, said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "SILENT_S", 0.05)
    with opened(page, MOST_CONNECTIONS, said) as sockets:
        eventually(lambda: left_of(sockets) == 0)
        assert get(page, "/api/state").status == 200


def test_a_wish_that_never_comes_to_its_end_is_not_waited_for(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "_BODY_S", 0.05)
    head = (
        f"POST /api/note HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\nAuthorization: Bearer {page.token}\r\n"
        "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    )
    with opened(page, 1, head.encode()) as [one]:
        one.settimeout(DEADLINE_S)
        assert one.recv(12) == b"HTTP/1.1 408"


def test_a_viewer_keeps_its_connection_however_long_nothing_is_new(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "SILENT_S", 0.01)
    ask = f"GET /stream HTTP/1.1\r\nHost: 127.0.0.1:{page.port}\r\n\r\n".encode()
    with opened(page, 1, ask) as sockets, opened(page, 5) as silent:
        eventually(lambda: page.viewers == 1)
        eventually(lambda: left_of(silent) == 0)
        assert left_of(sockets) == 1
