"""Tests of ``bridge/overriding``."""
