"""An ECY-compatible controller: its objects and its clock, what clients do to them, faults, and two front ends.

``objects`` know nobody; ``access`` is what either front end does to them; ``rest`` and ``bacnet`` are the front ends,
``wire`` is how the former spells things; ``faults`` come between. The controller has all of it but the front ends.
"""
