"""Tests of ``bridge.checkout.judging``."""
