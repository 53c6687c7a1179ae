"""What REST v2 spells, and how: paths, values, properties, answers. The front, its faults and the writer share it."""
