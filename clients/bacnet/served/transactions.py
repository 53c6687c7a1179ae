"""Requests and answers between the network and the application, whatever a peer sends (ASHRAE 135, clause 5.4)."""

from __future__ import annotations

from bacpypes3.apdu import (
    APDU,
    AbortPDU,
    AbortReason,
    ComplexAckPDU,
    ConfirmedRequestPDU,
    RejectPDU,
    SegmentAckPDU,
    SimpleAckPDU,
    UnconfirmedRequestPDU,
    complex_ack_types,
    decode_max_apdu_length_accepted,
)
from bacpypes3.appservice import (
    ABORTED,
    SEGMENTED_REQUEST,
    SEGMENTED_RESPONSE,
    SSM,
    ApplicationServiceAccessPoint,
    ServerSSM,
)
from bacpypes3.comm import ServiceAccessPoint
from bacpypes3.errors import RejectException
from bacpypes3.pdu import PDU, Address

from clients.bacnet.errors import UNREADABLE
from clients.bacnet.octets.answers import in_words
from clients.bacnet.served.decoding import decoded
from clients.bacnet.served.services import class_of

_LARGEST_WINDOW = 127
_MOST_SEGMENTS = 255
_HEADER, _SEGMENT_HEADER = 3, 5
"""Octets before the content of an acknowledgement, whole or in segments."""
_RESERVED_LENGTH = 6
"""From here on, the code of the longest APDU that a client takes says nothing: then it is the shortest."""


class Transaction(ServerSSM):  # type: ignore[misc]
    """One request to us, and its answer."""

    maxSegmentsAccepted: int | None  # noqa: N815 - BACpypes3's name for what the client takes

    async def idle(self, apdu: APDU) -> None:
        """The request, or the first segment of it."""
        self.invokeID = apdu.apduInvokeID
        if apdu.apduMaxResp >= _RESERVED_LENGTH:
            apdu.apduMaxResp = 0
        self._longest = decode_max_apdu_length_accepted(apdu.apduMaxResp)
        if apdu.apduSeg and apdu.apduSeq:
            await self.response(self.abort(AbortReason.invalidApduInThisState))
        elif apdu.apduSeg and not _is_window(apdu):
            await self.response(self.abort(AbortReason.windowSizeOutOfRange))
        else:
            await super().idle(apdu)

    async def segmented_request(self, apdu: APDU) -> None:
        """Another segment: only so many fit."""
        limit = self.ssmSAP.maxSegmentsAccepted * self.ssmSAP.maxApduLengthAccepted
        if len(self.segmentAPDU.pduData) + len(apdu.pduData) > limit:
            await self.response(self.abort(AbortReason.bufferOverflow))
        else:
            await super().segmented_request(apdu)

    async def request(self, apdu: APDU) -> None:
        """Pass a request that is complete to the application, or reject it."""
        kind = class_of(apdu)
        if isinstance(apdu, AbortPDU) or kind is None:
            return  # of no concern to the application
        try:
            request = decoded(apdu, kind)
        except RejectException as error:
            await self.confirmation(RejectPDU(reason=error.rejectReason, context=apdu))
            return
        request.pduSource, request.pduDestination = self.pdu_address, None
        await self.ssmSAP.sap_request(request)

    async def confirmation(self, apdu: APDU) -> None:
        """Answer, in pieces that the client takes: BACpypes3 counts them without their headers."""
        if isinstance(apdu, ComplexAckPDU):
            fits = len(apdu.pduData) + _HEADER <= self._longest
            self.maxApduLengthAccepted = self._longest - (_HEADER if fits else _SEGMENT_HEADER)
            self.maxSegmentsAccepted = min(self.maxSegmentsAccepted or _MOST_SEGMENTS, _MOST_SEGMENTS)
        await super().confirmation(apdu)
        if self.state == SEGMENTED_RESPONSE:
            self.actualWindowSize = 1  # until the client says more: the first segment may have to be sent again


class AccessPoint(ApplicationServiceAccessPoint):  # type: ignore[misc]
    """Takes what comes from the network apart. What is no APDU, or fits nothing that is going on, is dropped."""

    async def confirmation(self, pdu: PDU) -> None:
        """A packet's content."""
        try:
            apdu = APDU.decode(pdu)
        except UNREADABLE:
            return
        if isinstance(apdu, ConfirmedRequestPDU):
            await self._asked(apdu)
        elif isinstance(apdu, UnconfirmedRequestPDU):
            await self._told(apdu)
        else:
            await self._answered(apdu)

    async def sap_response(self, apdu: APDU) -> None:
        """The answer to a request of ours."""
        await ServiceAccessPoint.sap_response(self, in_words(apdu))

    async def _asked(self, apdu: APDU) -> None:
        if _is_broadcast(apdu.pduDestination):
            return
        if class_of(apdu) is None:
            await self.request(RejectPDU(reason="unrecognizedService", context=apdu))
            return
        transaction = _transaction(self.serverTransactions, apdu)
        if transaction is None:
            transaction = Transaction(self, apdu.pduSource)
            self.serverTransactions.append(transaction)
        elif transaction.state == SEGMENTED_RESPONSE:
            return  # asked again while the answer is on its way
        await transaction.indication(apdu)

    async def _told(self, apdu: APDU) -> None:
        kind = class_of(apdu)
        if kind is None:
            return
        try:
            request = decoded(apdu, kind)
        except RejectException:
            return
        await self.sap_request(request)

    async def _answered(self, apdu: APDU) -> None:
        is_ours = not isinstance(apdu, AbortPDU | SegmentAckPDU) or apdu.apduSrv
        transaction = _transaction(self.clientTransactions if is_ours else self.serverTransactions, apdu)
        if transaction is None or (isinstance(apdu, SegmentAckPDU) and not _is_awaited(apdu, transaction)):
            return
        if is_ours:
            await transaction.confirmation(apdu if _fits(apdu, transaction) else _unfitting(apdu))
        elif isinstance(apdu, AbortPDU):
            transaction.set_state(ABORTED)  # and nobody answers to an abort
        else:
            await transaction.indication(apdu)


def _transaction(known: list[SSM], apdu: APDU) -> SSM | None:
    key = (apdu.apduInvokeID, apdu.pduSource)
    return next((one for one in known if (one.invokeID, one.pdu_address) == key), None)


def _fits(apdu: APDU, transaction: SSM) -> bool:
    """Whether this may answer what was asked: BACpypes3 compares no more than the number of the request."""
    if not isinstance(apdu, SimpleAckPDU | ComplexAckPDU):
        return True
    asked = transaction.segmentAPDU.apduService
    return bool(apdu.apduService == asked and isinstance(apdu, ComplexAckPDU) == (asked in complex_ack_types))


def _unfitting(apdu: APDU) -> AbortPDU:
    reason = AbortReason.invalidApduInThisState
    return AbortPDU(srv=True, invoke_id=apdu.apduInvokeID, reason=reason, source=apdu.pduSource)


def _is_window(apdu: APDU) -> bool:
    return bool(1 <= apdu.apduWin <= _LARGEST_WINDOW)


def _is_awaited(apdu: APDU, transaction: SSM) -> bool:
    """Whether this acknowledges a segment that there is."""
    if transaction.state not in (SEGMENTED_REQUEST, SEGMENTED_RESPONSE) or not transaction.segmentCount:
        return False
    last = transaction.segmentCount - 1
    return _is_window(apdu) and bool(apdu.apduSeq < last or (transaction.sentAllSegments and apdu.apduSeq == last))


def _is_broadcast(address: Address | None) -> bool:
    return address is not None and bool(
        address.is_localbroadcast or address.is_remotebroadcast or address.is_globalbroadcast
    )
