"""Behind the ECY door: the session, batches, objects, clock and neighbours of a controller, and the forms of REST."""
