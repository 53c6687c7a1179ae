"""Where cells run: processes of this computer, or the workers of a Dask cluster."""

from campaigns.engines.engine import Engine, EngineLost, Failed, Lost, Outcome

__all__ = ["Engine", "EngineLost", "Failed", "Lost", "Outcome"]
