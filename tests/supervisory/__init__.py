"""Tests of the room ``supervisory``."""
