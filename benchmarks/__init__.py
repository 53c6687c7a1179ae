"""Measurements, each with one command and a floor beside it."""

from main import guard

guard()
