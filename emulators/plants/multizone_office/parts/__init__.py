"""What there may be several of: each owns a run of cells, counted from where it begins (``layout.py``)."""
