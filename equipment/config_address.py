"""Where a controller is: ``device_ip`` with or without a port, in one spelling per controller."""

from __future__ import annotations

import ipaddress
import re

_ADDRESS = re.compile(r"(?P<host>\[[^\[\]]+\]|[^\[\]:]+)(:(?P<port>\d{1,5}))?")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?")
_HIGHEST_PORT = 65535


def normal_address(text: str) -> str:
    """Return an address in lower case, checked.

    Raises ValueError, with the remedy, for anything but a host name, an IPv4 or a bracketed IPv6 address, each with
    or without a port.
    """
    if "/" in text or "@" in text:
        raise ValueError(f"{text!r} is more than an address; leave out https://, any path and any user")
    if text.count(":") > 1 and "[" not in text:
        raise ValueError(f"{text!r} looks like IPv6; write it in brackets: [{text}]")
    match = _ADDRESS.fullmatch(text.lower())
    if match is None:
        raise ValueError(f"{text!r} is not an address; write it like 10.168.15.12 or 127.0.0.1:8443")
    if match["port"] and not 1 <= int(match["port"]) <= _HIGHEST_PORT:
        raise ValueError(f"port {match['port']} is not between 1 and {_HIGHEST_PORT}")
    return _normal_host(match["host"]) + (f":{int(match['port'])}" if match["port"] else "")


def _normal_host(host: str) -> str:
    if host.startswith("["):
        return f"[{_ip(host[1:-1])}]"
    labels = host.split(".")
    if labels[-1].isdigit():
        return _ip(host)
    if not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(f"{host!r} is not a host name")
    return host


def _ip(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise ValueError(f"{text!r} is not an IP address") from None
