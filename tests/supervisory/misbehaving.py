"""A program that holds a set point, and in each hook does what a file says: raise, or block as long as it is there."""

from __future__ import annotations

import threading
from pathlib import Path

from supervisory import Command, Context, Parameters, Program

VALUE = 200.0
_TICK_S = 0.01


class Orders(Parameters):
    """Where the files are, and how their names begin."""

    folder: str
    name: str


class Misbehaving(Program):
    """Commands one point."""

    points = {"setpoint": Command("Pa", minimum=0.0, maximum=500.0)}  # noqa: RUF012 - a ClassVar of the base
    period_s = 0.5
    Settings = Orders

    def on_start(self, ctx: Context) -> None:
        """Do as told."""
        self._obey("start")

    def on_step(self, ctx: Context) -> None:
        """Command, then do as told."""
        ctx.command("setpoint", VALUE + int(2 * ctx.time_s) % 2)
        self._obey("step")

    def on_stop(self, ctx: Context) -> None:
        """Do as told."""
        self._obey("stop")

    def _obey(self, hook: str) -> None:
        assert isinstance(self.settings, Orders)
        order = Path(self.settings.folder) / f"{self.settings.name}-{hook}"
        if not order.exists():
            return
        if order.read_text(encoding="utf-8") == "raise":
            raise ValueError(f"told to fail in on_{hook}")
        while order.exists():
            threading.Event().wait(_TICK_S)
