"""Tests, in rooms that mirror the product's; the stand-ins that they drive are the shipped emulators.

Beside those: ``faults`` (whole runs on bad days), ``chaos`` (a seeded storm) and ``mutation`` (would a test notice).
"""
