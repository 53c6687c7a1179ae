"""What is seen of a zone and what it asks for, gives way by, and comes back from."""
