"""A BOPTEST-compatible server, service and legacy API.

``case`` is one test; ``runs`` and ``hub`` are its thread and its life among others; ``service`` is the API;
``overview`` tells which tests there are; ``dialects`` are how the web tiers read and print, and the whole of the legacy
one; ``openapi`` describes both.
"""
