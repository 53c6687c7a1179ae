"""Builds the objects of a template as the tree says, and joins them: air paths, links, water loops, schedules."""
