"""Stand-ins for both peers over real sockets: a BOPTEST-compatible server and ECY-compatible controllers.

``door.py`` starts them. ``boptest`` serves a building of ``plants`` (what one has to offer: ``plant.py``); ``ecy`` are
controllers that run ``programs`` (what one sees: ``program.py``); ``http`` is the rim of both.
"""
