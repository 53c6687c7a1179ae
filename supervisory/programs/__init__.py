"""Programs that ship with the bench. Each has a page in docs/programs/."""
