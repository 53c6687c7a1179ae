"""What is asked of an air handler, and what it is told."""
