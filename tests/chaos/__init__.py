"""A seeded storm over the whole bench, and what has to hold in it. By hand: ``python -m tests.chaos --help``."""

from main import guard

guard()
