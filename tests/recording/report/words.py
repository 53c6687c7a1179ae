"""What a report says, without pictures and marks."""

from __future__ import annotations

import re
from html import unescape


def words(html: str) -> str:
    """As one line."""
    without = re.sub(r"<(svg|style).*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", without)).split())
