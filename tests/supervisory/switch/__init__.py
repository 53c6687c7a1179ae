"""Tests of ``supervisory/switch``."""
