"""Facts of BACnet that several rooms need (ASHRAE 135, clauses 12 and 19). Emulators keep their own."""

from __future__ import annotations

import re

from utils.names import did_you_mean
from utils.values import AnyObjectType, ObjectType, OtherType, PointValue, PriorityArray

SCHEME = "bacnet://"
"""How the addresses of controllers that speak BACnet/IP begin."""
SLOTS = 16
"""Of a priority array; the first is the strongest."""
MANUAL_OPERATOR = 8
MINIMUM_ON_OFF = 6
"""Reserved: the object commands itself there, so that it is not switched too often."""
NO_FAULT = 0
"""The number of a Reliability that says no fault (ASHRAE 135, clause 21)."""
RELIABILITIES = (
    *("no-fault-detected", "no-sensor", "over-range", "under-range", "open-loop", "shorted-loop", "no-output"),
    *("unreliable-other", "process-error", "multi-state-fault", "configuration-error", "reserved"),
    *("communication-failure", "member-fault", "monitored-object-fault", "tripped", "lamp-failure"),
    *("activation-failure", "renew-dhcp-failure", "renew-fd-registration-failure", "restart-auto-negotiation-failure"),
    *("restart-failure", "proprietary-command-failure", "faults-listed", "referenced-object-fault"),
)
"""In the words of the standard, by number."""
PRIORITIES = frozenset(range(1, SLOTS + 1)) - {MINIMUM_ON_OFF}
"""Those at which others may command."""
NO_UNITS = "no-units"
"""What an object says whose units were left as they were made: it tells nothing."""
_OTHER_TYPES = (
    *("AccessCredential", "AccessDoor", "AccessPoint", "AccessRights", "AccessUser", "AccessZone", "Accumulator"),
    *("AlertEnrollment", "AuditLog", "AuditReporter", "Averaging", "BinaryLightingOutput", "BitstringValue"),
    *("Calendar", "Channel", "CharacterstringValue", "Command", "CredentialDataInput", "DatePatternValue"),
    *("DateValue", "DatetimePatternValue", "DatetimeValue", "Device", "ElevatorGroup", "Escalator"),
    *("EventEnrollment", "EventLog", "File", "GlobalGroup", "Group", "IntegerValue", "LargeAnalogValue"),
    *("LifeSafetyPoint", "LifeSafetyZone", "Lift", "LightingOutput", "LoadControl", "Loop", "NetworkPort"),
    *("NetworkSecurity", "NotificationClass", "NotificationForwarder", "OctetstringValue", "PositiveIntegerValue"),
    *("Program", "PulseConverter", "Schedule", "Staging", "StructuredView", "TimePatternValue", "TimeValue"),
    *("Timer", "TrendLog", "TrendLogMultiple"),
)
_TYPES: dict[str, AnyObjectType] = {
    **{name.casefold(): OtherType(name) for name in _OTHER_TYPES},
    **{kind.value.casefold(): kind for kind in ObjectType},
}
_SHORT_TYPES = {
    f"{first}{kind.value[len(name)]}".casefold(): kind
    for first, name in (("A", "Analog"), ("B", "Binary"), ("MS", "MultiState"), ("M", "MultiState"))
    for kind in ObjectType
    if kind.value.startswith(name)
}
"""What people say and write on drawings: AI, BV, MSO."""
_LAST_KNOWN, _HIGHEST_TYPE = 62, 1023
_NUMBERED = re.compile(r"(?:type)?(\d{1,4})")


def reliability_words(number: int) -> str:
    """A Reliability in the words of the standard; those of vendors have only numbers."""
    return RELIABILITIES[number] if 0 <= number < len(RELIABILITIES) else f"reliability {number}"


def object_type(text: str) -> AnyObjectType:
    """A type as people spell it: ``AnalogValue``, ``analog-value``, ``AV``, ``128``, ``Type128``. Raises ValueError."""
    bare = text.strip().replace("-", "").casefold()
    known = _TYPES.get(bare) or _SHORT_TYPES.get(bare)
    if known is not None:
        return known
    number = _NUMBERED.fullmatch(bare)
    if number is not None and _LAST_KNOWN < int(number[1]) <= _HIGHEST_TYPE:
        return OtherType(f"Type{int(number[1])}")
    guess = did_you_mean(text, [kebab_type(kind) for kind in _TYPES.values()])
    raise ValueError(f"there is no object type {text!r}{guess}")


def kebab_type(kind: AnyObjectType) -> str:
    """A type as ASHRAE spells it: ``analog-value``; of one that is not the standard's, its number."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", str(kind)).lower() if _is_named(kind) else kind.removeprefix("Type")


def _is_named(kind: AnyObjectType) -> bool:
    return isinstance(kind, ObjectType) or kind.is_standard


def slot_of(slots: PriorityArray | None, priority: int) -> PointValue | None:
    """What stands in a slot; None where it is empty, and where the array is not known."""
    return None if slots is None else slots[priority - 1]


def bare_address(device: str) -> str:
    """A controller's address without its protocol."""
    return device.removeprefix(SCHEME)
