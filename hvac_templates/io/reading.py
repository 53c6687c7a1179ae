"""A model from a file: epJSON, or an IDF that the installed engine converts.

JSON that a person has edited is held to more than Python asks: no key twice (the later one would win in silence), no
NaN, text that is text. Everything wrong with the form of a file is said at once.
"""

from __future__ import annotations

import codecs
import json
from collections import Counter
from pathlib import Path
from typing import Any, TypeAlias

from hvac_templates.judge.form import endless_numbers, form_errors
from hvac_templates.messages import printable
from utils.errors import BridgeError, ConfigError, Problem
from utils.json_text import json_fault

RawModel: TypeAlias = dict[str, dict[str, dict[str, Any]]]

JSON_SUFFIXES = (".epjson", ".json")
IDF_SUFFIX = ".idf"
IDF_COMMENT = b"!"
UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_MAX_SHOWN = 20


def read_model(file: Path) -> RawModel:
    """The model in a file. Raises :class:`utils.errors.ConfigError`, which names the file and what to mend."""
    suffix = file.suffix.casefold()
    if suffix not in (*JSON_SUFFIXES, IDF_SUFFIX):
        raise _refused(file, f"a model is a file ending in .epJSON, .json or .idf, not in {file.suffix or 'nothing'}")
    content = _content(file)
    return _converted(file, content) if suffix == IDF_SUFFIX else parse_model(str(file), content)


def parse_model(name: str, content: bytes) -> RawModel:
    """The model that JSON text says; ``name`` is what messages call it. Raises :class:`utils.errors.ConfigError`."""
    wrong: list[str] = []
    try:
        model = json.loads(_text(content), object_pairs_hook=_Pairs(wrong))
        wrong += [one.line for one in form_errors(model)]
        if not wrong:
            wrong += _unwritable(model)
    except json.JSONDecodeError as error:
        line, column, fault = json_fault(error)
        wrong = [f"it is not JSON: {fault}, line {line} column {column}"]
    except RecursionError:
        wrong = ["its braces are nested too deeply for a model"]
    except _NoText as error:
        wrong = [str(error)]
    except ValueError as error:
        wrong = [f"it is not JSON: {error}"]
    if wrong:
        raise ConfigError(Problem(name, text) for text in _shortened(wrong))
    checked: RawModel = model
    return checked


class _NoText(ValueError):
    """Content that is not the text of a model; the message says what it is."""


def _text(content: bytes) -> str:
    _refuse_no_text(content)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _NoText(f"it is not UTF-8 text: byte {error.start} cannot be read; save it as UTF-8") from None


def _refuse_no_text(content: bytes) -> None:
    if not content.strip():
        raise _NoText("the file is empty")
    if content.startswith(UTF_16_MARKS) or b"\0" in content[:4]:
        raise _NoText("it is UTF-16 text; save it as UTF-8")


def _idf_text(file: Path, content: bytes) -> bytes:
    """An IDF as UTF-8, which is all that the engine reads: it would replace anything else, in silence.

    Comments, which mean nothing, may be in an older code page. Raises ConfigError for what does mean something.
    """
    _refuse_no_text(content)
    parts = [line.partition(IDF_COMMENT) for line in content.splitlines(keepends=True)]
    wrong = [_foreign(number, meant) for number, (meant, _, _) in enumerate(parts, start=1) if not _is_utf_8(meant)]
    if wrong:
        raise ConfigError(Problem(str(file), text) for text in _shortened(wrong))
    return b"".join(meant + (mark + comment).decode(errors="replace").encode() for meant, mark, comment in parts)


def _is_utf_8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _foreign(number: int, text: bytes) -> str:
    shown = printable(text.decode("latin-1").strip())
    return f'line {number}, "{shown}", is not UTF-8 text: save the file as UTF-8; only comments may be as they are'


def _unwritable(model: RawModel) -> list[str]:
    """What JSON text can say and a model cannot hold."""
    try:
        json.dumps(model, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except UnicodeEncodeError:
        return ["it holds half of a two-part character (a lone \\ud8.. or \\udc.. escape)"]
    except ValueError:
        return [one.line for one in endless_numbers(model)]
    return []


class _Pairs:
    """Makes the objects of a JSON text, and notes keys that stand in one of them twice."""

    def __init__(self, wrong: list[str]) -> None:
        self._wrong = wrong

    def __call__(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            counts = Counter(key for key, _ in pairs)
            twice = (key for key, count in counts.items() if count > 1)
            self._wrong.extend(f'"{printable(key)}" stands more than once in the same braces' for key in twice)
        return made


def _content(file: Path) -> bytes:
    if file.is_dir():
        raise _refused(file, "this is a folder; name the model's file")
    try:
        return file.read_bytes()
    except FileNotFoundError:
        raise _refused(file, "there is no such file") from None
    except OSError as error:
        raise _refused(file, f"it cannot be read: {error.strerror}") from error


def _converted(file: Path, content: bytes) -> RawModel:
    from hvac_templates.engine import EngineMissing, convert_idf

    try:
        text = _idf_text(file, content)
    except _NoText as wrong:
        raise _refused(file, str(wrong)) from None
    try:
        return convert_idf(text)
    except EngineMissing as missing:
        raise _refused(file, f"an IDF needs the engine to convert it: {missing}; or convert it to epJSON") from missing
    except BridgeError as error:
        raise _refused(file, str(error)) from error


def _shortened(wrong: list[str]) -> list[str]:
    more = len(wrong) - _MAX_SHOWN
    return [*wrong[:_MAX_SHOWN], f"and {more} more of this kind"] if more > 0 else wrong


def _refused(file: Path, what: str) -> ConfigError:
    return ConfigError([Problem(str(file), what)])
