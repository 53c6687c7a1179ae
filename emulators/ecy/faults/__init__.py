"""Misbehaviour on demand: a fault is added to a controller's ``faults`` while it runs, and taken away again.

``fault.py`` is what a fault may do; ``calls.py`` has those of a call (cut off, kept waiting, answered in its place),
``answers.py`` those of what is told, ``storage.py`` those of what is stored or refused, ``datagrams.py`` those of
BACnet's packets; ``breakages.py`` has names for some of what is stored. Faults of the simulation are in
``emulators/boptest/faults.py``.
"""
