"""What a device says of itself, and what it tells of its objects."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from tests.malformed import (
    ANY_INSTANCE,
    COMPLEX_ACK,
    CONFIRMED_SERVICES,
    DEVICE,
    OBJECT_LIST,
    OBJECT_NAME,
    PRESENT_VALUE,
    READ,
    READ_MULTIPLE,
    REJECT,
    SERVICES_SUPPORTED,
    TYPES_SUPPORTED,
    Peer,
    bits,
    closed,
    context,
    enumerated,
    kind_of,
    opened,
    packet,
    read,
    read_multiple,
    rejection,
    told,
    unsigned,
)
from tests.strangers.common import ME, NOBODY, Stranger

_CONFIRMED_BITS = MappingProxyType(
    {**{choice: choice for choice in range(26)}, 26: 35, 27: 37, 28: 38, 29: 39, 30: 41, 31: 42, 32: 44, 33: 45}
)
"""Where ``protocol-services-supported`` has a confirmed service (clause 21)."""

_I_AM, _I_HAVE, _WHO_HAS, _WHO_IS = 26, 27, 33, 34


class Truth(Stranger):
    """What a device says of itself, and what it tells of its objects."""

    def test_every_confirmed_service_that_is_claimed_works_and_no_other(self, peer: Peer, switch: bytes) -> None:
        claimed = bits(peer.ask(READ, read(ME, SERVICES_SUPPORTED)))
        works = self.contents(switch)
        for service in CONFIRMED_SERVICES:
            answer = peer.ask(service, works.get(service, read(switch)), invoke_id=service)
            is_known = kind_of(answer) != REJECT
            bit = _CONFIRMED_BITS[service]
            assert is_known == (bit < len(claimed) and claimed[bit]), f"service {service}: {answer.hex()}"
            if not is_known:
                assert rejection(answer) == "unrecognized-service"

    def test_it_claims_to_be_found_and_is(self, peer: Peer, switch: bytes) -> None:
        claimed = bits(peer.ask(READ, read(ME, SERVICES_SUPPORTED)))
        assert all(claimed[bit] for bit in (_I_AM, _I_HAVE, _WHO_HAS, _WHO_IS))
        [i_am] = peer.answers_to(packet(told(8), control=0))
        [i_have] = peer.answers_to(packet(told(7, context(2, switch)), control=0))
        assert (i_am[:2], i_have[:2]) == (told(0), told(1))
        name = b"\x3d" + i_have[i_have.index(b"\x75") + 1 :]
        assert peer.answers_to(packet(told(7, name), control=0)) == [i_have]

    @pytest.mark.parametrize(("low", "high", "answers"), [(0, 0, 0), (0, ANY_INSTANCE, 1), (5, 4, 0)])
    def test_it_answers_to_who_is_within_limits(self, peer: Peer, low: int, high: int, answers: int) -> None:
        limits = context(0, unsigned(low)) + context(1, unsigned(high))
        assert len(peer.answers_to(packet(told(8, limits), control=0))) == answers

    def test_the_object_types_that_are_claimed_are_those_that_there_are(self, peer: Peer) -> None:
        claimed = bits(peer.ask(READ, read(ME, TYPES_SUPPORTED)))
        count = peer.ask(READ, read(ME, OBJECT_LIST, 0))[-2]
        listed = [peer.ask(READ, read(ME, OBJECT_LIST, index)) for index in range(1, count + 1)]
        types = {int.from_bytes(one[-5:-1], "big") >> 22 for one in listed}
        assert types <= {kind for kind, is_claimed in enumerate(claimed) if is_claimed}
        assert DEVICE in types

    def test_whoever_does_not_know_its_number_reads_it_all_the_same(self, peer: Peer) -> None:
        whole = peer.ask(READ, read(ME, OBJECT_NAME))
        assert kind_of(whole) == COMPLEX_ACK
        assert kind_of(peer.ask(READ_MULTIPLE, read_multiple((ME, OBJECT_NAME)))) == COMPLEX_ACK
        assert ME not in whole, "the answer has the device's own number"

    @pytest.mark.parametrize("group", [8, 105, 80])
    def test_groups_of_properties_are_told(self, peer: Peer, switch: bytes, group: int) -> None:
        answer = peer.ask(READ_MULTIPLE, read_multiple((switch, group), (ME, group)))
        assert kind_of(answer) == COMPLEX_ACK
        error = opened(5) + enumerated(0)[:1]
        assert error not in answer, "the opening tag alone is a byte that a time of day may have too"

    def test_of_several_things_each_is_answered_by_itself(self, peer: Peer, switch: bytes) -> None:
        answer = peer.ask(READ_MULTIPLE, read_multiple((NOBODY, PRESENT_VALUE), (switch, PRESENT_VALUE)))
        error = opened(5) + enumerated(1) + enumerated(31) + closed(5)
        assert error in answer
        assert answer.index(error) < answer.index(switch)
        only = peer.ask(READ_MULTIPLE, read_multiple((NOBODY, PRESENT_VALUE)))
        assert error in only
