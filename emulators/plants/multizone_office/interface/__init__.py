"""What is told and taken, by the names of the case."""
