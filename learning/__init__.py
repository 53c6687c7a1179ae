"""Gymnasium's environments over the bench: the embedded building in this process, a BOPTEST server, controllers.

``gymnasium.make("learning:building_bench/MultizoneOffice-v0")`` imports this, which registers the ids. Needs
``requirements-learning.txt``.
"""

from utils.home import install

try:
    import gymnasium  # noqa: F401 - looked for before anything needs it
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(f"learning needs Gymnasium: {install('learning')}", name=error.name) from error

from learning.environment import BuildingBatch, BuildingEnv
from learning.identities import office_id, register_all
from learning.spaces import SpacesFile, read_spaces
from learning.world import Situation, Start, World

__all__ = [
    "BuildingBatch",
    "BuildingEnv",
    "Situation",
    "SpacesFile",
    "Start",
    "World",
    "office_id",
    "read_spaces",
    "register_all",
]

register_all()
