"""Tests of the mapping proposal."""
