"""Tests of ``recording``."""
