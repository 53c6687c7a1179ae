"""Where a controller is: ``device_ip`` with or without a port, in one spelling per controller."""

from __future__ import annotations

import re

from clients.making import bacnet_address
from utils.addresses import one_spelling
from utils.bacnet import SCHEME, bare_address
from utils.errors import ConfigError
from utils.placeholders import is_placeholder

_ADDRESS = re.compile(r"(?P<host>\[[^\[\]]+\]|[^\[\]:]+)(:(?P<port>\d{1,5}))?")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?")
_NOBODYS = re.compile(r"(0\.0\.0\.0|255\.255\.255\.255)(:\d+)?|[\d.]+:0|(0|65535):.*")
"""In BACnet: broadcasts, port 0, and networks that stand for this one and for all (ASHRAE 135, 6.2.2)."""
_HIGHEST_PORT = 65535
_USUAL_PORT = 443


def device_address(text: str, is_bacnet: bool) -> str:
    """An address of either kind in its one spelling. Raises ValueError, with the remedy."""
    if not is_bacnet:
        return normal_address(text)
    _refuse_placeholder(text)
    if _NOBODYS.fullmatch(text):
        raise ValueError(f"{text!r} is no single device's address, but everybody's or nobody's")
    try:
        return bacnet_address(text)
    except ConfigError as error:
        raise ValueError(f"{text!r} is no BACnet address; {error.problems[0].what}") from None


def told_address(text: str) -> str:
    """One on the command line: over BACnet with ``bacnet://`` before it. Raises ValueError, with the remedy."""
    bare = bare_address(text)
    found = device_address(bare, is_bacnet=bare != text)
    return f"{SCHEME}{found}" if bare != text else found


def normal_address(text: str) -> str:
    """Return an address in lower case, checked, without the port where it is the usual one.

    Raises ValueError, with the remedy, for anything but a host name, an IPv4 or a bracketed IPv6 address, each with
    or without a port.
    """
    _refuse_placeholder(text)
    if "/" in text or "@" in text:
        raise ValueError(f"{text!r} is more than an address; leave out https://, any path and any user")
    if text.count(":") > 1 and "[" not in text:
        raise ValueError(f"{text!r} looks like IPv6; write it in brackets: [{text}]")
    match = _ADDRESS.fullmatch(text.lower())
    if match is None:
        raise ValueError(f"{text!r} is not an address; write it like 10.168.15.12 or 127.0.0.1:8443")
    if match["port"] and not 1 <= int(match["port"]) <= _HIGHEST_PORT:
        raise ValueError(f"port {match['port']} is not between 1 and {_HIGHEST_PORT}")
    port = int(match["port"] or _USUAL_PORT)
    return _normal_host(match["host"]) + (f":{port}" if port != _USUAL_PORT else "")


def _refuse_placeholder(text: str) -> None:
    if is_placeholder(text.upper()):
        raise ValueError(f"{text!r} is a placeholder; put the controller's address in its place")


def _normal_host(host: str) -> str:
    if host.startswith("["):
        if ":" not in host:
            raise ValueError(f"{host!r} is not an IPv6 address, and only those stand in brackets")
        found = one_spelling(host[1:-1])
        return f"[{found}]" if ":" in found else found
    found = one_spelling(host)
    if not all(_LABEL.fullmatch(label) for label in found.split(".")):
        raise ValueError(f"{host!r} is not a host name")
    return found
