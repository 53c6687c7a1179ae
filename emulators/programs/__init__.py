"""Standard controller applications for the embedded controllers."""
