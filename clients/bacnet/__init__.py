"""BACnet/IP: one stack per own address, its services as coroutines that threads ask for, and what they tell.

The stack is handed on for those who speak BACnet itself: the explorer, and the switches on our own device. Who only
wants a controller takes ``clients.bacnet_device_client``.
"""

from clients.bacnet.client import DISCOVERY_TIMEOUT_S, WAIT_S
from clients.bacnet.errors import StackError
from clients.bacnet.names import device_key, is_bacnet, object_identifier, socket_of, station
from clients.bacnet.port import with_likely_mask
from clients.bacnet.results import (
    PRESENT_VALUE,
    BacnetReading,
    BacnetRef,
    BacnetValue,
    BacnetWrite,
    BacnetWriteResult,
    DeviceFound,
    ObjectFound,
    PointFound,
)
from clients.bacnet.served.device import ReadOnly
from clients.bacnet.stack import BACnetStack, Question
from clients.bacnet.writing import check_write

__all__ = [
    "DISCOVERY_TIMEOUT_S",
    "PRESENT_VALUE",
    "WAIT_S",
    "BACnetStack",
    "BacnetReading",
    "BacnetRef",
    "BacnetValue",
    "BacnetWrite",
    "BacnetWriteResult",
    "DeviceFound",
    "ObjectFound",
    "PointFound",
    "Question",
    "ReadOnly",
    "StackError",
    "check_write",
    "device_key",
    "is_bacnet",
    "object_identifier",
    "socket_of",
    "station",
    "with_likely_mask",
]
