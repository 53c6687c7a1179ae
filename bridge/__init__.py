"""The daemon: a run from connect to release. ``step.py`` is the page to read first.

``run.py`` is one session (``session.py``: connect, check, take, give back) with one episode (``episode.py``);
``device_loop.py`` is the thread that shows frames to the controllers, ``startup.py`` what is looked at before anything
is written. Rooms: ``building``, the simulation; ``link``, one controller; ``overriding``, which overrides are in force;
``timing``, how simulated time passes; ``watching``, what watchers are told, and ``memory``, the one that records;
``replay``, a recording in the building's place; ``check``, the look before a run; ``display``, what people see.
"""

import clients  # noqa: F401 - it refuses a utils of somebody else's that hides ours
