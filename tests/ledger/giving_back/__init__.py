"""Tests of ``ledger/giving_back``."""
