"""What a tree of parts remembers."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum, IntEnum, auto

import pytest

from emulators.states import SavedStateError, prepare, remember


class Colour(Enum):
    RED = auto()
    BLUE = auto()


class Level(IntEnum):
    LOW = 1
    HIGH = 2


@dataclass(frozen=True)
class Constant:
    number: float = 3.0


class Part:
    __module__ = "emulators.tests"
    __slots__ = ("_hidden", "on")

    def __init__(self) -> None:
        self._hidden = 1.5
        self.on = False


class Tree:
    __module__ = "emulators.tests"

    def __init__(self) -> None:
        self.number = 2.0
        self.count = 3
        self.colour = Colour.RED
        self.level = Level.HIGH
        self.pair = (1.0, 2.0)
        self.row = [1.0]
        self.rates = {Colour.RED: 0.5, Colour.BLUE: 0.25}
        self.part = Part()
        self.same = [self.part, Part()]
        self.by_colour = {Colour.BLUE: Part()}
        self.constant = Constant()
        self.name = "a tree"
        self.nothing = None
        self.empty: list[float] = []


def test_numbers_are_remembered_by_their_paths_and_every_part_once() -> None:
    assert remember(Tree()) == {
        "number": 2.0,
        "count": 3,
        "colour": "RED",
        "level": "HIGH",
        "pair": [1.0, 2.0],
        "row": [1.0],
        "rates": {"RED": 0.5, "BLUE": 0.25},
        "part.hidden": 1.5,
        "part.on": False,
        "same.1.hidden": 1.5,
        "same.1.on": False,
        "by_colour.BLUE.hidden": 1.5,
        "by_colour.BLUE.on": False,
    }


def test_a_memory_goes_back_into_the_parts_that_live() -> None:
    tree = Tree()
    memory = remember(tree)
    part = tree.part
    tree.number, tree.colour, tree.level, tree.pair, tree.row = 9.0, Colour.BLUE, Level.LOW, (8.0, 8.0), [7.0]
    part.on = True
    tree.rates[Colour.RED] = 0.0
    go_back = prepare(tree, memory, "the tree")
    assert tree.number == 9.0
    go_back()
    assert remember(tree) == memory
    assert tree.part is part
    assert (tree.colour, tree.level, tree.pair) == (Colour.RED, Level.HIGH, (1.0, 2.0))


def test_what_no_state_can_hold_is_noticed_when_it_is_saved() -> None:
    tree = Tree()
    tree.nothing = deque([1.0])  # type: ignore[assignment]
    with pytest.raises(TypeError, match=r"nothing: no state can hold <class 'collections\.deque'>"):
        remember(tree)


@pytest.mark.parametrize("rates", [{"RED": 0.5}, {"RED": 0.5, "GREEN": 1.0}, [0.5, 0.25], {"RED": 0.5, "BLUE": "x"}])
def test_numbers_by_name_have_to_be_those_that_are_there(rates: object) -> None:
    tree = Tree()
    with pytest.raises(SavedStateError, match="the tree: rates has to"):
        prepare(tree, {**remember(tree), "rates": rates}, "the tree")
