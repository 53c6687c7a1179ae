"""SubscribeCOV of our own objects (ASHRAE 135, clauses 13.1 and 13.14)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from bacpypes3.apdu import ConfirmedRequestPDU, SimpleAckPDU, SubscribeCOVRequest
from bacpypes3.basetypes import COVSubscription, ObjectPropertyReference, Recipient, RecipientProcess
from bacpypes3.errors import ExecutionError, MissingRequiredParameter, ParameterOutOfRange, ServicesError
from bacpypes3.service.cov import Subscription as ForeignSubscription

from clients.bacnet.results import Untyped
from clients.bacnet.served.reading import ServedReads

_MOST = 100
"""Subscriptions at a time: far below the 256 requests that BACpypes3 can have under way to one address."""

_UNSIGNED32 = 0xFFFFFFFF


class ServedSubscriptions(ServedReads):
    """Tells of changes. BACpypes3 notices them and counts lifetimes down."""

    def __init__(self, **options: Untyped) -> None:
        super().__init__(**options)
        self._under_way: dict[ForeignSubscription, bool] = {}
        """Whose confirmed notification waits for its answer, and whether more has changed meanwhile."""

    async def do_SubscribeCOVRequest(self, apdu: SubscribeCOVRequest) -> None:  # noqa: N802 - BACpypes3 finds it by this name
        """Begin, renew or, without its two options, end."""
        if apdu.subscriberProcessIdentifier > _UNSIGNED32:
            raise ParameterOutOfRange("subscriber process identifier")
        known = self._known(apdu)
        if apdu.issueConfirmedNotifications is None and apdu.lifetime is None:
            if known is not None:
                self.cancel_subscription(known)
            await self.response(SimpleAckPDU(context=apdu))
            return
        subscription = self._renewed(known, apdu) if known is not None else self._begun(apdu)
        await self.response(SimpleAckPDU(context=apdu))
        asyncio.get_running_loop().call_soon(self._tell_again, subscription)

    def subscribed(self) -> list[COVSubscription]:
        """What ``active-cov-subscriptions`` tells."""
        return [_listed(one) for one in self._subscriptions()]

    def cov_notification(self, cov: ForeignSubscription, apdu: Untyped) -> None:
        """Send one. What changes while a confirmed one is under way is told when that is over."""
        if cov in self._under_way:
            self._under_way[cov] = True
            return
        sending = self.request(apdu)
        if isinstance(apdu, ConfirmedRequestPDU):
            self._under_way[cov] = False
            sending.add_done_callback(lambda done: self._delivered(cov, done))

    def _delivered(self, cov: ForeignSubscription, sending: asyncio.Future[Untyped]) -> None:
        """Whatever came back: who does not answer is told of the next change all the same."""
        has_changed = self._under_way.pop(cov)
        if not sending.cancelled():
            sending.exception()
            if has_changed:
                self._tell_again(cov)

    def _tell_again(self, subscription: ForeignSubscription) -> None:
        if subscription.obj_ref is not None:  # as it is once it has ended
            self._cov_detections[subscription.obj_id].send_cov_notifications(subscription)

    def _renewed(self, known: ForeignSubscription, apdu: SubscribeCOVRequest) -> ForeignSubscription:
        lifetime_s = _lifetime_s(apdu)
        known.confirmed = bool(apdu.issueConfirmedNotifications)
        known.renew_subscription(lifetime_s)
        return known

    def _begun(self, apdu: SubscribeCOVRequest) -> ForeignSubscription:
        lifetime_s, target = _lifetime_s(apdu), self.target(apdu.monitoredObjectIdentifier)
        criteria = getattr(target, "_cov_criteria", None)
        if criteria is None:
            raise ServicesError("covSubscriptionFailed")
        if sum(1 for _ in self._subscriptions()) >= _MOST:
            raise ExecutionError("resources", "noSpaceToAddListElement")
        if target.objectIdentifier not in self._cov_detections:
            self._cov_detections[target.objectIdentifier] = criteria(target)
        subscription = ForeignSubscription(
            target,
            apdu.pduSource,
            apdu.subscriberProcessIdentifier,
            target.objectIdentifier,
            bool(apdu.issueConfirmedNotifications),
            lifetime_s,
            None,
        )
        self.add_subscription(subscription)
        return subscription

    def _known(self, apdu: SubscribeCOVRequest) -> ForeignSubscription | None:
        key = (apdu.pduSource, apdu.subscriberProcessIdentifier, apdu.monitoredObjectIdentifier)
        same = (one for one in self._subscriptions() if (one.client_addr, one.proc_id, one.obj_id) == key)
        return next(same, None)

    def _subscriptions(self) -> Iterator[ForeignSubscription]:
        for detection in self._cov_detections.values():
            yield from detection.cov_subscriptions


def _lifetime_s(apdu: SubscribeCOVRequest) -> int:
    """Without a lifetime, as with 0, it is for ever. Raises what there is to say against it."""
    if apdu.issueConfirmedNotifications is None:
        raise MissingRequiredParameter("issue confirmed notifications")
    if apdu.lifetime is not None and apdu.lifetime > _UNSIGNED32:
        raise ServicesError("valueOutOfRange")
    return int(apdu.lifetime or 0)


def _listed(one: ForeignSubscription) -> COVSubscription:
    handle = one.cancel_handle
    remaining_s = 0 if handle is None else max(1, int(handle.when() - asyncio.get_running_loop().time()))
    return COVSubscription(
        recipient=RecipientProcess(recipient=Recipient(address=one.client_addr), processIdentifier=one.proc_id),
        monitoredPropertyReference=ObjectPropertyReference(
            objectIdentifier=one.obj_id, propertyIdentifier="present-value"
        ),
        issueConfirmedNotifications=one.confirmed,
        timeRemaining=remaining_s,
    )
