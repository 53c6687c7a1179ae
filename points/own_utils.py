"""Refuses a ``utils`` of somebody else's that hides ours, before anything here is looked for in it."""

from pathlib import Path

import utils

if Path(utils.__file__ or "").resolve().parent != Path(__file__).resolve().parents[1] / "utils":
    raise ImportError(f"{utils.__file__} hides the bench's own utils, which {__file__} needs: give it another name")
