"""Which certificates are trusted: pinned at first contact, a CA, or any.

Controllers come with self-signed certificates (ecy-rest-api §2), so a pin is the policy that works without an
administrator and still notices an impostor before any password is sent. A certificate is put on record when its owner
has shown itself to be a controller, not before: :meth:`PinnedCertificate.keep`.
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

from clients.http.connection import CheckCertificate, TimedSSLSocket
from utils.errors import ConfigError, Problem

_USUAL_PORT = 443
log = logging.getLogger(__name__)


class Pins(Protocol):
    """The certificate fingerprints that were accepted, by address (``host[:port]``)."""

    def get(self, address: str) -> str | None:
        """The fingerprint on record, or None."""

    def set(self, address: str, fingerprint: str) -> None:
        """Put a fingerprint on record."""


class PassingPins:
    """Pins that nobody keeps."""

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}

    def get(self, address: str) -> str | None:
        """The fingerprint of the first contact, or None before."""
        return self._seen.get(address)

    def set(self, address: str, fingerprint: str) -> None:
        """Keep one for as long as this object is there."""
        self._seen[address] = fingerprint


class TlsMode(Enum):
    """How a certificate is judged."""

    PIN = "pin"
    VERIFY = "verify"
    CA_FILE = "ca-file"
    OFF = "off"


def tell_trusted(address: str, fingerprint: str) -> None:
    """Say that a certificate has been put on record."""
    log.info("%s: its certificate is trusted from now on (SHA-256 %s)", address, fingerprint)


@dataclass(frozen=True, slots=True)
class TlsPolicy:
    """The policy of all controllers, as ``ECY_TLS`` names it.

    ``ca_file`` belongs to ``CA_FILE`` and ``pins`` to ``PIN``; ``pins_file`` is what a message calls the place where
    pins are kept. Without ``keeps_pins`` a certificate is compared with its pin, and nothing is put on record. ``tell``
    hears of addresses and the fingerprints that are.
    """

    mode: TlsMode
    ca_file: Path | None = None
    pins: Pins | None = None
    pins_file: str = "the pins file"
    keeps_pins: bool = True
    tell: Callable[[str, str], None] = tell_trusted

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


class PinnedCertificate:
    """Compares the certificate of one peer with its pin. Without one, every connection has to show the same.

    ``refuse`` makes the error that another certificate raises.
    """

    def __init__(self, address: str, policy: TlsPolicy, pins: Pins, refuse: Callable[[str], Exception]) -> None:
        self._address = address
        self._policy = policy
        self._pins = pins
        self._refuse = refuse
        self.seen: str | None = None
        """The fingerprint that the peer has shown, once it was accepted."""

    @property
    def is_on_record(self) -> bool:
        """Whether there is a pin."""
        return self._pinned() is not None

    @property
    def remedy(self) -> str:
        """How a person puts the certificate that was seen on record."""
        return f'"{self._address}": "{self.seen}" in {self._policy.pins_file}'

    def check(self, certificate: bytes) -> None:
        """Compare. Raises what ``refuse`` makes."""
        shown = fingerprint_of(certificate)
        key, known = self._pinned() or (self._address, self.seen)
        if known is not None and known.lower().replace(":", "") != shown:
            raise self._refuse(
                f"its certificate has changed: expected SHA-256 {known}, it shows {shown}. If you replaced the "
                f"controller or its certificate, delete the line of {key} in {self._policy.pins_file} and start again"
            )
        self.seen = shown

    def keep(self) -> None:
        """Put the certificate on record: its owner has shown itself to be what it should be."""
        if self.seen is None or not self._policy.keeps_pins or self.is_on_record:
            return
        self._pins.set(self._address, self.seen)
        self._policy.tell(self._address, self.seen)

    def _pinned(self) -> tuple[str, str] | None:
        """The line on record. Earlier versions kept the usual port in it, where the config said so."""
        has_port = ":" in self._address.rpartition("]")[2]
        for key in (self._address,) if has_port else (self._address, f"{self._address}:{_USUAL_PORT}"):
            if (known := self._pins.get(key)) is not None:
                return key, known
        return None


@dataclass(frozen=True, slots=True)
class Trust:
    """A policy applied to one peer, in the form that the funnel needs.

    ``verify`` is what requests calls by that name: True, False, or the path of a CA file. ``pin`` is there where the
    policy is one of pins.
    """

    verify: bool | str
    check: CheckCertificate | None = None
    pin: PinnedCertificate | None = None

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
        pin = PinnedCertificate(address, policy, policy.pins, refuse)
        return Trust(verify=False, check=pin.check, pin=pin)
    return Trust(verify=False, check=_accept)


def fingerprint_of(certificate: bytes) -> str:
    """SHA-256 of a DER certificate, as lower-case hexadecimal digits."""
    return hashlib.sha256(certificate).hexdigest()


def _accept(certificate: bytes) -> None:
    """Any certificate will do."""
