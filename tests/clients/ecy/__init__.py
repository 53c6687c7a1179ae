"""Tests of ``clients/ecy``."""
