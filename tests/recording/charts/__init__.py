"""Tests of ``recording.charts``."""
