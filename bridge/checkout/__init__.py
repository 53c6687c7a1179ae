"""Checkout: the mapping of points to objects is proved by stimulus and response, point by point."""
