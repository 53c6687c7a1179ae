"""Answers in their length, requests in pieces, subscribers, and storms."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable

import pytest

from tests.malformed import (
    ABORT,
    COMPLEX_ACK,
    CONFIRMED_REQUEST,
    READ,
    READ_MULTIPLE,
    SEGMENT_ACK,
    SIMPLE_ACK,
    SUBSCRIBE_COV,
    WRITE,
    Peer,
    closed,
    context,
    enumerated,
    kind_of,
    opened,
    packet,
    read,
    read_multiple,
    rejection,
    storm,
    subscribe,
    write,
)
from tests.strangers.common import ME, NOBODY, UNKNOWN_OBJECT, Stranger, error_of
from tests.waiting import eventually

RECENT, PACKETS, GROWTH = 50, 2400, 200_000
"""Packets between two looks whether the device still answers; of a storm; and octets that a second one may leave."""


class Calm(Stranger):
    """Answers in their length, requests in pieces, subscribers, and storms."""

    def test_an_answer_is_no_longer_than_the_client_takes(self, peer: Peer, switch: bytes) -> None:
        for longest, octets in enumerate((50, 128, 206)):
            answer = peer.ask(READ_MULTIPLE, read_multiple((switch, 8), (ME, 8)), longest=longest)
            assert len(answer) <= octets
            assert answer[0] & 0x08, "it is a segment"
            abort = bytes([0x70, 1, 9])
            peer.send(packet(abort))
        answer = peer.ask(READ_MULTIPLE, read_multiple((switch, 8)), longest=0, segments=False)
        assert (kind_of(answer), answer[2]) == (ABORT, 4), "segmentation is not supported"

    def test_every_length_of_an_answer_is_honoured(self, peer: Peer, switch: bytes) -> None:
        """Just so long, and one more: the header counts."""
        for count in range(1, 7):
            wanted = b"".join(context(0, b"\x55") for _ in range(count))
            content = context(0, switch) + opened(1) + wanted + closed(1)
            whole = peer.ask(READ_MULTIPLE, content)
            answer = peer.ask(READ_MULTIPLE, content, longest=0, segments=False)
            assert answer == whole if len(whole) <= 50 else kind_of(answer) == ABORT

    def test_a_reserved_length_is_the_shortest(self, peer: Peer, switch: bytes) -> None:
        assert len(peer.ask(READ_MULTIPLE, read_multiple((switch, 8)), longest=9)) <= 50

    def test_segments_that_begin_in_the_middle_are_aborted(self, peer: Peer) -> None:
        peer.send(packet(bytes([0x0E, 0x75, 1, 3, 4, READ])))
        assert peer.hear()[:3] == bytes([0x71, 1, 2]), "invalid APDU in this state"
        peer.send(packet(bytes([0x0E, 0x75, 1, 0, 0, READ])))
        assert peer.hear()[:3] == bytes([0x71, 1, 7]), "the window size is out of range"

    def test_a_request_in_segments_is_put_together(self, peer: Peer, switch: bytes) -> None:
        content = read(switch)
        for part, (first, octets) in enumerate(((0x0E, content[:4]), (0x0A, content[4:]))):
            peer.send(packet(bytes([first, 0x75, 1, part, 4, READ]) + octets))
            assert kind_of(peer.hear()) == SEGMENT_ACK
        assert peer.hear() == peer.ask(READ, content)

    def test_a_request_without_an_end_is_aborted(self, peer: Peer) -> None:
        """Nobody fills our memory with segments."""
        for part in range(300):
            peer.send(packet(bytes([0x0E, 0x75, 1, part % 256, 127, READ]) + bytes(1300)))
            if part % 50 == 49 and any(one[:3] == bytes([0x71, 1, 1]) for one in peer.until_answered()):
                return
        pytest.fail("no buffer overflows")

    def test_a_subscription_without_a_lifetime_is_for_ever(self, peer: Peer, switch: bytes) -> None:
        assert kind_of(peer.ask(SUBSCRIBE_COV, subscribe(switch, lifetime_s=None))) == SIMPLE_ACK
        notification = peer.hear()
        assert context(3, b"\0") in notification
        listed = peer.ask(READ, read(ME, 152))
        assert kind_of(listed) == COMPLEX_ACK
        assert switch in listed

    def test_a_subscription_that_does_not_say_whether_it_is_confirmed_is_rejected(
        self, peer: Peer, switch: bytes
    ) -> None:
        answer = peer.ask(SUBSCRIBE_COV, subscribe(switch, confirmed=None))
        assert rejection(answer) == "missing-required-parameter"

    def test_a_subscription_to_nothing_is_refused_and_its_end_is_not(self, peer: Peer) -> None:
        assert error_of(peer.ask(SUBSCRIBE_COV, subscribe(NOBODY))) == UNKNOWN_OBJECT
        end = subscribe(NOBODY, confirmed=None, lifetime_s=None)
        assert kind_of(peer.ask(SUBSCRIBE_COV, end)) == SIMPLE_ACK

    def test_numbers_beyond_their_size_are_refused(self, peer: Peer, switch: bytes) -> None:
        answer = peer.ask(SUBSCRIBE_COV, subscribe(switch, process=1 << 32))
        assert rejection(answer) == "parameter-out-of-range"
        answer = peer.ask(SUBSCRIBE_COV, subscribe(switch, lifetime_s=1 << 32))
        assert error_of(answer) == (5, 37), "services: value out of range"

    def test_a_subscriber_who_confirms_nothing_is_no_burden(
        self, peer: Peer, switch: bytes, counts: Callable[[], int], quiet: Callable[[], None]
    ) -> None:
        assert kind_of(peer.ask(SUBSCRIBE_COV, subscribe(switch, confirmed=True))) == SIMPLE_ACK
        notification = peer.hear()
        assert kind_of(notification) == CONFIRMED_REQUEST
        for turn in range(20):
            peer.ask(WRITE, write(switch, enumerated(turn % 2), 9), invoke_id=100 + turn)
        assert counts() == 1
        peer.ask(SUBSCRIBE_COV, subscribe(switch, confirmed=None, lifetime_s=None))
        peer.send(packet(bytes([ABORT << 4 | 1, notification[2], 0])))
        eventually(lambda: counts() == 0)
        quiet()

    def test_what_changes_while_a_notification_is_under_way_is_told_afterwards(self, peer: Peer, switch: bytes) -> None:
        peer.ask(WRITE, write(switch, enumerated(0), 9))
        peer.ask(SUBSCRIBE_COV, subscribe(switch, confirmed=True))
        first = peer.hear()
        peer.ask(WRITE, write(switch, enumerated(1), 9))
        peer.send(packet(bytes([SIMPLE_ACK << 4, *first[2:4]])))
        while (second := peer.hear())[2] == first[2]:
            pass  # the first once more
        assert (enumerated(0) in first, enumerated(1) in second) == (True, True)

    @pytest.mark.slow
    def test_a_storm_of_malformed_packets_leaves_no_trace(
        self, peer: Peer, switch: bytes, counts: Callable[[], int], quiet: Callable[[], None]
    ) -> None:
        def weather(seed: int) -> int:
            for number, octets in enumerate(storm(seed, switch, PACKETS), start=1):
                peer.send(octets)
                if number % RECENT == 0:
                    peer.until_answered()
            eventually(lambda: counts() == 0)
            gc.collect()
            return tracemalloc.get_traced_memory()[0]

        weather(seed=1)
        tracemalloc.start()
        try:
            before = weather(seed=2)
            after = weather(seed=3)
        finally:
            tracemalloc.stop()
        assert after - before < GROWTH
        quiet()
