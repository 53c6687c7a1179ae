"""What should move with which actuator, told from the names on both sides before anything is moved."""
