"""The settings that a runtime needs: those of the bench, less what its transport does not use."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

from supervisory.setup.config import SupervisoryConfig, Transport
from utils.settings import Settings, load_settings

_ACCOUNT = {"ECY2_LOGIN_USERNAME": "unused", "ECY2_LOGIN_PWORD": "unused"}
_BUILDING = {
    "BOP_SERVER_URL": "http://unused",
    "BOP_START_TIME": "2023-01-01 00:00:00",
    "BOP_WARMUP_PERIOD": "0",
    "BOP_STEP_TIME": "1",
}
_NOT_USED: Mapping[Transport, Mapping[str, str]] = {
    Transport.BACNET: {**_ACCOUNT, **_BUILDING},
    Transport.ECY: _BUILDING,
    Transport.SIMULATION: _ACCOUNT,
}
"""What stands in for settings that nobody looks at, so that they need not be written down."""


def settings_for(
    config: SupervisoryConfig, env_file: Path | None, environment: Mapping[str, str], base: Path
) -> Settings:
    """Read the settings. Relative paths count from ``base``. Raises :class:`utils.errors.ConfigError`."""
    from_file = dotenv_values(env_file, encoding="utf-8-sig") if env_file and env_file.is_file() else {}
    given = {**from_file, **environment}
    needed = {name: text for name, text in _NOT_USED[config.transport].items() if not given.get(name)}
    if given.get("BOP_SERVER_IP"):
        needed.pop("BOP_SERVER_URL", None)
    step = {"BOP_STEP_TIME": f"{config.shortest_step_s}"} if config.is_simulated else {}
    return load_settings(env_file, {**environment, **needed, **step}, base)
