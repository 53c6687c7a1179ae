"""Tests of ``clients/simulation``."""
