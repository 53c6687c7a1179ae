"""Equipment: one controller and the points that tie it to the simulation."""
