"""One spelling per host: what counts as the same controller or server must read the same."""

from __future__ import annotations

import ipaddress
import re
import socket

_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
"""What a resolver takes for a part of an IPv4 address: ``0x7f000701``, ``127.1`` and ``2130706433`` are such."""


def one_spelling(host: str) -> str:
    """Return an IP address (IPv6 without brackets) in its usual spelling, and a host name as it is.

    Raises ValueError, with the remedy, for a number that some resolvers read as an address.
    """
    if ":" not in host and not _NUMBER.fullmatch(host.rpartition(".")[2]):
        return host
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        raise ValueError(f"{host!r} is not an IP address{_remedy(host)}") from None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def base_url(host: str, port: int | str) -> str:
    """The address of an HTTP server by its host (IPv6 without brackets) and port."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _remedy(host: str) -> str:
    if any(len(part) > 1 and part.startswith("0") and part.isdigit() for part in host.split(".")):
        return "; leave out the zeros at the front of its numbers"
    try:
        return f"; if {socket.inet_ntoa(socket.inet_aton(host))} is meant, write that"
    except OSError:
        return ""
