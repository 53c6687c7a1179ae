"""Inputs: what the controller holds of the values that were shown, against what they are in the object's own unit.

What should be there is reckoned from the simulation's unit and the one that the controller tells of the object, not by
the config: a scale in the config that makes tenfold values is found although the same config wrote them. Where the
controller tells no unit, the config is believed, and :mod:`bridge.checkout.judging.levels` says what that leaves open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bridge.checkout.judging.levels import judge_level
from bridge.checkout.judging.shapes import Misfit, follows, listed, misfit, rounding, same_sequence, switched
from bridge.checkout.results import MappingFault, PointFinding, PointVerdict, Proof, ShownValue
from points import Point
from points.config import PointConfig
from utils.bacnet import slot_of
from utils.unit_conversion import UnitConverter, UnitError, from_bacnet, same_unit
from utils.values import ObjectState, PointValue, Role

_ATMOSPHERE_PA = 101325.0


@dataclass(frozen=True, slots=True)
class InputTry:
    """One input, and what came of it. Sequences have an entry for each round.

    ``sent`` is what the config makes of ``shown``, in the device unit; ``seen`` is None where nobody could look.
    ``obstacle`` is why it was not tried, ``refusal`` what the controller said to a write; both may be empty.
    """

    equipment: str
    point: Point
    unit: str | None
    """Of the simulation."""
    shown: tuple[float, ...] = ()
    sent: tuple[PointValue | None, ...] = ()
    seen: tuple[ObjectState | None, ...] = ()
    before: ObjectState | None = None
    refusal: str = ""
    obstacle: str = ""
    in_use: PointValue | None = None
    """What somebody else has in it, so that it was left alone: in our slot, or as it was out of service before."""
    other_units: str = ""
    """How the object's units, as the controller tells them, are not those of the config."""

    @property
    def name(self) -> str:
        """The object's."""
        return self.point.ecy_point

    @property
    def told_unit(self) -> str | None:
        """The unit that the controller tells of the object, in our words; None where it tells none."""
        told = next((one.units for one in (*self.seen, self.before) if one is not None and one.units), None)
        known = from_bacnet(told) if told is not None else None
        ours = self.point.device_unit
        if known is None or same_unit(known, "dimensionless"):
            return None
        return ours if ours is not None and same_unit(known, ours) else known

    @property
    def object_unit(self) -> str | None:
        """The unit that its values are in: as the controller tells, or else the config."""
        return self.told_unit or self.point.device_unit

    @property
    def expected(self) -> tuple[PointValue | None, ...]:
        """What the object should hold."""
        if not self.point.object_type.is_analog or self.unit is None or self.told_unit is None:
            return self.sent
        try:
            way = UnitConverter().conversion(self.unit, self.told_unit)
        except UnitError:  # another quantity, which the config makes of it on purpose
            return self.sent
        told = tuple(way(value) for value in self.shown)
        return self.sent if _is_gauge(self.point.config, told, self.sent) else told

    @property
    def found(self) -> tuple[PointValue | None, ...]:
        """What it holds."""
        return tuple(None if one is None else one.present_value.value for one in self.seen)

    @property
    def samples(self) -> tuple[ShownValue, ...]:
        """For the report."""
        return tuple(ShownValue(*one) for one in zip(self.shown, self.expected, self.found, strict=True))


def judge_inputs(tries: Sequence[InputTry]) -> list[PointFinding]:
    """All inputs of a checkout: each is held against the others, too."""
    found: list[PointFinding] = []
    for one in tries:
        found.append(_read_back(one, tries))
        found += judge_level(one.equipment, one.point, one.before)
    return found


def _read_back(one: InputTry, tries: Sequence[InputTry]) -> PointFinding:
    if one.other_units:
        return _finding(one, PointVerdict.FAIL, f"not written: {one.other_units}", MappingFault.WRONG_UNIT)
    if one.in_use is not None:
        return _in_use(one, one.in_use)
    if one.obstacle:
        return _finding(one, PointVerdict.NOT_TESTED, one.obstacle)
    if all(value is None for value in one.found) and not one.refusal:
        return _finding(one, PointVerdict.NOT_TESTED, "the controller did not tell what it holds")
    if not one.refusal and _is_as_expected(one):
        return _finding(one, PointVerdict.PASS, _praise(one))
    wrong, other = _wrong(one, tries)
    return _finding(one, PointVerdict.FAIL, _blame(one, wrong), wrong.fault, other)


def _in_use(one: InputTry, held: PointValue) -> PointFinding:
    if one.point.role is Role.FORCED:
        says = f"not written: somebody else has it out of service, and holds it at {held:g}"
        return _finding(one, PointVerdict.NOT_TESTED, says)
    says = f"not written: slot {one.point.priority}, which is the config's priority, holds somebody else's {held:g}"
    return _finding(one, PointVerdict.FAIL, says, MappingFault.WRONG_SLOT)


def _finding(
    one: InputTry, verdict: PointVerdict, says: str, fault: MappingFault | None = None, other: str | None = None
) -> PointFinding:
    direction = "reverse" if one.point.config.reverse else "direct"
    told = direction if verdict is PointVerdict.PASS else None
    return PointFinding(
        *(one.equipment, one.name, Proof.READ_BACK, verdict, says, fault, other), samples=one.samples, direction=told
    )


def _is_as_expected(one: InputTry) -> bool:
    pairs = list(zip(one.expected, one.found, strict=True))
    if any(other is None or value is None for value, other in pairs):
        return False
    if not one.point.object_type.is_analog:
        return all(value == other for value, other in pairs)
    expected, found = _numbers(one.expected), _numbers(one.found)
    return follows(expected, found) or rounding(expected, found) is not None


def _praise(one: InputTry) -> str:
    says = f"{_shown(one)}; {one.name} holds {listed(one.found)}"
    if one.point.object_type.is_analog and not follows(_numbers(one.expected), _numbers(one.found)):
        says += f"; the controller rounds to {rounding(_numbers(one.expected), _numbers(one.found)):g}"
    return says


def _wrong(one: InputTry, tries: Sequence[InputTry]) -> tuple[Misfit, str | None]:
    """What is wrong, and with which other point it is mixed up."""
    if one.refusal:
        return Misfit(MappingFault.NOT_WRITTEN, f"the controller refuses it: {one.refusal}"), None
    if stronger := _stronger(one):
        return Misfit(MappingFault.WRONG_SLOT, stronger), None
    if one.point.role is Role.FORCED and any(state is not None and not state.out_of_service for state in one.seen):
        return Misfit(MappingFault.NOT_WRITTEN, "it stays in service, and shows what its terminal measures"), None
    if any(value is None for value in one.found):
        return Misfit(MappingFault.DEAD, "it does not always tell a value"), None
    if other := next(_others(one, tries), None):
        return Misfit(MappingFault.CROSSED, f"that is what {other} should hold"), other
    before = one.before.present_value.value if one.before is not None else None
    if one.point.object_type.is_analog:
        return misfit(_numbers(one.expected), _numbers(one.found), one.object_unit, before), None
    return switched(_known(one.expected), _known(one.found)), None


def _blame(one: InputTry, wrong: Misfit) -> str:
    if wrong.fault is MappingFault.NOT_WRITTEN:
        return f"{_shown(one)}; {wrong.says}"
    return f"{_shown(one)}; {one.name} holds {listed(one.found)}: {wrong.says}{_configs_part(one)}"


def _shown(one: InputTry) -> str:
    unit = f" {one.object_unit}" if one.object_unit and one.point.object_type.is_analog else ""
    return f"{listed(one.expected)}{unit} were shown"


def _configs_part(one: InputTry) -> str:
    """Where the config makes the difference, which key of it does."""
    if not one.point.object_type.is_analog or any(value is None for value in (*one.sent, *one.found)):
        return ""
    if not follows(_numbers(one.sent), _numbers(one.found)) or one.sent == one.expected:
        return ""
    config = one.point.config
    keys = [f"scale {config.scale:g}"] if config.scale != 1 else []
    keys += [f"offset {config.offset:g}"] if config.offset else []
    keys += ["reverse"] if config.reverse else []
    return f"; so the config makes it ({', '.join(keys) or f'it converts into {one.point.device_unit}'})"


def _stronger(one: InputTry) -> str:
    """Whose value is in force in place of ours."""
    for state in one.seen:
        if one.point.role is not Role.COMMANDED or state is None or state.priority_array is None:
            continue
        for number in range(1, one.point.priority):
            held = slot_of(state.priority_array, number)
            if held is not None:
                return f"slot {number} holds {held:g}, and the config's priority is {one.point.priority}"
    return ""


def _others(one: InputTry, tries: Sequence[InputTry]) -> Iterator[str]:
    """The points whose values it holds. In the same controller first, as they are crossed there as a rule."""
    ordered = sorted(tries, key=lambda other: other.equipment != one.equipment)
    for other in ordered:
        if other is one or other.point.bop_point == one.point.bop_point or not _is_comparable(one, other):
            continue
        if same_sequence(_known(other.expected), _known(one.found)):
            yield f"{other.equipment}/{other.name}"


def _is_comparable(one: InputTry, other: InputTry) -> bool:
    kinds = {tried.point.object_type.is_analog for tried in (one, other)}
    return len(kinds) == 1 and len(other.expected) == len(one.found) and None not in other.expected


def _is_gauge(config: PointConfig, told: Sequence[float], sent: Sequence[PointValue | None]) -> bool:
    """A pressure above the atmosphere's, made of an absolute one, or the reverse: both are in pascals."""
    if config.scale != 1 or config.reverse or not config.offset or None in sent or config.unit is None:
        return False
    try:
        offset_pa = abs(UnitConverter().convert(config.offset, config.si_unit or config.unit, "Pa"))
    except UnitError:
        return False
    return 0.8 < offset_pa / _ATMOSPHERE_PA < 1.1 and len(told) == len(sent)


def _numbers(values: Sequence[PointValue | None]) -> list[float]:
    return [float(value) for value in values if value is not None]


def _known(values: Sequence[PointValue | None]) -> list[PointValue]:
    return [value for value in values if value is not None]
