"""The bars, and who keeps them: what a window's KPIs and a course's signals may be off."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median

from benchmarks.baseline.published import DAY_S, Trajectory, Window
from benchmarks.baseline.simulated import Simulated

_ENERGY, _PEAK, _DISCOMFORT, _AIR = "ener_tot", "pele_tot", "tdis_tot", "idis_tot"
_OCCUPIED_H = (6.0, 19.0)
_SETTLED_S = 2 * DAY_S
_FAN = "hvac_reaAhu_PFanSup_y"
_FAN_RUNS_W = 50.0


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """One line of the table. ``keeps`` is None where the line is told and not judged."""

    where: str
    what: str
    ours: float
    theirs: float
    off: str
    keeps: bool | None


@dataclass(frozen=True, slots=True)
class _Bar:
    """What a KPI may be off in one window, and in the median of all: shares, and in its unit."""

    share: float
    least: float
    median_share: float | None


_BARS = {_ENERGY: _Bar(0.20, 0.03, 0.05), _PEAK: _Bar(0.20, 0.002, 0.10), _DISCOMFORT: _Bar(0.25, 0.5, None)}


def judge_windows(pairs: Sequence[tuple[Window, Simulated]]) -> Iterator[JudgedLine]:
    """A line per window and KPI, and the medians."""
    for window, ours in sorted(pairs, key=lambda pair: pair[0].middle_day):
        for kpi, bar in _BARS.items():
            mine, theirs = ours.kpis[kpi], window.kpis[kpi]
            allowed = max(bar.share * abs(theirs), bar.least)
            yield JudgedLine(
                f"day {window.middle_day}", kpi, mine, theirs, _percent(mine, theirs), abs(mine - theirs) <= allowed
            )
        mine, theirs = ours.kpis[_AIR], window.kpis[_AIR]
        yield JudgedLine(f"day {window.middle_day}", _AIR, mine, theirs, f"{mine - theirs:+.1f}", None)
    for kpi, bar in _BARS.items():
        shares = [abs(ours.kpis[kpi] / window.kpis[kpi] - 1.0) for window, ours in pairs if window.kpis[kpi]]
        if bar.median_share is not None and shares:
            middle = median(shares)
            yield JudgedLine("median", kpi, middle, 0.0, f"{100.0 * middle:.1f} %", middle <= bar.median_share)


def _percent(ours: float, theirs: float) -> str:
    return f"{100.0 * (ours / theirs - 1.0):+.1f} %" if theirs else f"{ours - theirs:+.3f}"


def judge_course(course: Trajectory, ours: Simulated) -> Iterator[JudgedLine]:
    """A line per signal that both have: root mean squares of the differences after the first two days."""
    for name, theirs in course.signals.items():
        kind = next((kind for kind in _KINDS if kind.is_of(name)), None)
        if kind is None:
            continue
        chosen = [index for index, time_s in enumerate(course.times_s) if kind.counts(course, index, time_s)]
        if not chosen:
            continue
        mine = ours.signals[name]
        off = sqrt(sum((mine[index] - theirs[index]) ** 2 for index in chosen) / len(chosen))
        means = [sum(values[index] for index in chosen) / len(chosen) for values in (mine, theirs)]
        keeps = off <= kind.allowed if kind.allowed is not None and _is_judged(course) else None
        yield JudgedLine(course.name, name, means[0], means[1], f"rms {off:.2f} {kind.unit}", keeps)


def _is_settled(course: Trajectory, _index: int, time_s: float) -> bool:
    return time_s >= _settled_from_s(course)


def _is_judged(course: Trajectory) -> bool:
    """Whether it goes on after its first two days."""
    return course.times_s[-1] > course.start_s - course.warmup_s + _SETTLED_S


def _settled_from_s(course: Trajectory) -> float:
    return course.start_s - course.warmup_s + _SETTLED_S if _is_judged(course) else course.start_s


def _is_occupied(course: Trajectory, index: int, time_s: float) -> bool:
    hour = time_s % DAY_S / 3600.0
    return _is_settled(course, index, time_s) and _OCCUPIED_H[0] <= hour < _OCCUPIED_H[1]


def _has_air(course: Trajectory, index: int, time_s: float) -> bool:
    return _is_settled(course, index, time_s) and course.signals[_FAN][index] > _FAN_RUNS_W


@dataclass(frozen=True, slots=True)
class _Kind:
    is_of: Callable[[str], bool]
    unit: str
    allowed: float | None
    counts: Callable[[Trajectory, int, float], bool]


_KINDS = (
    _Kind(lambda name: name.endswith("_TZon_y"), "K", 0.3, _is_settled),
    _Kind(lambda name: name.endswith("_CO2Zon_y"), "ppm", 50.0, _is_occupied),
    _Kind(lambda name: name in ("hvac_reaAhu_TMix_y", "hvac_reaAhu_TSup_y"), "K", None, _has_air),
    _Kind(lambda name: name == "hvac_reaAhu_dp_sup_y", "Pa", None, _has_air),
    _Kind(lambda name: name.endswith(("_reaPChi_y", "_reaPHeaPum_y", "_PFanSup_y")), "W", None, _is_settled),
)


def residuals_of_course(course: Trajectory, ours: Simulated) -> list[float]:
    """Every judged difference in units of its bar, so weighed that a signal counts once."""
    found: list[float] = []
    for name, theirs in course.signals.items():
        kind = next((kind for kind in _KINDS if kind.is_of(name)), None)
        if kind is None:
            continue
        chosen = [index for index, time_s in enumerate(course.times_s) if kind.counts(course, index, time_s)]
        off = [ours.signals[name][index] - theirs[index] for index in chosen]
        if kind.allowed is not None and off:
            found.extend(value / kind.allowed / sqrt(len(off)) for value in off)
    return found


def residuals_of_window(window: Window, ours: Simulated) -> list[float]:
    """Its energy and its peak, in units of the bars of the medians."""
    shares = ((kpi, bar.median_share) for kpi, bar in _BARS.items() if bar.median_share is not None)
    return [(ours.kpis[kpi] / window.kpis[kpi] - 1.0) / share for kpi, share in shares]
