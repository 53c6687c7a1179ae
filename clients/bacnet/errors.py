"""BACnet's errors, rejects and aborts as ours: which may pass by themselves, and which need somebody to act."""

from __future__ import annotations

import struct
from functools import lru_cache

from bacpypes3.apdu import AbortPDU, ErrorRejectAbortNack, RejectPDU, WritePropertyMultipleError
from bacpypes3.basetypes import ErrorCode
from bacpypes3.errors import RejectException

from utils.errors import BridgeError, DeviceError, DeviceRefused, DeviceUnreachable, ObjectError

UNREADABLE = (RejectException, ValueError, TypeError, AttributeError, LookupError, struct.error)
"""What BACpypes3's decoders raise for octets that are none of theirs (its DecodingError is a ValueError)."""
UNKNOWN_OBJECT = "unknown-object"
UNKNOWN_PROPERTY = "unknown-property"
_TOO_LONG = frozenset({"segmentation-not-supported", "buffer-overflow", "apdu-too-long", "too-many-arguments"})
_CUT_OFF = frozenset({"no-response", "tsm-timeout"})
"""What BACpypes3, and a device, say of an answer in several pieces that has stopped coming."""
_BUSY = frozenset(
    {
        *("out-of-resources", "application-exceeded-reply-time", "preempted-by-higher-priority-task"),
        *("device-busy", "busy", "server-timeout"),
    }
)
_PASSING = frozenset({"communication-disabled", "network-down", "timeout", "not-configured"})
_PASSING_CLASSES = frozenset({"communication", "network"})
_SECURITY = frozenset({"security-error", "insufficient-security"})


class StackError(BridgeError):
    """This computer's own BACnet port cannot be opened, or has been closed."""


class BacnetRefusal(ObjectError):
    """One object or property said no. ``code`` is BACnet's word for it (``write-access-denied``)."""

    def __init__(self, device: str, what: str, code: str) -> None:
        self.code = code
        super().__init__(device, f"{what}: {code}", missing=code == UNKNOWN_OBJECT)


class AnswerTooLong(BacnetRefusal):
    """The device cannot send (or take) that much at once."""


class DeviceBusy(DeviceUnreachable):
    """The device has no room for this at the moment, perhaps since it has too many requests."""


class UnknownService(DeviceRefused):
    """The device does not know the service at all."""


class WriteStopped(DeviceError):
    """One of several writes in a request was refused with ``error``: those before it were done, those after it not.

    ``target`` is the refused one's object, property and index, in BACpypes3's classes.
    """

    def __init__(self, error: DeviceError, target: tuple[object, object, object]) -> None:
        self.error = error
        self.target = target
        super().__init__(error.device, error.what)


@lru_cache(maxsize=256)
def error_code(number: int) -> str:
    """The word for an error's code, or its number where the standard has none."""
    return str(ErrorCode(number))


def error_of(device: str, what: str, answer: ErrorRejectAbortNack) -> DeviceError:
    """What a device's refusal of ``what`` means to us."""
    if isinstance(answer, WritePropertyMultipleError):
        failed = answer.firstFailedWriteAttempt
        target = (failed.objectIdentifier, failed.propertyIdentifier, failed.propertyArrayIndex)
        return WriteStopped(_error_of(device, what, *_words(answer)), target)
    return _error_of(device, what, *_words(answer))


def _error_of(device: str, what: str, group: str, code: str) -> DeviceError:
    if code in _CUT_OFF:
        return AnswerTooLong(device, what, "the answer was cut off")
    if code in _BUSY:
        return DeviceBusy(device, f"{what}: {code}")
    if code in _PASSING or group in _PASSING_CLASSES:
        return DeviceUnreachable(device, f"{what}: {code}")
    if code in _TOO_LONG:
        return AnswerTooLong(device, what, code)
    if code == "unrecognized-service":
        return UnknownService(device, f"{what}: the device does not know this service")
    if code in _SECURITY:
        return DeviceRefused(device, f"{what}: {code}")
    return BacnetRefusal(device, what, code)


def _words(answer: ErrorRejectAbortNack) -> tuple[str, str]:
    """The class and the code of an answer, in ASHRAE's spelling."""
    if isinstance(answer, RejectPDU | AbortPDU):
        kind = "reject" if isinstance(answer, RejectPDU) else "abort"
        return kind, str(answer.apduAbortRejectReason)
    error = answer.errorType if isinstance(answer, WritePropertyMultipleError) else answer
    code = str(error.errorCode)
    # What BACpypes3 itself could not decode, it reports as an error of communication.
    return ("services" if code == "invalid-tag" else str(error.errorClass)), code
