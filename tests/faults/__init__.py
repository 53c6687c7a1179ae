"""Whole runs against peers that misbehave: the rows of docs/faults.md."""
