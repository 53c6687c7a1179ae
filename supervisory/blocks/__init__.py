"""Building blocks of programs: pure, in plant time and SI units."""
