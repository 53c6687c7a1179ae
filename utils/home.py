"""Where the program lives: configs, ``.env`` and state are looked for beside ``main.py``."""

from __future__ import annotations

from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
"""The folder of ``main.py``."""
DEMO_CONFIGS = HOME / "configs" / "demo"
"""The controllers of the demo."""
