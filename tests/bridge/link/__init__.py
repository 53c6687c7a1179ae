"""Tests of ``bridge/link``."""
