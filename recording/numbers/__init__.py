"""What is counted of a run: pure functions of columns of numbers, NaN where nothing is known."""
