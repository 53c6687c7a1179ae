"""What the case multizone_office_bench has beyond the standard one: people, an air flow station, minimum set-points."""
