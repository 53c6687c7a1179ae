"""Our own UDP port, for one process alone: BACpypes3 shares ports silently and waits for a missing one for ever."""

from __future__ import annotations

import errno
import re
import socket
import sys
import tempfile
from collections.abc import Callable
from ipaddress import IPv4Interface
from pathlib import Path

from bacpypes3.pdu import IPv4Address
from filelock import FileLock, Timeout

from clients.bacnet.errors import StackError
from utils.errors import ConfigError, Problem

_FORMS = "write this computer's own address, as in 192.168.0.5/24 or 192.168.0.5/24:47809"
_LIKELY_MASKS = (24, 23, 22, 16, 21, 20, 25, 26, 27, 28, 19, 18, 17, 29, 30, 12, 8)
_FORM = re.compile(r"\d{1,3}(\.\d{1,3}){3}(/\d{1,2})?(:\d{1,5})?|[A-Za-z][\w.-]*(:\d{1,5})?")

_HIGHEST_PORT = 65535


def interface_address(text: str) -> IPv4Address:
    """An address of this computer with the network's mask, or an interface's name. Raises ConfigError."""
    try:
        if not _FORM.fullmatch(text):
            raise ValueError
        address = IPv4Address(text)
        if address.addrPort > _HIGHEST_PORT:
            raise ValueError
        return address
    except (ValueError, RuntimeError):
        raise ConfigError([Problem(f"BACnet interface {text!r}", _FORMS)]) from None


def with_likely_mask(host: str, knows: Callable[[str], bool] | None = None) -> str:
    """Our own address with the first likely mask whose broadcast address this computer ``knows``; else /24.

    Windows does not tell.
    """
    networks = (IPv4Interface(f"{host}/{mask}").network for mask in _LIKELY_MASKS)
    found = (each.prefixlen for each in networks if (knows or _is_ours)(str(each.broadcast_address)))
    return f"{host}/{next(found, _LIKELY_MASKS[0])}"


class OwnPort:
    """A UDP port that this process has taken, so that it alone opens it. Raises StackError when somebody has it."""

    def __init__(self, wanted: IPv4Address, lock_folder: Path | None = None) -> None:
        """Port 0 takes one that is free."""
        host, port = wanted.addrTuple
        self.port = _bindable(host, port)
        self.address = IPv4Address(f"{host}/{wanted.netmask}:{self.port}")
        if self.can_broadcast and sys.platform != "win32":
            check_broadcast(*self.address.addrBroadcastTuple)
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


def check_broadcast(host: str, port: int) -> None:
    """BACpypes3 would try for ever to listen to broadcasts where it cannot. Raises StackError."""
    try:
        _bind_broadcast(host, port)
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            said = f"BACnet: {host} is no broadcast address of this computer; is the mask of the interface right?"
            raise StackError(said) from None
        raise _refused(host, port, error) from None


def _is_ours(host: str) -> bool:
    try:
        _bind_broadcast(host, 0)
    except OSError:
        return False
    return True


def _bind_broadcast(host: str, port: int) -> None:
    """For a moment, and beside others, as BACpypes3 will. Raises OSError."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        if sys.platform != "win32":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        probe.bind((host, port))


def _refused(host: str, port: int, error: OSError) -> StackError:
    code = getattr(error, "winerror", None) or error.errno
    if code in (errno.EADDRINUSE, 10048, 10013):
        return _taken(host, port)
    if code in (errno.EADDRNOTAVAIL, 10049):
        return StackError(f"BACnet: this computer has no interface with the address {host}")
    return StackError(f"BACnet: UDP port {port} of {host} cannot be opened: {error.strerror}")


def _taken(host: str, port: int) -> StackError:
    return StackError(f"BACnet: UDP port {port} of {host} is in use by another program on this computer")
