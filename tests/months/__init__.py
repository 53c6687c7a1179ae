"""A month of the whole bench in under an hour, and what has to hold in it: ``python -m tests.months --help``."""

from main import guard

guard()
