"""Tests of ``clients/boptest``."""
