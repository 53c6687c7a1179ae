"""The services that our device carries out: one table for what it claims and for what it does."""

from __future__ import annotations

from types import MappingProxyType

from bacpypes3.apdu import (
    APDU,
    ConfirmedCOVNotificationRequest,
    IAmRequest,
    IHaveRequest,
    ReadPropertyMultipleRequest,
    ReadPropertyRequest,
    SubscribeCOVRequest,
    UnconfirmedCOVNotificationRequest,
    UnconfirmedRequestPDU,
    WhoHasRequest,
    WhoIsRequest,
    WritePropertyMultipleRequest,
    WritePropertyRequest,
)

CONFIRMED = MappingProxyType(
    {
        kind.service_choice: (kind, name)
        for kind, name in (
            (ConfirmedCOVNotificationRequest, "confirmed-cov-notification"),
            (ReadPropertyMultipleRequest, "read-property-multiple"),
            (ReadPropertyRequest, "read-property"),
            (SubscribeCOVRequest, "subscribe-cov"),
            (WritePropertyMultipleRequest, "write-property-multiple"),
            (WritePropertyRequest, "write-property"),
        )
    }
)
UNCONFIRMED = MappingProxyType(
    {
        kind.service_choice: (kind, name)
        for kind, name in (
            (IAmRequest, "i-am"),
            (IHaveRequest, "i-have"),
            (UnconfirmedCOVNotificationRequest, "unconfirmed-cov-notification"),
            (WhoHasRequest, "who-has"),
            (WhoIsRequest, "who-is"),
        )
    }
)
CLAIMED = tuple(sorted(name for served in (CONFIRMED, UNCONFIRMED) for _, name in served.values()))
"""For ``protocol-services-supported``."""


def class_of(apdu: APDU) -> type[APDU] | None:
    """BACpypes3's class of a request; None for a service that we do not have."""
    served = UNCONFIRMED if isinstance(apdu, UnconfirmedRequestPDU) else CONFIRMED
    known = served.get(apdu.apduService)
    return None if known is None else known[0]
