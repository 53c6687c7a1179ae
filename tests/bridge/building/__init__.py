"""Tests of ``bridge/building``."""
