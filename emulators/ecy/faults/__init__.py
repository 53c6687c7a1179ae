"""Misbehaviour on demand, to be added to a controller's faults while it runs: of connections, answers, objects."""
