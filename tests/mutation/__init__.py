"""A sample of mutants over what keeps the promise to give back, by hand: ``python -m tests.mutation --help``."""

from main import guard

guard()
