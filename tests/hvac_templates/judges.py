"""Marks for tests that need the engine, or the example models."""

from __future__ import annotations

import importlib.util

import pytest

from hvac_templates.engine import EngineMissing, engine_library
from tests.hvac_templates.oracle.places import NoExamples, examples_folder


def _why_no_engine() -> str:
    try:
        engine_library()
    except EngineMissing as missing:
        return str(missing)
    return "" if importlib.util.find_spec("cbor2") else "cbor2 is not installed"


def _why_no_examples() -> str:
    try:
        examples_folder()
    except NoExamples as missing:
        return str(missing)
    return ""


NO_ENGINE = _why_no_engine()
needs_engine = pytest.mark.skipif(bool(NO_ENGINE), reason=NO_ENGINE or "the engine is there")
needs_examples = pytest.mark.skipif(bool(_why_no_examples()), reason=_why_no_examples() or "the examples are there")
