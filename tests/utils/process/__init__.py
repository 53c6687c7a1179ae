"""Tests of ``utils/process``."""
