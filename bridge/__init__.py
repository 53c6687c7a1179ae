"""The daemon: a run from connect to release."""
