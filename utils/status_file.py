"""How a run is, in a file that monitoring reads: Prometheus' text format, as its node exporter takes it from files.

A luxury: it can fail, and nothing else does. The file is replaced whole; one that is not replaced any more is of a
process that has been killed, which ``bench_told_timestamp_seconds`` shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeAlias

from utils.alone import Alone
from utils.clocks import HOST, Clocks
from utils.home import version

if TYPE_CHECKING:
    from prometheus_client import Metric

EVERY_S = 5.0
"""How often it is told, in seconds."""
Values: TypeAlias = Mapping[tuple[str, ...], float]
"""By the values of the labels."""
_LABELS = ("kind", "version")


@dataclass(frozen=True, slots=True)
class StatusMetric:
    """One quantity. ``name`` has no prefix."""

    name: str
    help: str
    values: Values
    labels: tuple[str, ...] = ()
    counts: bool = False
    """Whether it only ever rises within a run."""


class StatusFile:
    """Tells what ``collect`` finds, in a ``with`` around the run. Without a file it does nothing.

    ``kind`` is that of the run: bridge or supervise.
    """

    def __init__(
        self, file: Path | None, kind: str, collect: Callable[[], Iterable[StatusMetric]], clocks: Clocks = HOST
    ) -> None:
        self._file = file
        self._kind = kind
        self._collect = collect
        self._clocks = clocks
        self._next_s: float | None = None
        self._alone = Alone()

    def tick(self) -> None:
        """Tell this moment, if the last time is long enough ago."""
        now_s = self._clocks.monotonic()
        if self._file is None or (self._next_s is not None and now_s < self._next_s):
            return
        self._next_s = now_s + EVERY_S
        self._tell(self._file, is_there=True)

    def __enter__(self) -> Self:
        self.tick()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._tell(self._file, is_there=False)

    def _tell(self, file: Path, *, is_there: bool) -> None:
        with self._alone.step(f"the status file {file}"):
            from prometheus_client import CollectorRegistry, write_to_textfile

            registry = CollectorRegistry(auto_describe=False)
            registry.register(_Collector([*self._own(is_there=is_there), *self._collect()]))
            write_to_textfile(str(file), registry)

    def _own(self, *, is_there: bool) -> Iterator[StatusMetric]:
        about: Values = {(self._kind, version()): 1.0}
        yield StatusMetric("info", "What this is.", about, _LABELS)
        yield StatusMetric("up", "1 while the run goes on, 0 when it has ended.", {(): float(is_there)})
        yield StatusMetric("told_timestamp_seconds", "When this was written.", {(): self._clocks.wall()})


class _Collector:
    """What prometheus_client asks for."""

    def __init__(self, metrics: Sequence[StatusMetric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        """Every one of ours as one of its."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        for one in self._metrics:
            family = CounterMetricFamily if one.counts else GaugeMetricFamily
            metric = family(f"bench_{one.name}", one.help, labels=one.labels)
            for labels, value in one.values.items():
                metric.add_metric(labels, value)
            yield metric
