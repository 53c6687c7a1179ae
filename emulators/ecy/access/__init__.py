"""What clients do to a controller, whichever front end they come by: sign in, read, write, and be counted."""
