"""Rooms that everybody may enter: settings, errors, values, units, hand-off, pacing. Imports nothing of ours."""
