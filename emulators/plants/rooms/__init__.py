"""Rooms with one facade each, of whatever building: their masses, what reaches them from outside, and what leaks in."""
