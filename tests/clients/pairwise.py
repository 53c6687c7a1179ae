"""Tables in which every two choices of any two switches meet at least once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, product

Switches = Mapping[str, Sequence[object]]
Row = dict[str, object]
_Pair = tuple[tuple[str, int], tuple[str, int]]


def pairwise(switches: Switches) -> list[Row]:
    """Rows that cover all pairs, greedily: the first row has every switch's first choice."""
    open_pairs = _all_pairs(switches)
    rows = []
    chosen = dict.fromkeys(switches, 0)
    while open_pairs:
        rows.append(chosen)
        open_pairs -= _pairs_of(chosen)
        chosen = _next_row(switches, open_pairs)
    return [{name: switches[name][index] for name, index in row.items()} for row in rows]


def _all_pairs(switches: Switches) -> set[_Pair]:
    return {
        ((first, i), (second, j))
        for first, second in combinations(switches, 2)
        for i, j in product(range(len(switches[first])), range(len(switches[second])))
    }


def _pairs_of(row: Mapping[str, int]) -> set[_Pair]:
    return set(combinations(row.items(), 2))


def _next_row(switches: Switches, open_pairs: set[_Pair]) -> dict[str, int]:
    """Start from an open pair and let each further switch close as many as it can."""
    row = dict(min(open_pairs)) if open_pairs else {}
    for name, choices in switches.items():
        if name not in row:
            row[name] = max(range(len(choices)), key=lambda index: _closed({**row, name: index}, name, open_pairs))
    return {name: row[name] for name in switches}


def _closed(row: Mapping[str, int], name: str, open_pairs: set[_Pair]) -> int:
    mine = (name, row[name])
    others = [item for item in row.items() if item[0] != name]
    return sum((item, mine) in open_pairs or (mine, item) in open_pairs for item in others)
