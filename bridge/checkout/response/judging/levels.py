"""What no actuator moves is told by its level and by how it varies over a day, against all that is measured alike.

Outdoor air is told by what it cannot be: nothing in a building moves it, and a dry bulb is never colder than a wet one
or a dew point (psychrometrics). Return air is as warm as the rooms that it comes from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bridge.checkout.response.expecting.kinds import QuantityKind
from bridge.checkout.response.expecting.plan import PairedPoint
from bridge.checkout.response.judging.evidence import Evidence
from bridge.checkout.response.judging.saying import value
from bridge.checkout.response.judging.telling import finding
from bridge.checkout.response.seeing.courses import Frames, is_told, values_in
from bridge.checkout.results import MappingFault, PointFinding, PointVerdict, Proof
from points.meanings import Measure, Medium, Spot

_KELVIN = 273.15
_BESIDE_ROOMS_K = 1.5
"""How much warmer or colder than all rooms the air may be that returns from them."""
_NEARLY_ALL = 0.95
_MOST = 0.75
"""Part of a day in which air flows: what stands in a duct at night is as warm as it likes."""


@dataclass(frozen=True, slots=True)
class LevelBand:
    """What a kind is over a day, SI: between which values, and by how much it varies at least."""

    low: float
    high: float
    least_swing: float = 0.0
    is_outside: bool = False
    """Nothing in the building moves it."""


_BANDS: Mapping[tuple[Medium, Spot, Measure], LevelBand] = {
    (Medium.OUTDOOR_AIR, Spot.WEATHER, Measure.TEMPERATURE): LevelBand(_KELVIN - 50, _KELVIN + 50, 1.0, True),
    (Medium.OUTDOOR_AIR, Spot.WEATHER, Measure.HUMIDITY): LevelBand(0.0, 1.0, 0.02, True),
    (Medium.ZONE_AIR, Spot.ZONE, Measure.TEMPERATURE): LevelBand(_KELVIN + 10, _KELVIN + 40, 0.1),
    (Medium.ZONE_AIR, Spot.ZONE, Measure.CO2): LevelBand(350.0, 5000.0, 10.0),
    (Medium.RETURN_AIR, Spot.DUCT, Measure.TEMPERATURE): LevelBand(_KELVIN + 10, _KELVIN + 40, 0.1),
    (Medium.CHILLED_WATER, Spot.PLANT_SUPPLY, Measure.TEMPERATURE): LevelBand(_KELVIN + 1, _KELVIN + 16),
    (Medium.HOT_WATER, Spot.PLANT_SUPPLY, Measure.TEMPERATURE): LevelBand(_KELVIN + 25, _KELVIN + 95),
}


def level_finding(evidence: Evidence, point: PairedPoint, proven: Iterable[str]) -> PointFinding:
    """By the days; ``proven`` are measurements that other points have by response, and cannot be meant here."""
    kind = evidence.plan.expected(point)
    band = _band_of(kind)
    if band is None or not evidence.days:
        return _not_provable(point, f"{_unmoved(evidence, kind)}, and it has no level of its own")
    taken = set(proven)
    alike = [name for name in evidence.plan.measured_alike(point.name) if name not in taken or name == point.name]
    fitting = [name for name in alike if _fits(evidence, band, kind, name, alike)]
    return _judged(evidence, point, kind, fitting, len(alike))


def _unmoved(evidence: Evidence, kind: QuantityKind) -> str:
    if not evidence.plan.outputs:
        return f"these configs have no actuator that could move {kind.words}"
    return f"nothing is known to move {kind.words} alone"


def _judged(
    evidence: Evidence, point: PairedPoint, kind: QuantityKind, fitting: Sequence[str], of: int
) -> PointFinding:
    course = _course(evidence, point.name)
    if point.name in fitting:
        others = [name for name in fitting if name != point.name]
        if others:
            return _not_provable(point, f"{course}; so can {', '.join(others)}: no pass between them", others[0])
        says = f"{course}; of {of} that are measured alike it alone can be {kind.words}"
        return finding(point, PointVerdict.PASS, says, proof=Proof.LEVEL)
    is_named_so = kind.can_be(evidence.plan.kinds[point.name])
    if len(fitting) == 1 and not is_named_so:
        says = f"{course}, which is no {kind.words}; {_course(evidence, fitting[0])}, and is the only one that can be"
        holders = evidence.plan.holders(fitting[0])
        other = str(holders[0]) if holders else fitting[0]
        return finding(point, PointVerdict.FAIL, says, fault=MappingFault.CROSSED, other=other, proof=Proof.LEVEL)
    return _not_provable(point, f"{course}, which is not what {kind.words} usually is")


def _band_of(kind: QuantityKind) -> LevelBand | None:
    if kind.medium is None or kind.place is None or kind.measure is None:
        return None
    return _BANDS.get((kind.medium, kind.place, kind.measure))


def _fits(evidence: Evidence, band: LevelBand, kind: QuantityKind, name: str, alike: Sequence[str]) -> bool:
    told = [values_in(day, name) for day in evidence.days]
    if not _is_within(band, told) or (band.is_outside and evidence.is_moved(name)):
        return False
    if kind.medium is Medium.RETURN_AIR:
        return all(_is_beside_rooms(evidence, day, name) for day in evidence.days)
    if band.is_outside and kind.measure is Measure.TEMPERATURE:
        rivals = [one for one in alike if one != name and not evidence.is_moved(one)]
        rivals = [one for one in rivals if _is_within(band, [values_in(day, one) for day in evidence.days])]
        return all(_is_above(day, name, one) for day in evidence.days for one in rivals)
    return True


def _is_within(band: LevelBand, days: Sequence[Sequence[float]]) -> bool:
    if not days or not all(days):
        return False
    is_level = all(band.low <= value <= band.high for told in days for value in told)
    return is_level and max(max(told) - min(told) for told in days) >= band.least_swing


def _is_above(day: Frames, name: str, other: str) -> bool:
    both = [frame for frame in day if is_told(frame, name) and is_told(frame, other)]
    return sum(frame[name] >= frame[other] for frame in both) >= _NEARLY_ALL * len(both)


def _is_beside_rooms(evidence: Evidence, day: Frames, name: str) -> bool:
    rooms = [one for one, kind in evidence.plan.kinds.items() if _is_room(kind)]
    fits = tried = 0
    for frame in day:
        told = [frame[room] for room in rooms if is_told(frame, room)]
        if told and is_told(frame, name):
            tried += 1
            fits += min(told) - _BESIDE_ROOMS_K <= frame[name] <= max(told) + _BESIDE_ROOMS_K
    return tried > 0 and fits >= _MOST * tried


def _is_room(kind: QuantityKind) -> bool:
    return (kind.place, kind.measure) == (Spot.ZONE, Measure.TEMPERATURE)


def _course(evidence: Evidence, name: str) -> str:
    told = [value for day in evidence.days for value in values_in(day, name)]
    if not told:
        return f"{name} was told at no time of the days"
    ends = f"{value(evidence.plan, name, min(told))} to {value(evidence.plan, name, max(told))}"
    moved = "moved by actuators" if evidence.is_moved(name) else "moved by no actuator"
    return f"over {len(evidence.days)} days {name} went from {ends}, {moved}"


def _not_provable(point: PairedPoint, says: str, other: str | None = None) -> PointFinding:
    return finding(point, PointVerdict.NOT_PROVABLE, says, other=other, proof=Proof.LEVEL)
