"""What is seen of a run: its points, how they stand, and their past."""
