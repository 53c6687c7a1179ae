"""Tests of ``bridge/display``."""
