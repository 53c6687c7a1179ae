"""How the building is used: its modes and times, what people give off and want."""
