"""Gymnasium's environments over a world: one, or a batch of them."""

from learning.environment.batch import BuildingBatch
from learning.environment.single import BuildingEnv

__all__ = ["BuildingBatch", "BuildingEnv"]
