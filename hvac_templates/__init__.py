"""HVACTemplate objects of an epJSON model become the objects that EnergyPlus simulates.

``expand.py`` is the whole way. What becomes of a template is YAML in ``tree``; ``language`` reads it, ``build`` makes
the objects, ``judge`` says what is wrong with model or tree, ``io`` is files, ``engine.py`` EnergyPlus itself.
"""

from pathlib import Path

import utils

if Path(utils.__file__ or "").resolve().parent != Path(__file__).resolve().parents[1] / "utils":
    raise ImportError(f"{utils.__file__} hides the bench's own utils, which {__file__} needs: give it another name")
