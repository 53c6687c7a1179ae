"""What comes of a campaign: its table, and a page of pictures and numbers."""

from campaigns.results.overview import overview
from campaigns.results.table import results_table

__all__ = ["overview", "results_table"]
