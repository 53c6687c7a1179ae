"""Tests of ``bridge/check``."""
