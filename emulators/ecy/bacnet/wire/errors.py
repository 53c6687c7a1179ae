"""A controller's refusals as BACnet errors: which class each code belongs to (ASHRAE 135, clause 18)."""

from __future__ import annotations

from bacpypes3.apdu import Error
from bacpypes3.basetypes import ErrorType

from emulators.ecy.bacnet.wire.values import Request
from emulators.ecy.refusals import DUPLICATE_NAME, INVALID_REQUEST, UNKNOWN_OBJECT, Reason, Refusal

INVALID_ARRAY_INDEX = Reason("invalid-array-index", "Invalid Array Index")
NOT_AN_ARRAY = Reason("property-is-not-an-array", "Property Is Not An Array")
COV_SUBSCRIPTION_FAILED = Reason("cov-subscription-failed", "COV Subscription Failed")
NO_SPACE = Reason("no-space-to-add-list-element", "No Space To Add List Element")
LIFETIME_OUT_OF_RANGE = Reason("lifetime-out-of-range", "Value Out Of Range")

_CLASSES = {
    UNKNOWN_OBJECT.code: "object",
    COV_SUBSCRIPTION_FAILED.code: "services",
    LIFETIME_OUT_OF_RANGE.code: "services",
    NO_SPACE.code: "resources",
}
_CODES = {
    INVALID_REQUEST.code: "value-out-of-range",
    LIFETIME_OUT_OF_RANGE.code: "value-out-of-range",
    DUPLICATE_NAME.code: "duplicate-name",
}


def error_type(refusal: Refusal) -> ErrorType:
    """Class and code, as a part of an answer."""
    error_class, error_code = error_words(refusal)
    return ErrorType(errorClass=error_class, errorCode=error_code)


def error_reply(refusal: Refusal, request: Request) -> Error:
    """The answer to a request that is refused as a whole."""
    error_class, error_code = error_words(refusal)
    return Error(service_choice=request.apduService, errorClass=error_class, errorCode=error_code, context=request)


def error_words(refusal: Refusal) -> tuple[str, str]:
    """Class and code."""
    code = refusal.reason.code
    return _CLASSES.get(code, "property"), _CODES.get(code, code)
