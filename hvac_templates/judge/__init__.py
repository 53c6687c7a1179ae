"""What is wrong with a model, or with a tree: its form, its fields against the schema, names, and what cannot run."""
