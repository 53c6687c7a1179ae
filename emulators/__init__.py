"""Stand-ins for both peers over real sockets: a BOPTEST-compatible server and ECY-compatible controllers.

``door.py`` starts them. ``boptest`` serves a building of ``plants`` (what one has to offer: ``plant.py``); ``ecy`` are
controllers that run ``programs`` (what one sees: ``program.py``); ``http`` is the rim of both.
"""

from pathlib import Path

import utils

if Path(utils.__file__ or "").resolve().parent != Path(__file__).resolve().parents[1] / "utils":
    raise ImportError(f"{utils.__file__} hides the bench's own utils, which {__file__} needs: give it another name")
