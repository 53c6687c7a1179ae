"""Tests of ``bridge/watching``."""
