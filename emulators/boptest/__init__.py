"""A BOPTEST-compatible server, service and legacy API.

``case`` is one test; ``runs`` and ``hub`` are its thread and its life among others; ``service`` is the API;
``dialects`` are how the web tiers print, and the whole of the legacy one.
"""
