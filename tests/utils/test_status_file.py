"""What monitoring reads, by the reader of Prometheus' own library."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from utils.clocks import Clocks
from utils.status_file import EVERY_S, StatusFile, StatusMetric


class Hand:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.clocks = Clocks(monotonic=lambda: self.now_s, wall=lambda: self.now_s + 1e9)


def samples(file: Path) -> dict[tuple[str, ...], float]:
    """Each sample by its name and the values of its labels."""
    families = text_string_to_metric_families(file.read_text(encoding="utf-8"))
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def test_it_tells_what_is_and_how_it_ended(tmp_path: Path) -> None:
    file, hand = tmp_path / "bench.prom", Hand()
    metrics = [
        StatusMetric("taken", "What is taken.", {('inputs "forced"',): 3.0, ("slots\\\n",): 0.0}, ("what",)),
        StatusMetric("steps", "Steps.", {(): 7.0}, counts=True),
    ]
    with StatusFile(file, "bridge", lambda: metrics, hand.clocks):
        told = samples(file)
        assert told[("bench_taken", 'inputs "forced"')] == 3.0
        assert told[("bench_taken", "slots\\\n")] == 0.0
        assert told[("bench_steps_total",)] == 7.0
        assert told[("bench_up",)] == 1.0
        assert told[("bench_told_timestamp_seconds",)] == hand.clocks.wall()
    assert samples(file)[("bench_up",)] == 0.0
    assert [file] == list(tmp_path.iterdir())


def test_it_is_written_every_few_seconds_and_not_at_every_tick(tmp_path: Path) -> None:
    file, hand = tmp_path / "bench.prom", Hand()
    asked: list[float] = []

    def collect() -> Iterable[StatusMetric]:
        asked.append(hand.now_s)
        return [StatusMetric("step", "The step.", {(): float(len(asked))})]

    with StatusFile(file, "bridge", collect, hand.clocks) as status:
        status.tick()
        assert len(asked) == 1
        hand.now_s += EVERY_S
        status.tick()
        assert samples(file)[("bench_step",)] == 2.0


def test_without_a_file_nobody_is_asked() -> None:
    def collect() -> Iterable[StatusMetric]:
        raise AssertionError("nobody wants to know")

    with StatusFile(None, "bridge", collect) as status:
        status.tick()


def test_a_disk_that_refuses_is_said_once_and_nothing_else_fails(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file, hand = tmp_path / "gone" / "bench.prom", Hand()
    with caplog.at_level(logging.ERROR), StatusFile(file, "bridge", list, hand.clocks) as status:
        hand.now_s += EVERY_S
        status.tick()
    assert [record.message for record in caplog.records if str(file) in record.message] == [caplog.messages[0]]
    file.parent.mkdir()
    with StatusFile(file, "bridge", list, hand.clocks):
        assert samples(file)[("bench_up",)] == 1.0
