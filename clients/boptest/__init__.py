"""Behind the BOPTEST door: choosing a case, selecting and stopping tests, and the forms of the wire."""
