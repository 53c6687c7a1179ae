"""Lists of points for the mapping's benchmark, a file for each naming style: what belongs to what, and decoys.

A file's rows are ``equipment;name;type;units;description;bop_point``; ``{Z}`` in a row stands for each of five zones
(``{z}`` its short name in the simulation, ``{fr}`` and ``{de}`` its name in French and German), and a row without a
``bop_point`` is one that the simulation does not have. ``CASE.STYLE.csv`` is a list for another test case than the
embedded one: what that offers (its name, description, unit, and whether it is an input) is in ``buildings/CASE.csv``.
"""
