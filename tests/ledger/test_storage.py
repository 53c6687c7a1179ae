"""How controllers store what they are sent: learned from pairs that are explained, and nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pytest

from ledger.storage import Fit, Pair, Storage
from utils.values import as_real32

Store = Callable[[float], float]

CONTROLLERS: dict[str, Store] = {
    "as it is": as_real32,
    "whole numbers": lambda value: float(round(value)),
    "cut to whole numbers": lambda value: float(math.floor(value)),
    "tenths": lambda value: as_real32(round(value, 1)),
    "half degrees": lambda value: round(value * 2) / 2,
    "a byte for 0 to 100": lambda value: as_real32(round(value * 2.55) / 2.55),
    "a byte for 0 to 50": lambda value: as_real32(round(value * 5.1) / 5.1),
    "cut at 15.5": lambda value: min(as_real32(value), 15.5),
    "cut at 15.5, in tenths": lambda value: min(as_real32(round(value, 1)), 15.5),
    "not below 30": lambda value: max(as_real32(value), 30.0),
    "a fraction of a percentage": lambda value: as_real32(value / 100),
}
SENT = (21.37, 22.91, 24.118)


def learned(store: Store, sent: Sequence[float] = SENT) -> Storage:
    storage, pairs = Storage(), list[Pair]()
    for value in sent:
        pairs.append(Pair(value, store(value)))
        storage = storage.learned(pairs[-4:]) or storage
    return storage


@pytest.mark.parametrize("name", CONTROLLERS)
def test_what_comes_later_is_recognised_and_a_strange_value_is_not(name: str) -> None:
    store = CONTROLLERS[name]
    storage = learned(store)
    assert storage.is_known
    later = 19.273
    assert storage.fit(later, store(later)) is Fit.YES
    assert storage.fit(later, 99.125) is Fit.NO
    assert learned(lambda value: store(value)).fit(later, 3.0625) is Fit.NO


def test_nothing_is_known_of_an_object_before_anything_was_read_back() -> None:
    assert not Storage().is_known


@pytest.mark.parametrize("stored", [15.5, 99.0, 0.0, -21.37])
def test_one_pair_that_no_resolution_explains_teaches_nothing(stored: float) -> None:
    assert Storage().learned([Pair(21.37, stored)]) is None


def test_a_value_that_somebody_writes_twice_is_no_limit() -> None:
    """Both times something else had been sent, on both sides of it."""
    assert Storage().learned([Pair(14.2, 15.5), Pair(21.3, 15.5)]) is None


def test_a_limit_below_what_has_passed_uncut_is_none() -> None:
    storage = learned(as_real32, (20.123,))
    assert storage.learned([Pair(20.123, as_real32(20.123)), Pair(21.3, 15.5), Pair(22.3, 15.5)]) is None


@pytest.mark.parametrize(
    ("sent", "found", "fit"),
    [
        (33.37, 28.5, Fit.PERHAPS),
        (33.37, 99.0, Fit.NO),
        (33.37, 20.0, Fit.NO),
        (24.0, 23.0, Fit.NO),
        (12.0, 15.0, Fit.PERHAPS),
        (12.0, 9.0, Fit.NO),
    ],
    ids=["cut above", "no cut adds", "less than has passed", "within what has passed", "cut below", "no cut takes off"],
)
def test_beyond_what_has_been_seen_to_pass_there_may_be_a_limit(sent: float, found: float, fit: Fit) -> None:
    storage = learned(as_real32, (19.913, 26.117))
    assert storage.fit(sent, found) is fit


@pytest.mark.parametrize("sign", [1.0, -1.0], ids=["below", "above"])
def test_a_value_cut_to_a_level_next_to_it_does_not_show_that_anything_beyond_passes(sign: float) -> None:
    """-0.04 that stands as 0 was cut there, or rounded: what is sent beyond may stand there, too."""
    storage = Storage()
    for sent, stored in ((50.25, 50.2), (-0.04, 0.0)):
        storage = storage.learned([Pair(sign * sent, sign * stored)]) or storage
    assert storage.fit(sign * -3.23, 0.0) is Fit.PERHAPS


def test_a_level_that_looked_like_limits_is_none_once_something_stands_beyond_it() -> None:
    """8 bits of a percentage: 29.5 to 29.6 are one level, from above and from below. Then the season changes."""
    level, storage, pairs = 29.41176414489746, Storage(), list[Pair]()
    for sent, stored in ((29.5, level), (29.6, level), (29.3, level), (29.35, level), (0.6, 0.7843137383460999)):
        pairs.append(Pair(sent, stored))
        storage = storage.learned(pairs) or storage
    assert storage.fit(-6.4, 0.0) is Fit.PERHAPS
    assert storage.fit(0.6, 0.7843137383460999) is Fit.YES


def test_what_stands_beyond_a_limit_proves_that_it_is_none() -> None:
    """What 29.38 is kept as is a level of 8 bits, and looks like a lower limit; -6.4 is cut at 0 then."""
    level = 29.41176414489746
    storage = Storage().learned([Pair(29.37, level), Pair(29.38, level)])
    assert storage is not None
    assert storage.minimum == level
    assert storage.fit(-6.4, 0.0) is Fit.PERHAPS
    assert storage.fit(-6.4, -9.0) is Fit.NO
    assert storage.fit(29.0, level) is Fit.YES


def test_a_round_value_that_stands_as_it_was_sent_does_not_prove_that_others_do() -> None:
    storage = learned(as_real32, (21.0,))
    assert storage.fit(22.6, 23.0) is Fit.PERHAPS
    assert storage.fit(22.6, 24.0) is Fit.NO
    known = storage.learned([Pair(21.0, 21.0), Pair(22.6, 23.0)])
    assert known is not None
    assert known.fit(19.4, 19.0) is Fit.YES


def test_what_was_believed_wrongly_is_mended_by_a_value_that_stands_as_it_was_sent() -> None:
    wrong = Storage().learned([Pair(20.3, 20.0)])
    assert wrong is not None
    mended = wrong.learned([Pair(20.3, 20.0), Pair(20.317, as_real32(20.317))])
    assert mended is not None
    assert (mended.fit(21.7, 22.0), mended.fit(21.7, as_real32(21.7))) == (Fit.NO, Fit.YES)


def test_a_value_is_put_back_at_the_objects_own_scale() -> None:
    storage = learned(CONTROLLERS["a fraction of a percentage"])
    assert CONTROLLERS["a fraction of a percentage"](float(storage.to_send(0.5))) == pytest.approx(0.5)
    assert learned(as_real32).to_send(0.5) == 0.5
