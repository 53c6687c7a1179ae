"""Programs and configs in a folder."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest

from utils.errors import ConfigError

RESET = """
    from supervisory import Command, Parameters, Program, Read

    class Settings(Parameters):
        gain: float = 1.0

    class Reset(Program):
        points = {
            "temperature": Read("degC"),
            "zones": Read("degC", many=True, required=False),
            "setpoint": Command("Pa", minimum=50, maximum=400),
        }
        period_s = 60
        Settings = Settings

        def on_step(self, ctx):
            ctx.command("setpoint", 100 + self.settings.gain)
            ctx.explain(t=ctx.value("temperature"))
"""


def program(folder: Path, name: str, text: str = RESET) -> Path:
    """A program's file."""
    file = folder / f"{name}.py"
    file.write_text(dedent(text), encoding="utf-8")
    return file


def config(folder: Path, **content: object) -> Path:
    """A config's file; of the simulation unless it says otherwise."""
    file = folder / "config.json"
    file.write_text(json.dumps({"transport": "simulation", **content}), encoding="utf-8")
    return file


def problems(raised: pytest.ExceptionInfo[ConfigError]) -> list[str]:
    """What a config error says, line by line."""
    return [str(problem) for problem in raised.value.problems]
