"""Gymnasium's environments over a world: one, or a batch of them."""

from learning.environment.single import BuildingEnv

__all__ = ["BuildingEnv"]
