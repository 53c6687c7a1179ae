"""What all of it needs: the names of things, sound requests, and an ear for errors."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping

import pytest

from tests.malformed import (
    ANY_INSTANCE,
    DEVICE,
    ERROR,
    PRESENT_VALUE,
    READ,
    READ_MULTIPLE,
    SUBSCRIBE_COV,
    WRITE,
    WRITE_MULTIPLE,
    closed,
    context,
    enumerated,
    identifier,
    kind_of,
    opened,
    read,
    read_multiple,
    subscribe,
    write,
    write_multiple,
)

ME = identifier(DEVICE, ANY_INSTANCE)
NOBODY = identifier(5, 4000)
PROPERTY_LIST, PRIORITY_ARRAY, NO_PROPERTY = 371, 87, 3


def error_of(apdu: bytes) -> tuple[int, int]:
    """Class and code of an Error; those of WritePropertyMultiple have them in a frame."""
    assert kind_of(apdu) == ERROR, apdu.hex()
    content = apdu[4:] if apdu[3:4] == opened(0) else apdu[3:]
    return content[1], content[3]


UNKNOWN_OBJECT, UNKNOWN_PROPERTY = (1, 31), (2, 32)
NOT_AN_ARRAY, NO_SUCH_INDEX = (2, 50), (2, 42)
WRITE_DENIED, WRONG_TYPE, OUT_OF_RANGE = (2, 40), (2, 9), (2, 37)


class Stranger:
    """To be given the fixtures ``peer``, ``switch`` (a commandable binary value), ``counts`` (of what is going on)."""

    @pytest.fixture
    def quiet(self, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Callable[[], None]:
        """Fails where something was reported as an error; asyncio does so when a task is thrown away."""

        def nothing_was_said() -> None:
            gc.collect()
            assert [one.getMessage() for one in caplog.records if one.exc_info or one.levelname == "ERROR"] == []
            assert capfd.readouterr().err == ""

        return nothing_was_said

    def contents(self, switch: bytes) -> Mapping[int, bytes]:
        """A sound request for each confirmed service that a device of ours may have."""
        notification = context(0, b"\1") + context(1, ME) + context(2, switch) + context(3, b"\0")
        value = opened(4) + context(0, b"\x55") + opened(2) + enumerated(1) + closed(2) + closed(4)
        return {
            1: notification + value,
            SUBSCRIBE_COV: subscribe(switch),
            READ: read(switch),
            READ_MULTIPLE: read_multiple((switch, PRESENT_VALUE)),
            WRITE: write(switch, enumerated(1), 9),
            WRITE_MULTIPLE: write_multiple(switch, enumerated(1), 9),
        }
