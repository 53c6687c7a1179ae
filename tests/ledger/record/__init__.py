"""Tests of ``ledger/record``."""
