"""Our own UDP port, for one process alone: BACpypes3 shares ports silently and waits for a missing one for ever."""

from __future__ import annotations

import errno
import re
import socket
import sys
import tempfile
from pathlib import Path

from bacpypes3.pdu import IPv4Address
from filelock import FileLock, Timeout

from clients.bacnet.errors import StackError
from utils.errors import ConfigError, Problem

_FORMS = "write this computer's own address, as in 192.168.0.5/24 or 192.168.0.5/24:47809"
_FORM = re.compile(r"\d{1,3}(\.\d{1,3}){3}(/\d{1,2})?(:\d{1,5})?|[A-Za-z][\w.-]*(:\d{1,5})?")


def interface_address(text: str) -> IPv4Address:
    """An address of this computer with the network's mask, or an interface's name. Raises ConfigError."""
    try:
        if not _FORM.fullmatch(text):
            raise ValueError
        return IPv4Address(text)
    except (ValueError, RuntimeError):
        raise ConfigError([Problem(f"BACnet interface {text!r}", _FORMS)]) from None


class OwnPort:
    """A UDP port that this process has taken, so that it alone opens it. Raises StackError when somebody has it."""

    def __init__(self, wanted: IPv4Address, lock_folder: Path | None = None) -> None:
        """Port 0 takes one that is free."""
        host, port = wanted.addrTuple
        self.port = _bindable(host, port)
        self.address = IPv4Address(f"{host}/{wanted.netmask}:{self.port}")
        folder = lock_folder or Path(tempfile.gettempdir())
        self._lock = FileLock(folder / f"bacnet-{host}-{self.port}.lock", timeout=0, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout:
            raise _taken(host, self.port) from None
        except OSError:
            # Somebody else's file, or a folder that cannot be written: the bind has shown that nobody is there now.
            return

    @property
    def can_broadcast(self) -> bool:
        """Whether the mask leaves room for a broadcast address."""
        return bool(self.address.addrBroadcastTuple != self.address.addrTuple)

    def release(self) -> None:
        """Others may have it. The lock's file stays: removed, it could be another's by now."""
        self._lock.release()


def _bindable(host: str, port: int) -> int:
    """Bind alone for a moment, to see that nobody else has the port. Raises StackError."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        if sys.platform == "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise _refused(host, port, error) from None
        bound: int = probe.getsockname()[1]
    return bound


def _refused(host: str, port: int, error: OSError) -> StackError:
    code = getattr(error, "winerror", None) or error.errno
    if code in (errno.EADDRINUSE, 10048, 10013):
        return _taken(host, port)
    if code in (errno.EADDRNOTAVAIL, 10049):
        return StackError(f"BACnet: this computer has no interface with the address {host}")
    return StackError(f"BACnet: UDP port {port} of {host} cannot be opened: {error.strerror}")


def _taken(host: str, port: int) -> StackError:
    return StackError(f"BACnet: UDP port {port} of {host} is in use by another program on this computer")
