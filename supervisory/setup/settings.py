"""The settings that a runtime needs: only what its transport uses has to be written down."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from supervisory.setup.config import SupervisoryConfig, Transport
from utils.settings import AccountSettings, LocalSettings, SettingsSource, SimulationSettings
from utils.settings_parts import Part

_USED: Mapping[Transport, tuple[type[Part], ...]] = {
    Transport.BACNET: (LocalSettings,),
    Transport.ECY: (LocalSettings, AccountSettings),
    Transport.SIMULATION: (LocalSettings, SimulationSettings),
}


def settings_for(
    config: SupervisoryConfig, env_file: Path | None, environment: Mapping[str, str], base: Path
) -> SettingsSource:
    """Read the settings and check what is used. Raises :class:`utils.errors.ConfigError`.

    The step of a simulation is the shortest of its programs, whatever the settings say.
    """
    source = SettingsSource.read(env_file, environment, base)
    if config.is_simulated:
        source = source.with_variables({"BOP_STEP_TIME": f"{config.shortest_step_s}"})
    source.check(*_USED[config.transport])
    return source
