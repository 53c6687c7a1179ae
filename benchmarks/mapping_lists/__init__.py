"""Lists of points for the mapping's benchmark, a file for each naming style: what belongs to what, and decoys.

A file's rows are ``equipment;name;type;units;description;bop_point``; ``{Z}`` in a row stands for each of five zones
(``{z}`` its short name in the simulation), and a row without a ``bop_point`` is one that the simulation does not have.
"""
