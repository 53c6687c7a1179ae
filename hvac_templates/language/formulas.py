"""Arithmetic in the tree: ``+ - * /``, ``min``, ``max``, names and numbers. Parsed when the tree is loaded, never run.

``Autosize`` and ``Autocalculate`` pass through, and a formula over a blank field has no value.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from hvac_templates.language.values import Scalar, Scope, Value

Number: TypeAlias = float | int

AUTOMATIC = frozenset({"autosize", "autocalculate"})

_OPERATORS: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {"min": min, "max": max}


class FormulaError(ValueError):
    """A formula that is not one of ours, or that met a text where it needs a number."""


@dataclass(frozen=True, slots=True)
class Formula(Value):
    """A parsed formula. ``apply`` gets the values of ``operands`` in order."""

    text: str
    operands: tuple[str, ...]
    tree: ast.expr

    def of(self, scope: Scope) -> Scalar | None:
        """The number; ``Autosize`` when an operand is; None when an operand is blank. Raises FormulaError."""
        known = {name: scope.lookup(name) for name in self.operands}
        if any(value is None for value in known.values()):
            return None
        for name, value in known.items():
            if isinstance(value, str):
                return self._automatic(name, value)
        number = _evaluate(self.tree, known)
        if not math.isfinite(number):
            raise FormulaError(f"{self.text} is too large for a number")
        return number

    def names(self) -> tuple[str, ...]:
        """The fields that it reads."""
        return self.operands

    def _automatic(self, name: str, value: str) -> str:
        if value.casefold() not in AUTOMATIC:
            raise FormulaError(f'{name} is "{value}", but {self.text} needs a number')
        return value.capitalize()


def parse_formula(text: str) -> Formula:
    """A formula from its text. Raises FormulaError for anything but arithmetic."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise FormulaError(f'"{text}" is not a formula') from error
    operands: list[str] = []
    _collect(tree, operands)
    return Formula(text.strip(), tuple(dict.fromkeys(operands)), tree)


def _collect(node: ast.expr, operands: list[str]) -> None:
    """Gather the names, and refuse every construct that is not arithmetic."""
    match node:
        case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
            return
        case ast.Name() | ast.Attribute(value=ast.Name()):
            operands.append(_name(node))
        case ast.BinOp(op=op) if type(op) in _OPERATORS:
            _collect(node.left, operands)
            _collect(node.right, operands)
        case ast.UnaryOp(op=ast.USub()):
            _collect(node.operand, operands)
        case ast.Call(func=ast.Name(id=name), keywords=[]) if name in _FUNCTIONS and node.args:
            for argument in node.args:
                _collect(argument, operands)
        case _:
            raise FormulaError(f'"{ast.unparse(node)}" is not arithmetic: use + - * / min max, names and numbers')


def _name(node: ast.expr) -> str:
    return f"{_name(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else ast.unparse(node)


def _evaluate(node: ast.expr, known: Mapping[str, Any]) -> Number:
    match node:
        case ast.Constant(value=value):
            number: Number = value  # type: ignore[assignment]  # only numbers pass _collect
        case ast.BinOp():
            number = _divided(node, known)
        case ast.UnaryOp():
            number = -_evaluate(node.operand, known)
        case ast.Call():
            number = _FUNCTIONS[_name(node.func)](*(_evaluate(argument, known) for argument in node.args))
        case _:
            number = known[_name(node)]
    return number


def _divided(node: ast.BinOp, known: Mapping[str, Any]) -> Number:
    left, right = _evaluate(node.left, known), _evaluate(node.right, known)
    try:
        result: Number = _OPERATORS[type(node.op)](left, right)
    except ZeroDivisionError as error:
        raise FormulaError(f"{ast.unparse(node)} divides by zero") from error
    return result
