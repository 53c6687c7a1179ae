"""Requests and answers in octets, held against what BACpypes3 makes of the same."""

from __future__ import annotations

import random
from itertools import groupby, pairwise

import pytest
from bacpypes3.basetypes import ErrorClass, ErrorCode
from bacpypes3.constructeddata import Any as AnyValue
from bacpypes3.pdu import PDUData
from bacpypes3.primitivedata import Real, TagList

from clients.bacnet.octets.services import Key, OctetWrite, read_request, results_of, write_request
from clients.bacnet.octets.values import octets_of
from clients.bacnet.results import Untyped
from tests.clients.bacnet.octets import theirs

SEEDS = range(60)


def some_keys(chance: random.Random) -> list[Key]:
    """Some of them neighbours of one object, none twice."""
    found: list[Key] = []
    for _ in range(chance.randint(1, 12)):
        key = theirs.some_key(chance)
        found += [key, key._replace(name=key.name + 1)] if chance.random() < 0.5 else [key]
    return list(dict.fromkeys(found))


def by_object(keys: list[Key]) -> list[list[Key]]:
    return [list(group) for _, group in groupby(keys, key=lambda key: key.target)]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_read_is_the_same_octets_as_bacpypes3_sends(seed: int) -> None:
    keys = some_keys(theirs.seeded(seed))
    assert read_request(keys).octets == theirs.content_of(theirs.read_request(by_object(keys)))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_write_is_the_same_octets_as_bacpypes3_sends(seed: int) -> None:
    chance = theirs.seeded(seed)
    keys = some_keys(chance)
    values = {key: (theirs.some_value(chance), chance.choice((None, 1, 8, 16))) for key in keys}
    sent = [OctetWrite(key, octets_of(values[key][0]), values[key][1]) for key in keys]
    groups = [[(key, *values[key]) for key in group] for group in by_object(keys)]
    assert write_request(sent).octets == theirs.content_of(theirs.write_request(groups))


def answered(seed: int) -> tuple[bytes, dict[Key, Untyped]]:
    chance = theirs.seeded(seed)
    keys = some_keys(chance)
    told = {key: chance.choice((chance.choice(theirs.ERRORS), theirs.some_value(chance))) for key in keys}
    groups = [[(key, told[key]) for key in group] for group in by_object(keys)]
    return theirs.content_of(theirs.read_answer(groups)), told


@pytest.mark.parametrize("seed", SEEDS)
def test_an_answer_of_bacpypes3_is_read_result_by_result(seed: int) -> None:
    octets, told = answered(seed)
    results = list(results_of(octets))
    assert [result.key for result in results] == list(told)
    for result in results:
        expected = told[result.key]
        if isinstance(expected, tuple) and expected in theirs.ERRORS:
            assert result.error == (int(ErrorClass(expected[0])), int(ErrorCode(expected[1])))
        else:
            assert (result.value, result.error) == (octets_of(expected), None)


def test_a_value_of_many_tags_ends_where_it_ends() -> None:
    key = Key(8 << 22 | 1, 152, None)
    nested = b"\x0e\x1e\x21\x05\x4f\x1f\x0f\x4e\x4f"
    with pytest.raises(ValueError, match="closes nothing"):
        list(results_of(answer_with(key, nested)))
    whole = b"\x0e\x1e\x21\x05\x4e\x4f\x1f\x0f\x75\x06\x00\x4f\x4f\x4f\x4f\x4f" + octets_of(Real(1.0)) * 3
    [result] = results_of(answer_with(key, whole))
    assert result.value == whole


def answer_with(key: Key, value: bytes) -> bytes:
    head = b"\x0c" + key.target.to_bytes(4) + b"\x1e\x29" + bytes([key.name])
    return head + b"\x4e" + value + b"\x4f\x1f"


@pytest.mark.parametrize("seed", range(10))
def test_an_answer_that_is_cut_off_is_refused_wherever_that_is_but_between_two_objects(seed: int) -> None:
    octets, told = answered(seed)
    ends = {0, *(len(octets) - len(rest) for rest in rests(octets))}
    for length in range(len(octets)):
        if length in ends:
            assert len(list(results_of(octets[:length]))) < len(told), "fewer than were asked for"
            continue
        with pytest.raises(ValueError, match=r"cut off|missing|not what an answer has"):
            list(results_of(octets[:length]))


def rests(octets: bytes) -> list[bytes]:
    """What is behind each object, as BACpypes3 reads it."""
    tags, found, depth = TagList.decode(PDUData(octets)), [], 0
    lengths = [len(TagList([tag]).encode().pduData) for tag in tags]
    at = 0
    for tag, length in zip(tags, lengths, strict=True):
        at += length
        depth += {"opening": 1, "closing": -1}.get(tag.tag_class.name, 0)
        if depth == 0 and tag.tag_class.name == "closing":
            found.append(octets[at:])
    return found


@pytest.mark.parametrize("seed", range(10))
def test_no_octet_that_is_changed_makes_it_fail_in_another_way(seed: int) -> None:
    octets, _ = answered(seed)
    chance = theirs.seeded(seed)
    for _ in range(400):
        spoilt = bytearray(octets)
        for _ in range(chance.randint(1, 3)):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        try:
            list(results_of(bytes(spoilt)))
        except ValueError:
            continue


@pytest.mark.parametrize("value", [[], [1.0], [1.0, 2.0, 3.0]])
def test_lists_are_told_whole(value: list[float]) -> None:
    key = Key(1, 85, None)
    tags = TagList([tag for number in value for tag in Real(number).encode()])
    octets = theirs.content_of(theirs.read_answer([[(key, AnyValue(tags)), (Key(1, 86, None), Real(9.0))]]))
    first, second = results_of(octets)
    assert first.value == b"".join(octets_of(Real(number)) for number in value)
    assert second.value == octets_of(Real(9.0))


def test_neighbours_of_one_object_share_its_identifier() -> None:
    apart = [Key(1, 85, None), Key(2, 85, None), Key(1, 111, None)]
    together = [Key(1, 85, None), Key(1, 111, None), Key(2, 85, None)]
    lengths = [len(read_request(keys).octets) for keys in (apart, together)]
    assert [longer - shorter for shorter, longer in pairwise(reversed(lengths))] == [7]
