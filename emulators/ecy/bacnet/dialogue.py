"""Who may ask, how much at a time, and how an answer is cut (ASHRAE 135, clauses 5.4 and 20.1).

On top of BACpypes3's transactions, which say nothing to a request that they cannot read, break on acknowledgements
that nobody waits for, and count an answer's octets without its header.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace

from bacpypes3.apdu import (
    APDU,
    AbortPDU,
    AbortReason,
    ComplexAckPDU,
    ConfirmedRequestPDU,
    ErrorPDU,
    RejectPDU,
    SegmentAckPDU,
    UnconfirmedRequestPDU,
)
from bacpypes3.app import DeviceInfoCache
from bacpypes3.appservice import (
    ABORTED,
    SEGMENTED_RESPONSE,
    ApplicationServiceAccessPoint,
    ServerSSM,
)
from bacpypes3.errors import RejectException
from bacpypes3.pdu import PDU

from emulators.ecy.bacnet.wire.requests import MALFORMED, request_from
from emulators.ecy.bacnet.wire.values import Element, Request

_LENGTHS = (50, 128, 206, 480, 1024, 1476)
"""Octets that a client takes at once, by the code in its request; those that come after are reserved."""
_WINDOWS = range(1, 128)
_COUNTED_SEGMENTS = 255
_WHOLE, _IN_SEGMENTS = 3, 5
"""Octets of an acknowledgement's header."""


class Dialogue(ServerSSM):  # type: ignore[misc]
    """One request of a client, from its first segment to the last one of the answer."""

    maxSegmentsAccepted: int | None  # noqa: N815 - BACpypes3's: ours at first, then the client's

    def __init__(self, point: AnswerPoint, request: APDU) -> None:
        super().__init__(point, request.pduSource)
        self.invokeID = request.apduInvokeID
        code = request.apduMaxResp
        request.apduMaxResp = code if code < len(_LENGTHS) else 0
        self._takes = _LENGTHS[request.apduMaxResp]
        self._room = (self.maxSegmentsAccepted or 1) * self.maxApduLengthAccepted

    async def idle(self, apdu: APDU) -> None:
        """Begin. What is cut in segments begins with the first of them."""
        if apdu.apduSeg and apdu.apduSeq != 0:
            await self.response(self.abort(AbortReason.invalidApduInThisState))
        elif apdu.apduSeg and apdu.apduWin not in _WINDOWS:
            await self.response(self.abort(AbortReason.windowSizeOutOfRange))
        else:
            await super().idle(apdu)

    async def segmented_request(self, apdu: APDU) -> None:
        """Go on, as far as there is room."""
        self._room -= len(apdu.pduData)
        if self._room < 0:
            await self.response(self.abort(AbortReason.bufferOverflow))
        else:
            await super().segmented_request(apdu)

    async def request(self, apdu: APDU) -> None:
        """Hand a whole request on, or reject it."""
        if isinstance(apdu, AbortPDU):
            return  # BACpypes3 tells the application; ours has nothing to take back
        try:
            request = request_from(apdu, self.ssmSAP.kinds[ConfirmedRequestPDU, apdu.apduService])
        except RejectException as rejection:
            await self.confirmation(RejectPDU(reason=rejection.rejectReason, context=apdu))
        else:
            await self.ssmSAP.sap_request(request)

    async def confirmation(self, apdu: APDU) -> None:
        """Answer."""
        if isinstance(apdu, ComplexAckPDU):
            whole = len(apdu.pduData) + _WHOLE <= self._takes
            self.maxApduLengthAccepted = self._takes - (_WHOLE if whole else _IN_SEGMENTS)
            self.maxSegmentsAccepted = min(self.maxSegmentsAccepted or _COUNTED_SEGMENTS, _COUNTED_SEGMENTS)
        await super().confirmation(apdu)
        if self.state == SEGMENTED_RESPONSE:
            self.actualWindowSize = 1  # what has not been acknowledged is sent again one by one

    def acknowledges(self, apdu: APDU) -> bool:
        """Whether a client can have received the segment that it acknowledges."""
        if self.state != SEGMENTED_RESPONSE or apdu.apduWin not in _WINDOWS:
            return False
        last = self.segmentCount - 1
        return bool(apdu.apduSeq < last or (apdu.apduSeq == last and self.sentAllSegments))


class AnswerPoint(ApplicationServiceAccessPoint):  # type: ignore[misc]
    """Takes in what clients send. ``handled`` are the requests that the controller has an answer to."""

    def __init__(self, limits: SimpleNamespace, cache: DeviceInfoCache, handled: Iterable[Element]) -> None:
        super().__init__(limits, cache)
        self._longest: int = limits.maxApduLengthAccepted
        self.kinds = {(_base_of(kind), int(kind.service_choice)): kind for kind in handled}
        """By whether they are confirmed, and by the number of the service."""

    async def confirmation(self, pdu: PDU) -> None:
        """Octets have come. Nobody is told of those that are no APDU."""
        octets = len(pdu.pduData)
        try:
            apdu = APDU.decode(pdu)
        except MALFORMED:
            return
        if isinstance(apdu, ConfirmedRequestPDU) and octets > self._longest:
            await self.request(AbortPDU(srv=True, reason=AbortReason.apduTooLong, context=apdu))
        elif isinstance(apdu, ConfirmedRequestPDU):
            await self._ask(apdu)
        elif isinstance(apdu, UnconfirmedRequestPDU):
            await self._tell(apdu)
        elif isinstance(apdu, AbortPDU | SegmentAckPDU) and not apdu.apduSrv:
            await self._go_on(apdu)
        elif not isinstance(apdu, SegmentAckPDU):
            await self._end(apdu)

    async def sap_response(self, apdu: APDU) -> None:
        """The end of a confirmed notification. An error that cannot be read ends it too."""
        if isinstance(apdu, ComplexAckPDU | ErrorPDU):
            apdu = RejectPDU(apdu.apduInvokeID, "other", source=apdu.pduSource)
        await super().sap_response(apdu)

    async def _ask(self, apdu: APDU) -> None:
        if not apdu.pduDestination.is_localstation:
            return  # a broadcast: all would answer
        if (ConfirmedRequestPDU, apdu.apduService) not in self.kinds:
            await self.request(RejectPDU(reason="unrecognizedService", context=apdu))
            return
        dialogue = self._dialogue(apdu)
        if dialogue is None:
            dialogue = Dialogue(self, apdu)
            self.serverTransactions.append(dialogue)
        if dialogue.state != SEGMENTED_RESPONSE:  # else it is being answered
            await dialogue.indication(apdu)

    async def _tell(self, apdu: APDU) -> None:
        kind = self.kinds.get((UnconfirmedRequestPDU, apdu.apduService))
        if kind is None:
            return
        try:
            request: Request = request_from(apdu, kind)
        except RejectException:
            return
        await self.sap_request(request)

    async def _go_on(self, apdu: APDU) -> None:
        dialogue = self._dialogue(apdu)
        if dialogue is None:
            return
        if isinstance(apdu, AbortPDU):
            dialogue.set_state(ABORTED)
        elif dialogue.acknowledges(apdu):
            await dialogue.indication(apdu)

    async def _end(self, apdu: APDU) -> None:
        """What a subscriber says to a confirmed notification."""
        for sent in self.clientTransactions:
            if (sent.invokeID, sent.pdu_address) == (apdu.apduInvokeID, apdu.pduSource):
                await sent.confirmation(apdu)
                return

    def _dialogue(self, apdu: APDU) -> Dialogue | None:
        same = (one for one in self.serverTransactions if one.pdu_address == apdu.pduSource)
        return next((one for one in same if one.invokeID == apdu.apduInvokeID), None)


def _base_of(kind: Element) -> Element:
    return UnconfirmedRequestPDU if issubclass(kind, UnconfirmedRequestPDU) else ConfirmedRequestPDU
