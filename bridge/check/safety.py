"""Names that smell of safety: what we force there disables real protection (field notes 1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bridge.check.views import PointView
from bridge.findings import Finding, Severity, Topic
from utils.values import Role

SAFETY_WORDS = {
    "freeze protection": r"fre?e?z\w*|frz\w*|frost\w*|llt|low (temp\w* )?(lim\w*|lmt|cut ?out|det\w*)|lowlim\w*",
    "smoke": r"smoke\w*|smk\w*|duct det\w*",
    "fire": r"fire|fire ?alarm|fas|fsd|sprinkler\w*|flame\w*",
    "high static": r"(hi|high) (duct )?(stat\w*|press\w*|dsp)|(stat\w*|press\w*) (hi|high)|histat\w*|highstat\w*|hsp",
    "high limit": r"(hi|high) (temp\w* )?(lim\w*|lmt|cut ?out)|overheat\w*|over ?temp\w*",
    "emergency": r"emerg\w*|e ?stop|panic|kill ?switch|epo",
    "a leak": r"(gas|co|refrig\w*) (leak\w*|det\w*|alarm)|leak\w*",
    "a safety chain": r"overload\w*|over ?current|thermal trip|safety|safeties|interlock\w*|shut ?down",
}
"""What a name may speak of, and the words that say it: patterns over the name in lower case, split into words."""

_PATTERNS = {kind: re.compile(rf"\b(?:{words})\b") for kind, words in SAFETY_WORDS.items()}
_BOUNDARIES = re.compile(
    r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=[0-9])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[0-9])(?=[A-Za-z])|[^A-Za-z0-9]+"
)


def smell_of(name: str) -> str | None:
    """What kind of protection an object's name speaks of, or None."""
    words = " ".join(part for part in _BOUNDARIES.split(name) if part).lower()
    return next((kind for kind, pattern in _PATTERNS.items() if pattern.search(words)), None)


def safety_findings(view: PointView) -> Iterator[Finding]:
    """A point that we write and that sounds like protection."""
    kind = smell_of(view.point.ecy_point)
    if kind is None or view.point.role is Role.READ:
        return
    verb = "forcing" if view.point.role is Role.FORCED else "commanding"
    what = f"its name speaks of {kind}: {verb} it disables real protection; leave it out unless nothing real is wired"
    yield Finding(Severity.WARNING, Topic.SAFETY, view.where, what)
