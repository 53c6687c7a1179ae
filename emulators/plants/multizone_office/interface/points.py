"""Names, units and limits of both cases: ``points.json`` (boptest-api section 12), and what the bench has beyond."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any, TypeAlias

from emulators.plant import PointMeta, TestCaseMeta

_BENCH = "emulators.plants.multizone_office.bench"


@dataclass(frozen=True, slots=True)
class Points:
    """Everything that the case tells about itself."""

    meta: TestCaseMeta
    inputs: Mapping[str, PointMeta]
    measurements: Mapping[str, PointMeta]
    forecast_points: Mapping[str, PointMeta]


@cache
def points() -> Points:
    """The points of the standard case."""
    table = _table(__package__)
    return Points(
        meta=TestCaseMeta(
            name=table["name"],
            floor_area_m2=table["floor_area_m2"],
            default_step_s=table["default_step_s"],
            periods=table["periods"],
            kpi_sources=table["kpi_sources"],
        ),
        inputs=_metas(table["inputs"]),
        measurements=_metas(table["measurements"]),
        forecast_points=_metas(table["forecast_points"]),
    )


@cache
def bench_points() -> Points:
    """The points of the standard case, and behind them those that the bench's case has beyond."""
    standard, table = points(), _table(_BENCH)
    return Points(
        meta=replace(standard.meta, name=table["name"]),
        inputs={**standard.inputs, **_metas(table["inputs"])},
        measurements={**standard.measurements, **_metas(table["measurements"])},
        forecast_points=standard.forecast_points,
    )


def _table(package: str) -> Any:  # noqa: ANN401 - JSON
    return json.loads(resources.files(package).joinpath("points.json").read_text(encoding="utf-8"))


_Row: TypeAlias = tuple[str | None, str] | tuple[str | None, str, float, float]


def _metas(rows: Mapping[str, _Row]) -> dict[str, PointMeta]:
    return {name: _meta(*row) for name, row in rows.items()}


def _meta(unit: str | None, description: str, minimum: float | None = None, maximum: float | None = None) -> PointMeta:
    return PointMeta(unit, description, minimum, maximum)
