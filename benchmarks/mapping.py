"""How often the mapping's proposal is right, and how long it takes.

The lists are of our own making, one for each of several naming styles, with decoys that the simulation does not have.
Most are of the embedded building; ``CASE.STYLE.csv`` is of another test case of BOPTEST, whose points are beside it.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.rows import Measured
from emulators.door import MultizoneOffice
from mapping import Listed, Proposed, propose
from utils.unit_conversion import from_bacnet
from utils.values import ObjectType

LISTS = Path(__file__).with_name("mapping_lists")
WRITTEN_ALONG = ("distech", "guideline36", "short_codes")
"""Styles that the tables were made with; the others were written down before anybody had looked at their mistakes."""
ZONES: tuple[Mapping[str, str], ...] = tuple(
    dict(zip(("{Z}", "{z}", "{fr}", "{de}"), names.split(), strict=True))
    for names in (
        "North Nor Nord Nord",
        "South Sou Sud Süd",
        "East Eas Est Ost",
        "West Wes Ouest West",
        "Core Cor Centre Kern",
    )
)
"""What stands for a zone in the lists, and what for it: in English, in the simulation, in French and in German."""
MANY = 5_000


@dataclass(frozen=True, slots=True)
class Truth:
    """A point of a list, and the simulation's that it is; None of a decoy."""

    point: Listed
    bop_point: str | None


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of a list. ``points`` and those right are of the ones that the simulation has."""

    points: int
    right_first: int
    within_three: int
    sure: int
    sure_wrong: int
    decoys: int
    decoys_mapped: int


def rows() -> Iterator[Measured]:
    """Each style, all together, and a list of 5 000."""
    simulation = embedded_points()
    tallies = {file.stem: tally(points_for(file), read(file)) for file in sorted(LISTS.glob("*.csv"))}
    for style, told in tallies.items():
        held = ", held back" if style not in WRITTEN_ALONG else ""
        yield Measured(f"mapping: {style}{held}", _share(told), ">= 90 % right first", _detail(told))
    total = _sum(list(tallies.values()))
    yield Measured("mapping: all styles", _share(total), ">= 90 % right first", _detail(total))
    yield Measured("mapping: wrong where sure", f"{total.sure_wrong}", "0", f"{total.sure} sure")
    many_ours, many_theirs = many(simulation)
    began = time.perf_counter()
    propose(many_theirs, many_ours)
    yield Measured(
        f"mapping: {len(many_ours)} points to {len(many_theirs)}", f"{time.perf_counter() - began:.1f} s", "<= 60 s"
    )


def embedded_points() -> list[Listed]:
    """What the embedded building has."""
    test = MultizoneOffice()
    told = [(test.measurements, False), (test.inputs, True)]
    return [
        Listed(name, meta.description, meta.unit, is_input=is_input)
        for points, is_input in told
        for name, meta in points.items()
        if not name.endswith("_activate")
    ]


def points_for(file: Path) -> list[Listed]:
    """What the building of a list has, activations left out."""
    case, dot, _ = file.stem.rpartition(".")
    if not dot:
        return embedded_points()
    with (LISTS / "buildings" / f"{case}.csv").open(encoding="utf-8", newline="") as told:
        return [
            Listed(line["name"], line["description"], line["unit"] or None, is_input=line["is_input"] == "1")
            for line in csv.DictReader(told, delimiter=";")
        ]


def read(file: Path) -> list[Truth]:
    """The points of a style, each zone's written out."""
    with file.open(encoding="utf-8", newline="") as told:
        lines = list(csv.DictReader(told, delimiter=";"))
    return [truth for line in lines for truth in _written_out(line)]


def tally(simulation: Sequence[Listed], truths: Sequence[Truth]) -> Tally:
    """Propose, and compare with what is true."""
    made = propose(simulation, [truth.point for truth in truths]).points
    pairs = [(one, truth.bop_point) for one, truth in zip(made, truths, strict=True)]
    real = [(one, bop) for one, bop in pairs if bop is not None]
    decoys = [one for one, bop in pairs if bop is None]
    return Tally(
        points=len(real),
        right_first=sum(_first(one) == bop for one, bop in real),
        within_three=sum(bop in {found.simulation.name for found in one.candidates} for one, bop in real),
        sure=sum(one.is_sure for one, _ in pairs),
        sure_wrong=sum(one.is_sure and _first(one) != bop for one, bop in pairs),
        decoys=len(decoys),
        decoys_mapped=sum(one.is_mapped for one in decoys),
    )


def many(simulation: Sequence[Listed]) -> tuple[list[Listed], list[Listed]]:
    """5 000 points of a tower whose floors are such offices, on both sides."""
    truths = read(LISTS / "short_codes.csv")
    ours: list[Listed] = []
    theirs: list[Listed] = []
    while len(ours) < MANY:
        floor = len(ours) // len(truths) + 1
        ours += [replace(one.point, equipment=f"{one.point.equipment} {floor}") for one in truths]
        theirs += [replace(point, name=f"floor{floor}_{point.name}") for point in simulation]
    return ours, theirs


def _written_out(line: Mapping[str, str]) -> Iterator[Truth]:
    for zone in ZONES if "{" in "".join(line.values()) else ({},):
        told = {key: _in_zone(value, zone) for key, value in line.items()}
        unit = from_bacnet(told["units"]) if told["units"] else None
        kind = ObjectType(told["type"])
        yield Truth(Listed(told["name"], told["description"], unit, told["equipment"], kind), told["bop_point"] or None)


def _in_zone(text: str, zone: Mapping[str, str]) -> str:
    for written, name in zone.items():
        text = text.replace(written, name)
    return text


def _first(one: Proposed) -> str | None:
    return one.simulation.name if one.simulation is not None else None


def _share(told: Tally) -> str:
    return f"{told.right_first / told.points:.0%}"


def _detail(told: Tally) -> str:
    return (
        f"{told.points} points, {told.within_three / told.points:.0%} within three, {told.sure} sure, "
        f"{told.sure_wrong} of them wrong; {told.decoys_mapped} of {told.decoys} decoys mapped"
    )


def _sum(tallies: Sequence[Tally]) -> Tally:
    columns = zip(
        *(
            (one.points, one.right_first, one.within_three, one.sure, one.sure_wrong, one.decoys, one.decoys_mapped)
            for one in tallies
        ),
        strict=True,
    )
    return Tally(*map(sum, columns))
