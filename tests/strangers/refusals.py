"""What is wrong is refused with the reason, or dropped where nobody may be answered."""

from __future__ import annotations

import pytest

from tests.malformed import (
    BROADCAST,
    PRESENT_VALUE,
    READ,
    READ_MULTIPLE,
    REJECT,
    SUBSCRIBE_COV,
    WRITE,
    WRITE_MULTIPLE,
    Peer,
    closed,
    context,
    enumerated,
    identifier,
    kind_of,
    opened,
    packet,
    read,
    real,
    rejection,
    request,
    told,
    write,
    write_multiple,
)
from tests.strangers.common import (
    NO_PROPERTY,
    NO_SUCH_INDEX,
    NOBODY,
    NOT_AN_ARRAY,
    OUT_OF_RANGE,
    PRIORITY_ARRAY,
    PROPERTY_LIST,
    UNKNOWN_OBJECT,
    UNKNOWN_PROPERTY,
    WRITE_DENIED,
    WRONG_TYPE,
    Stranger,
    error_of,
)


class Refusals(Stranger):
    """What is wrong is refused with the reason, or dropped where nobody may be answered."""

    @pytest.mark.parametrize(
        ("name", "index", "error"),
        [
            (PRESENT_VALUE, 1, NOT_AN_ARRAY),
            (PRIORITY_ARRAY, 17, NO_SUCH_INDEX),
            (PROPERTY_LIST, 0xFFFFFFFF, NO_SUCH_INDEX),
            (NO_PROPERTY, None, UNKNOWN_PROPERTY),
            (8, None, UNKNOWN_PROPERTY),
            (4194303, None, UNKNOWN_PROPERTY),
        ],
    )
    def test_what_cannot_be_read_is_named(
        self, peer: Peer, switch: bytes, name: int, index: int | None, error: tuple[int, int]
    ) -> None:
        assert error_of(peer.ask(READ, read(switch, name, index))) == error

    def test_an_object_that_there_is_not_is_named(self, peer: Peer) -> None:
        for kind in (5, 63, 300):
            assert error_of(peer.ask(READ, read(identifier(kind, 4000)))) == UNKNOWN_OBJECT
        assert error_of(peer.ask(WRITE, write(NOBODY, enumerated(1)))) == UNKNOWN_OBJECT
        assert error_of(peer.ask(WRITE_MULTIPLE, write_multiple(NOBODY, enumerated(1), 9))) == UNKNOWN_OBJECT

    @pytest.mark.parametrize(
        ("value", "name", "error"),
        [
            (real(1.0), PRESENT_VALUE, WRONG_TYPE),
            (b"\x21\1", PRESENT_VALUE, WRONG_TYPE),
            (b"", PRESENT_VALUE, WRONG_TYPE),
            (enumerated(1) * 2, PRESENT_VALUE, WRONG_TYPE),
            (enumerated(2), PRESENT_VALUE, OUT_OF_RANGE),
            (enumerated(8), 79, WRITE_DENIED),
            (enumerated(1), NO_PROPERTY, UNKNOWN_PROPERTY),
        ],
    )
    def test_a_write_that_is_wrong_is_refused_with_the_reason(
        self, peer: Peer, switch: bytes, value: bytes, name: int, error: tuple[int, int]
    ) -> None:
        before = peer.ask(READ, read(switch, PRIORITY_ARRAY))
        assert error_of(peer.ask(WRITE, write(switch, value, 9, name))) == error
        assert error_of(peer.ask(WRITE_MULTIPLE, write_multiple(switch, value, 9, name))) == error
        assert peer.ask(READ, read(switch, PRIORITY_ARRAY)) == before

    @pytest.mark.parametrize("priority", [0, 17, 255])
    def test_a_priority_that_there_is_not_is_out_of_range(self, peer: Peer, switch: bytes, priority: int) -> None:
        before = peer.ask(READ, read(switch, PRIORITY_ARRAY))
        assert rejection(peer.ask(WRITE, write(switch, enumerated(1), priority))) == "parameter-out-of-range"
        several = write_multiple(switch, enumerated(1), 9) + write_multiple(switch, enumerated(1), priority)
        assert rejection(peer.ask(WRITE_MULTIPLE, several)) == "parameter-out-of-range"
        assert peer.ask(READ, read(switch, PRIORITY_ARRAY)) == before

    @pytest.mark.parametrize("service", [SUBSCRIBE_COV, READ, READ_MULTIPLE, WRITE, WRITE_MULTIPLE])
    def test_a_request_that_is_cut_anywhere_is_rejected(self, peer: Peer, switch: bytes, service: int) -> None:
        content = self.contents(switch)[service]
        reasons = {"invalid-tag", "missing-required-parameter"}
        for length in range(len(content)):
            answer = peer.ask(service, content[:length])
            is_whole = (service, length) in _WITHOUT_OPTIONS
            assert is_whole or rejection(answer) in reasons, f"{length} of {content.hex()}: {answer.hex()}"

    @pytest.mark.parametrize("service", [SUBSCRIBE_COV, READ, READ_MULTIPLE, WRITE, WRITE_MULTIPLE])
    def test_a_request_with_something_behind_it_is_rejected(self, peer: Peer, switch: bytes, service: int) -> None:
        answer = peer.ask(service, self.contents(switch)[service] + context(9, b"\1"))
        assert rejection(answer) in {"too-many-arguments", "invalid-tag", "missing-required-parameter"}

    @pytest.mark.parametrize(
        "content",
        [
            opened(0) * 300,
            closed(0),
            b"\x0d\xff\xff\xff\xff\xff",
            context(0, b"\1\2"),
            context(0, NOBODY) + context(1, b"") + opened(3) + opened(4) + closed(3) + closed(4),
        ],
    )
    def test_tags_that_make_no_sense_are_rejected(self, peer: Peer, content: bytes) -> None:
        for service in (SUBSCRIBE_COV, READ, READ_MULTIPLE, WRITE, WRITE_MULTIPLE):
            assert kind_of(peer.ask(service, content)) == REJECT

    def test_nobody_is_answered_who_may_not_be(self, peer: Peer, switch: bytes) -> None:
        for silent in (
            packet(request(READ, read(switch)), function=BROADCAST),
            packet(request(READ, read(switch)), control=0x24, routing=b"\xff\xff\0\xff"),
            packet(request(READ, read(switch)), control=0x24, routing=b"\0\5\1\7\xff"),
            packet(request(77), function=BROADCAST),
            packet(told(77), control=0),
            packet(told(8, context(0, b"\1")), control=0),
            packet(told(7, b"\x2d"), control=0),
            packet(bytes([0x60, 1, 9])),
            packet(bytes([0x70, 1, 4])),
            packet(bytes([0x71, 1, 4])),
            packet(bytes([0x40, 1, 0, 1])),
            packet(bytes([0xF0, 1, 0, 1])),
            packet(b""),
            b"\x81\x0a\0\x99\1\4" + request(READ, read(switch)),
            b"\x81\x0a\0\x04",
            b"\x81",
            b"\x55\x66",
            packet(request(READ, read(switch)))[:8],
        ):
            assert peer.answers_to(silent) == [], silent.hex()


_WITHOUT_OPTIONS = frozenset({(SUBSCRIBE_COV, 7), (SUBSCRIBE_COV, 9), (WRITE, 11)})
"""Where a cut leaves a whole request, without its optional parts."""
