"""Undoes what was taken: finds objects again, judges whose values stand there, is patient, looks whether it took."""
