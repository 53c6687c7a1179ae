"""Tests of ``recording.report``."""
