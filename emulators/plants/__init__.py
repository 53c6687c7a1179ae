"""Buildings for the BOPTEST-compatible server, and what they share: weather, sun, moist air, HVAC, tariffs."""
