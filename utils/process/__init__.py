"""What has to do with this process and others on the computer: signals, streams, locks, standing still."""
