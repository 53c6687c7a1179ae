"""Tests of ``bridge/timing``."""
