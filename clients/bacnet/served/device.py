"""Our device object and its network port: they tell what is true, and nobody can write to them."""

from __future__ import annotations

from bacpypes3.basetypes import COVSubscription, ObjectTypesSupported, ServicesSupported
from bacpypes3.constructeddata import ListOf
from bacpypes3.errors import PropertyError
from bacpypes3.local.device import DeviceObject
from bacpypes3.local.networkport import NetworkPortObject

from clients.bacnet.results import Untyped
from clients.bacnet.served.services import CLAIMED

_FIRST_PROPRIETARY = 128
_Subscribed = ListOf(COVSubscription)


class ReadOnly:
    """An object of ours of which nobody can write anything."""

    async def write_property(self, *_: object, **__: object) -> None:
        """Refuse."""
        raise PropertyError("writeAccessDenied")


class ServedDevice(ReadOnly, DeviceObject):  # type: ignore[misc]
    """Our device object: with another name or number nobody would find our switches again."""

    @property
    def protocolServicesSupported(self) -> ServicesSupported:  # noqa: N802 - BACpypes3's name of the property
        """What we carry out."""
        return ServicesSupported(list(CLAIMED))

    @protocolServicesSupported.setter
    def protocolServicesSupported(self, _: object) -> None:  # noqa: N802
        """BACpypes3 begins with None."""

    @property
    def protocolObjectTypesSupported(self) -> ObjectTypesSupported:  # noqa: N802
        """The types that we have objects of."""
        kinds = {one[0] for one in self._app.objectIdentifier}
        return ObjectTypesSupported([str(kind) for kind in kinds if kind < _FIRST_PROPRIETARY])

    @protocolObjectTypesSupported.setter
    def protocolObjectTypesSupported(self, _: object) -> None:  # noqa: N802
        """BACpypes3 begins with None."""

    @property
    def activeCovSubscriptions(self) -> Untyped:  # noqa: N802
        """Who is told of changes."""
        return _Subscribed(self._app.subscribed())

    @activeCovSubscriptions.setter
    def activeCovSubscriptions(self, _: object) -> None:  # noqa: N802
        """BACpypes3 begins with None."""


class ServedPort(ReadOnly, NetworkPortObject):  # type: ignore[misc]
    """Our network port."""
