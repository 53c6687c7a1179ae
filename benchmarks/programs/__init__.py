"""What the shipped supervisory programs do to the embedded building, in numbers and pictures."""
