"""Outdoor air humidity for many controllers: :mod:`data_sharing` with another unit and another plausible range."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from supervisory.program import Command, Read
from supervisory.programs.data_sharing import DataSharing


class HumiditySharing(DataSharing):
    """Relative humidity of the outdoor air."""

    plausible = (1.0, 100.0)
    agree_within = 20.0
    points: ClassVar[Mapping[str, Read | Command]] = {
        "source": Read("percent", required=False, many=True),
        "consumer": Command("percent", minimum=0.0, maximum=100.0, many=True),
    }
