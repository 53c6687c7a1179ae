"""One JSON for several that are alike: ``for_each`` lists what differs, ``${NAME}`` stands for it.

What is wrong in one that a user has written is told in ``equipment/config_template.py``; here it is sound.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

FOR_EACH = "for_each"
PLACE = re.compile(r"\$\{([^{}]*)\}")

Variables: TypeAlias = Mapping[str, str | int | float | bool]


def each_in(file: Path) -> list[dict[str, Any]]:
    """What a file says, as many times as it stands for. Raises KeyError for a name that an entry does not say."""
    content = json.loads(file.read_text(encoding="utf-8"))
    entries = content.pop(FOR_EACH, None)
    return [content] if entries is None else [_filled(content, entry) for entry in entries]


def filled(text: str, entry: Variables) -> str | int | float | bool:
    """A text with what an entry says; that itself, where the text is nothing but its place."""
    whole = PLACE.fullmatch(text)
    return entry[whole[1]] if whole else PLACE.sub(lambda match: _spelled(entry[match[1]]), text)


def _filled(content: Any, entry: Variables) -> Any:  # noqa: ANN401 - JSON
    match content:
        case dict():
            return {key: _filled(value, entry) for key, value in content.items()}
        case list():
            return [_filled(value, entry) for value in content]
        case str():
            return filled(content, entry)
    return content


def _spelled(value: str | float | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
