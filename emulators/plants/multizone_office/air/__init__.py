"""What there is one of: the air handler with its control, its air network, and what leaks past it."""
