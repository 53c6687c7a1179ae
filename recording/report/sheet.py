"""The sheet that every report is written on: one HTML file that needs nothing else, and prints on A4."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import resources

from recording.report.html import text

MADE_BY = "<meta name='generator' content='building-bench report'>"
"""By which a report of ours is known: only such a file is written over."""
_HEADED = re.compile(r"<(?:section|h1 class='part') id='([\w-]+)'>(?:<h2>)?(.*?)</h[12]>")


def sheet(title: str, name: str, sections: Iterable[str], kind: str = "report of a run", more: str = "") -> str:
    """Sections below a title, with links to them; ``name`` and ``kind`` stand on top of each printed page.

    ``more`` is style that comes behind that of all reports.
    """
    parts = list(sections)
    style = (resources.files(__package__) / "report.css").read_text(encoding="utf-8") + more
    return (
        "<!DOCTYPE html>\n<html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"{MADE_BY}<link rel='icon' href='data:,'><title>{text(title)}</title>"
        f"<style>{style.replace('RUN', _css_text(name), 1).replace('KIND', _css_text(kind), 1)}</style></head>\n"
        f"<body><h1>{text(title)}</h1>{contents(parts)}\n{''.join(parts)}</body></html>\n"
    )


def contents(sections: Iterable[str]) -> str:
    """Links to sections, and to parts with sections of their own."""
    found = filter(None, map(_HEADED.search, sections))
    links = " ".join(f"<a href='#{heading[1]}'>{heading[2]}</a>" for heading in found)
    return f"<nav>{links}</nav>"


def _css_text(name: str) -> str:
    """A name within quotes of a style sheet; whatever could end them is left out."""
    return "".join(character for character in name if character.isalnum() or character in " -_.")
