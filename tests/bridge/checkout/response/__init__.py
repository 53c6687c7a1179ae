"""Tests of ``bridge/checkout/response``."""
