"""Tests of ``bridge.checkout.stimuli``."""
