"""What an agent may do, sees and is paid for: a small file, held against what a world has."""

from learning.spaces.model import ActionSpace, ForecastSpace, Limit, SeenPoint, SpacesFile
from learning.spaces.reading import KnownPoints, read_spaces, shipped_spaces

__all__ = [
    "ActionSpace",
    "ForecastSpace",
    "KnownPoints",
    "Limit",
    "SeenPoint",
    "SpacesFile",
    "read_spaces",
    "shipped_spaces",
]
