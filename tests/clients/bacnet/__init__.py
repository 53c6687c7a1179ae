"""Tests of ``clients/bacnet``."""
