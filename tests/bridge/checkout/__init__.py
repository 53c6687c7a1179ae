"""Tests of ``bridge.checkout``."""
