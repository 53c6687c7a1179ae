"""Why a controller says no, in the words that its clients look for (ecy-rest-api §5)."""

from __future__ import annotations

from dataclasses import dataclass

from utils.errors import BridgeError


@dataclass(frozen=True, slots=True)
class Reason:
    """A kebab-case code, the text beside it, and the HTTP status of a request that fails for it."""

    code: str
    message: str
    status: int = 400


UNKNOWN_OBJECT = Reason("unknown-object", "Unknown Object", 404)
UNKNOWN_PROPERTY = Reason("unknown-property", "Unknown Property", 404)
UNKNOWN_RESOURCE = Reason("unknown-resource", "Unknown Resource", 404)
WRITE_ACCESS_DENIED = Reason("write-access-denied", "Write Access Denied")
VALUE_OUT_OF_RANGE = Reason("value-out-of-range", "Value Out Of Range")
INVALID_DATA_TYPE = Reason("invalid-data-type", "Invalid Data Type")
INVALID_REQUEST = Reason("invalid-request", "Invalid Request")
DUPLICATE_NAME = Reason("duplicate-name", "Object with same name already exists")
TIME_IS_SYNCHRONIZED = Reason("time-is-synchronized", "The time cannot be set while NTP is enabled")
METHOD_NOT_ALLOWED = Reason("method-not-allowed", "Method Not Allowed", 405)
UNSUPPORTED_MEDIA_TYPE = Reason("unsupported-media-type", "Unsupported Media Type", 415)
BATCH_TOO_LARGE = Reason("batch-too-large", "Too many requests in a batch", 413)
NOT_SIGNED_IN = Reason("unauthorized", "Unauthorized", 401)
FORBIDDEN = Reason("forbidden", "Forbidden", 403)
AT_CAPACITY = Reason("at-capacity", "At capacity", 503)


class Refusal(BridgeError):
    """The controller refuses a request. ``detail`` says what exactly, for people."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason.message}: {detail}" if detail else reason.message)
