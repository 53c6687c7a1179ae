"""What is told of a run to those who watch it: every answered frame, and what changed since the one before."""
