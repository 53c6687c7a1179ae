"""What moved: actuators of the simulation one at a time, the courses of all measurements, and who answered."""
