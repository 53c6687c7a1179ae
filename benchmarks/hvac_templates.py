"""How fast templates are expanded: beside EnergyPlus' own program in the same run, as a command, and for many zones."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.rows import Measured
from hvac_templates.engine import EngineMissing
from hvac_templates.expand import expand
from tests.hvac_templates.boxes import Model, boxes, furnaces, packaged_units, variable_air_volume, zone_names
from tests.hvac_templates.oracle import fortran, idf

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 9
MANY, SOME, TURNS = 1000, 100, 4
FAMILIES = {"packaged units": packaged_units, "one air system with a plant": variable_air_volume}
BESIDE = {**FAMILIES, "a furnace for each zone": furnaces}
"""The furnaces are what we are slowest at, by what ExpandObjects needs."""
KNOWN_S = 1.1
"""The known implementation's best time for five zones (reference, hvac-templates.md, section 0.4)."""


def rows(folder: Path) -> Iterator[Measured]:
    """Five zones in process and as a command, and what a zone costs among many."""
    five = boxes(zone_names(5), variable_air_volume(zone_names(5)))
    ours_s = best(lambda: _expanded(five))
    yield from _beside_energyplus("variable air volume, 5 zones", five)
    for what, templates in BESIDE.items():
        for count in (500, MANY):
            zones = zone_names(count)
            yield from _beside_energyplus(f"{what}, {count} zones", boxes(zones, templates(zones)))
    yield Measured(
        "expand 5 zones in process / known implementation",
        f"{KNOWN_S / ours_s:.0f}x faster",
        ">= 40x",
        f"{ours_s * 1e3:.1f} ms; the known one's {KNOWN_S:g} s is from the reference, not of this run",
    )
    command_s = best(lambda: _command(five, folder))
    yield Measured("expand 5 zones as a command", f"{command_s:.2f} s", "<= 0.3 s", "process start and files included")
    yield from (_linearity(what, templates) for what, templates in FAMILIES.items())


def best(call: Callable[[], object], rounds: int = ROUNDS, clock: Callable[[], float] = time.perf_counter) -> float:
    """The shortest time in seconds of some calls, after one that is not counted."""
    call()
    times = []
    for _ in range(rounds):
        began = clock()
        call()
        times.append(clock() - began)
    return min(times)


def _beside_energyplus(what: str, model: Model) -> Iterator[Measured]:
    """Ours in process and ExpandObjects' run of the same model, in turns so that a busy computer spoils both."""
    row, aim = f"expand in process / ExpandObjects' whole run: {what}", "<= 1"
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            line = fortran.prepare(Path(name), idf.written(model), whole_dictionary=True)
            turns = [(_cost(model), best(lambda: _run(line, name), 1, _children_s)) for _ in range(TURNS)]
    except EngineMissing as missing:
        yield Measured(row, "not measured", aim, str(missing))
        return
    ours_s, theirs_s = (min(times) for times in zip(*turns, strict=True))
    detail = f"{ours_s * 1e3:.0f} ms and {theirs_s * 1e3:.0f} ms, processor time"
    yield Measured(row, f"{ours_s / theirs_s:.2f}", aim, detail)


def _children_s() -> float:
    """Processor time of the programs that were started and have ended."""
    spent = os.times()
    return spent.children_user + spent.children_system


def _run(line: Sequence[str], folder: str) -> None:
    subprocess.run(line, cwd=folder, check=False, capture_output=True)  # noqa: S603 - no shell


def _linearity(what: str, templates: Callable[[list[str]], Model]) -> Measured:
    """What a zone costs among many and among few, measured in turns so that a busy computer spoils both."""
    few, many = (boxes(zones, templates(zones)) for zones in map(zone_names, (SOME, MANY)))
    gc.collect()
    gc.freeze()
    turns = [(_cost(few), _cost(many)) for _ in range(TURNS)]
    gc.unfreeze()
    few_s, many_s = (min(times) for times in zip(*turns, strict=True))
    ratio = (many_s / MANY) / (few_s / SOME)
    detail = f"{few_s * 1e3:.0f} ms for {SOME}, {many_s * 1e3:.0f} ms for {MANY} zones, processor time"
    return Measured(f"cost of a zone among {MANY} / among {SOME}, {what}", f"{ratio:.2f}", "<= 1.5", detail)


def _cost(model: Model) -> float:
    return best(lambda: _expanded(model), 1, time.process_time)


def _expanded(model: Model) -> None:
    result = expand(model)
    if result.model is None:
        raise RuntimeError("; ".join(str(message) for message in result.errors[:3]))


def _command(model: Model, folder: Path) -> None:
    file = folder / "five.epJSON"
    file.write_text(json.dumps(model), encoding="utf-8")
    line = [sys.executable, "main.py", "expand", str(file)]
    subprocess.run(line, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 - our own command
