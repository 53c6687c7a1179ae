"""Simulated buildings that stand behind the BOPTEST-compatible server."""
