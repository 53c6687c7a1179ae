"""Which certificates are trusted: pinned on first sight, a CA, or any.

Controllers come with self-signed certificates (ecy-rest-api §2), so a pin is the policy that works without an
administrator and still notices an impostor before any password is sent.
"""

from __future__ import annotations

import hashlib
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

from clients.http_connection import CheckCertificate, TimedSSLSocket
from utils.errors import ConfigError, Problem

_LOG = logging.getLogger(__name__)


class Pins(Protocol):
    """The certificate fingerprints that were accepted, by address (``host[:port]``)."""

    def get(self, address: str) -> str | None:
        """The fingerprint on record, or None."""

    def set(self, address: str, fingerprint: str) -> None:
        """Put a fingerprint on record."""


class TlsMode(Enum):
    """How a certificate is judged."""

    PIN = "pin"
    VERIFY = "verify"
    CA_FILE = "ca-file"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class TlsPolicy:
    """The policy of all controllers, as ``ECY_TLS`` names it.

    ``ca_file`` belongs to ``CA_FILE`` and ``pins`` to ``PIN``; ``pins_file`` is what a message calls the place where
    pins are kept.
    """

    mode: TlsMode
    ca_file: Path | None = None
    pins: Pins | None = None
    pins_file: str = "the pins file"

    def __post_init__(self) -> None:
        if (self.pins is None) is (self.mode is TlsMode.PIN):
            raise ValueError("pins belong to the policy 'pin', and only to it")

    @classmethod
    def parse(cls, text: str, pins: Pins, pins_file: str) -> TlsPolicy:
        """The policy that ``pin``, ``verify``, ``off`` or the path of a CA file asks for. Raises ConfigError."""
        word = text.strip()
        if word.lower() == TlsMode.PIN.value:
            return cls(TlsMode.PIN, pins=pins, pins_file=pins_file)
        if word.lower() in (TlsMode.VERIFY.value, TlsMode.OFF.value):
            return cls(TlsMode(word.lower()))
        try:
            ssl.create_default_context(cafile=word)
        except OSError as error:
            raise ConfigError(
                [Problem("ECY_TLS", f"{word!r} is not pin, verify, off or a CA file ({error})")]
            ) from None
        return cls(TlsMode.CA_FILE, ca_file=Path(word))


@dataclass(frozen=True, slots=True)
class Trust:
    """A policy applied to one peer, in the form that the funnel needs.

    ``verify`` is what requests calls by that name: True, False, or the path of a CA file.
    """

    verify: bool | str
    check: CheckCertificate | None = None

    def context(self) -> ssl.SSLContext:
        """A TLS client context. Raises OSError when the CA file cannot be read."""
        if self.verify is False:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        elif self.verify is True:
            context = ssl.create_default_context()
        else:
            context = ssl.create_default_context(cafile=self.verify)
            # From 3.13 on the default is strict about extensions that the certificates of small devices lack.
            context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        context.sslsocket_class = TimedSSLSocket
        return context


SYSTEM_CAS = Trust(verify=True)
"""A CA that this computer knows has to vouch for the peer, if it speaks TLS at all."""


def trust_for(address: str, policy: TlsPolicy, refuse: Callable[[str], Exception]) -> Trust:
    """Apply a policy to one peer. ``refuse`` makes the error that a changed certificate raises."""
    if policy.mode is TlsMode.VERIFY:
        return SYSTEM_CAS
    if policy.mode is TlsMode.CA_FILE:
        return Trust(verify=str(policy.ca_file))
    if policy.pins is not None:
        return Trust(verify=False, check=_pinned(address, policy.pins, policy.pins_file, refuse))
    return Trust(verify=False, check=_accept)


def fingerprint_of(certificate: bytes) -> str:
    """SHA-256 of a DER certificate, as lower-case hexadecimal digits."""
    return hashlib.sha256(certificate).hexdigest()


def _accept(certificate: bytes) -> None:
    """Any certificate will do."""


def _pinned(address: str, pins: Pins, pins_file: str, refuse: Callable[[str], Exception]) -> CheckCertificate:
    def check(certificate: bytes) -> None:
        seen = fingerprint_of(certificate)
        known = pins.get(address)
        if known is None:
            pins.set(address, seen)
            _LOG.info("%s: its certificate is trusted from now on (SHA-256 %s)", address, seen)
        elif known.lower().replace(":", "") != seen:
            raise refuse(
                f"its certificate has changed: expected SHA-256 {known}, it shows {seen}. If you replaced the "
                f"controller or its certificate, delete the line of {address} in {pins_file} and start again"
            )

    return check
