"""Both ways to run buildings, for tests that hold for each."""

from __future__ import annotations

import pytest

from emulators.plants.multizone_office.engine import fast, plain
from emulators.plants.weaving.compiled import can_compile

needs_numba = pytest.mark.skipif(not can_compile(), reason="needs numba (requirements-fast.txt)")
ENGINES = [plain, pytest.param(fast, marks=needs_numba)]
