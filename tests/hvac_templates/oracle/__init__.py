"""The judges of an expansion: EnergyPlus' own ExpandObjects, and the engine that runs what both have made.

``python -m tests.hvac_templates.oracle --help``. Needs requirements-engine.txt. What the judges said is kept in the
user's cache folder, by the content of what they were asked.
"""
