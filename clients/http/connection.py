"""HTTP connections that keep a total deadline and can be cut off from another thread.

requests and urllib3 know time-outs between two bytes only, so a peer that drips bytes can hold a call for ever. Here
every wait on the socket (connect, handshake, send, receive) gets what is left of the call's deadline.
"""

from __future__ import annotations

import contextlib
import io
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from http.client import HTTPResponse
from typing import TYPE_CHECKING

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

if TYPE_CHECKING:
    from http.client import _DataType

    from _typeshed import WriteableBuffer

_CONNECT_TIMEOUT_S = 10.0

CheckCertificate = Callable[[bytes], None]
"""Is shown the peer's certificate (DER) before anything is sent, and raises when it must not be trusted."""


class Call:
    """One request in flight: what is left of its time, and the socket to cut when it is abandoned."""

    def __init__(self, timeout_s: float, check_certificate: CheckCertificate | None = None) -> None:
        self.check_certificate = check_certificate
        self._deadline = time.monotonic() + timeout_s
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._is_cut = False

    @property
    def is_cut(self) -> bool:
        """Whether somebody abandoned the call."""
        return self._is_cut

    @property
    def is_late(self) -> bool:
        """Whether the deadline has passed."""
        return time.monotonic() >= self._deadline

    def remaining_s(self) -> float:
        """Seconds left, more than 0. Raises TimeoutError when there are none."""
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline of the call has passed")
        return left

    def attach(self, sock: socket.socket) -> None:
        """Name the socket that the call waits on from now. Raises ConnectionAbortedError when the call was cut."""
        with self._lock:
            self._socket = sock
            if self._is_cut:
                raise ConnectionAbortedError("the call was abandoned")

    def detach(self) -> None:
        """Forget the socket: it may be closed or lent to another call now."""
        with self._lock:
            self._socket = None

    def cut(self) -> None:
        """Abandon the call: whoever waits on its socket wakes at once."""
        with self._lock:
            self._is_cut = True
            if self._socket is not None:
                # SSLSocket.shutdown would also take the TLS state away from the thread that is using it.
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


CURRENT_CALL: ContextVar[Call] = ContextVar("CURRENT_CALL")
"""The call that this thread is making: how the deadline passes through requests and urllib3."""


class _DeadlineReader(io.RawIOBase):
    """Reads a socket's raw file with what is left of the call's deadline."""

    def __init__(self, sock: socket.socket, call: Call) -> None:
        super().__init__()
        self._sock = sock
        self._call = call
        self._raw: io.RawIOBase = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        self._sock.settimeout(self._call.remaining_s())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(HTTPResponse):
    """A reply that is read through the deadline of the current call."""

    def __init__(
        self, sock: socket.socket, debuglevel: int = 0, method: str | None = None, url: str | None = None
    ) -> None:
        super().__init__(sock, debuglevel, method, url)
        self.fp.close()
        self.fp = io.BufferedReader(_DeadlineReader(sock, CURRENT_CALL.get()))


class TimedSSLSocket(ssl.SSLSocket):
    """A TLS socket whose handshake can be cut and keeps the deadline."""

    def do_handshake(self, block: bool = False) -> None:
        """Shake hands, with what is left of the call's deadline for all of it."""
        call = CURRENT_CALL.get()
        call.attach(self)
        self.settimeout(call.remaining_s())
        super().do_handshake(block)


def _connected(host: str, port: int, call: Call) -> socket.socket:
    """Connect to the first address that answers. Raises OSError."""
    failure: OSError = OSError(f"{host} has no address")
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        sock = socket.socket(family, kind, protocol)
        try:
            call.attach(sock)
            sock.settimeout(min(call.remaining_s(), _CONNECT_TIMEOUT_S))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.connect(address)
        except OSError as error:
            call.detach()
            sock.close()
            failure = error
        else:
            return sock
    raise failure


class TimedHTTPConnection(HTTPConnection):
    """A plain connection that obeys the current call."""

    response_class = _TimedResponse

    def _new_conn(self) -> socket.socket:
        return _connected(self.host, self.port or self.default_port, CURRENT_CALL.get())

    def putrequest(self, method: str, url: str, skip_host: bool = False, skip_accept_encoding: bool = False) -> None:
        """Begin a request; a connection that was kept alive joins the current call first."""
        if self.sock is not None:
            CURRENT_CALL.get().attach(self.sock)
        super().putrequest(method, url, skip_host, skip_accept_encoding)

    def send(self, data: _DataType | str) -> None:
        """Send, with what is left of the deadline for all of it."""
        if self.sock is not None:
            self.sock.settimeout(CURRENT_CALL.get().remaining_s())
        super().send(data)


class TimedHTTPSConnection(TimedHTTPConnection, HTTPSConnection):
    """A TLS connection that obeys the current call and shows the certificate before anything is sent."""

    def connect(self) -> None:
        """Connect and shake hands. Raises whatever the certificate check of the call raises."""
        super().connect()
        check = CURRENT_CALL.get().check_certificate
        if check is not None and isinstance(self.sock, ssl.SSLSocket):
            check(self.sock.getpeercert(binary_form=True) or b"")
            # Not verified by a CA on purpose: the check above is the policy, and urllib3 must not warn about it.
            self.is_verified = True


class _Pool(HTTPConnectionPool):
    ConnectionCls = TimedHTTPConnection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = TimedHTTPSConnection


class TimedAdapter(HTTPAdapter):
    """A requests adapter over the connections above. It never retries anything."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self._context = context
        super().__init__(max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: object) -> None:
        """Make the pools, with our connections and our TLS context."""
        super().init_poolmanager(connections, maxsize, block, ssl_context=self._context, **pool_kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}

    def drop_idle(self) -> None:
        """Close the connections that nobody uses."""
        for key in self.poolmanager.pools.keys():  # noqa: SIM118 - urllib3 refuses to be iterated
            self.poolmanager.pools[key].close()
        self.poolmanager.clear()
