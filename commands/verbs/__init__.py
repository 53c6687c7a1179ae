"""The verbs of the command line, a module for each: what it may be told, and what it does."""
