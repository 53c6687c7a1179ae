"""Machine code is kept, and whoever has to wait for it knows why."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from emulators.plants.multizone_office.interface.overrides import INPUTS, first_wrong
from emulators.plants.weaving import compiled as module
from emulators.plants.weaving.compiled import can_compile, compiled

pytestmark = pytest.mark.skipif(not can_compile(), reason="needs numba (requirements-fast.txt)")


def test_it_is_said_before_it_takes_its_time_and_read_from_where_it_is_kept_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import numpy
    from numba import config

    monkeypatch.setattr(config, "CACHE_DIR", "")
    monkeypatch.setattr(module, "CACHE", tmp_path)
    for told in (["a part is being compiled; that takes some ten seconds, once"], []):
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            [machine] = compiled("a part", {first_wrong: "int64(float64[:,::1])"})
        assert caplog.messages == told
        assert machine(numpy.array([[each.low for each in INPUTS.values()]])) == -1
    assert list(tmp_path.rglob("*.nbi"))
