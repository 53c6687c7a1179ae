"""The live page: a run seen in a browser, and the hands that a person puts on it there.

It looks at a run from threads of its own and can fail alone (docs/page.md). ``page.py`` puts it together, and
``contracts.py`` says what it needs of a run and what hands may do. Rooms: ``seeing``, what is shown; ``rendering``,
what a browser gets; ``serving``, how; ``assets``, files that are sent as they are.
"""

from page.contracts import Hands, HoldsTime, HoldsValues, SeenRun
from page.page import Page
from page.serving.server import PagePlace

__all__ = [
    "Hands",
    "HoldsTime",
    "HoldsValues",
    "Page",
    "PagePlace",
    "SeenRun",
]
