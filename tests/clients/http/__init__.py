"""Tests of ``clients/http``."""
