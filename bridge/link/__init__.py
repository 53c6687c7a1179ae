"""One controller in a run: reached, claimed, coupled, on line; its duties in every exchange."""
