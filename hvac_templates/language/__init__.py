"""The tree's language: what may stand in its YAML files, and how it is read into values, conditions and objects."""
