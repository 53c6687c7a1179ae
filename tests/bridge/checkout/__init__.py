"""Tests of ``bridge/checkout``."""
