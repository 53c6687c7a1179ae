"""Small pieces of what is woven: names, assignments, what is known before anything runs."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

_OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
}


def name_of(name: str) -> ast.Name:
    """A name that is read."""
    return ast.Name(name, ast.Load())


def is_known(values: ast.Tuple) -> bool:
    """Whether all parts are numbers by now."""
    return all(isinstance(value, ast.Constant) for value in values.elts)


def assignment(name: str, value: ast.expr) -> ast.Assign:
    """``name = value``."""
    return ast.Assign([ast.Name(name, ast.Store())], value)


def folded(left: ast.expr, operation: ast.operator, right: ast.expr) -> ast.expr:
    """An operation, or what comes of it where both sides are numbers."""
    if isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
        return ast.Constant(_OPERATORS[type(operation)](left.value, right.value))
    return ast.BinOp(left, operation, right)


def known_range(over: ast.expr) -> range | None:
    """The range that a loop runs over, if its limits are numbers."""
    match over:
        case ast.Call(ast.Name("range"), limits) if all(isinstance(limit, ast.Constant) for limit in limits):
            return range(*(limit.value for limit in limits))  # type: ignore[attr-defined]
    return None
