"""What follows for every point of the configs, with the evidence in a sentence. Pure."""
