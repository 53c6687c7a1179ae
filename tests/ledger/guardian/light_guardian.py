"""A guardian that starts at once and does nothing but answer, for tests of everything else.

What the real one does is tested in ``test_guardian``, ``test_kill_switch`` and by whatever starts a child process.
"""

from __future__ import annotations

import sys

_CODE = """
import os
while os.read(0, 1) != b"\\n":
    pass
os.write(1, b"ready\\n")
while os.read(0, 64):
    os.write(1, b".")
"""

COMMAND = (sys.executable, "-I", "-S", "-c", _CODE)
"""Takes the place of ``supervisory.guard.custody.GUARDIAN``."""
