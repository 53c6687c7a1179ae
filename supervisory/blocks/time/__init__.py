"""What happens after how long, at which hour, and on which day."""
