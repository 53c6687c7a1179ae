"""Tests of ``bridge.checkout.report``."""
