"""What is read in the source of a function over cells."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections import Counter
from collections.abc import Iterator
from functools import cache
from types import FunctionType
from typing import TypeGuard

_OURS = f"{__package__.rpartition('.')[0]}."


def is_ours(value: object) -> TypeGuard[FunctionType]:
    """Whether it is a function over cells."""
    return isinstance(value, FunctionType) and value.__module__.startswith(_OURS)


@cache
def source_of(function: FunctionType) -> ast.FunctionDef:
    """The definition of a function. Raises TypeError for what is none."""
    [definition] = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    if not isinstance(definition, ast.FunctionDef):
        raise TypeError(f"{function.__qualname__} is no plain function")
    return definition


@cache
def writes_of(function: FunctionType) -> Counter[str]:
    """How often each name is written to."""
    source = source_of(function)
    return Counter(
        node.id for node in ast.walk(source) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )


def returns(part: ast.AST) -> bool:
    """Whether it may return."""
    return any(isinstance(node, ast.Return) for node in ast.walk(part))


def breaks(loop: ast.For) -> bool:
    """Whether a loop may end before its time."""
    return any(isinstance(node, ast.Break) for node in ast.walk(loop))


@cache
def can_be_woven(function: FunctionType) -> bool:
    """Whether it returns at its end or out of branches only."""
    loops = (node for node in ast.walk(source_of(function)) if isinstance(node, ast.For | ast.While))
    return not any(returns(loop) for loop in loops)


@cache
def size_of(function: FunctionType) -> int:
    """Statements, those of its definition and its docstring too."""
    return sum(isinstance(node, ast.stmt) for node in ast.walk(source_of(function)))


def defaults_of(called: FunctionType) -> dict[str, ast.expr]:
    """What stands for parameters that are not given."""
    defaults = called.__defaults__ or ()
    names = [argument.arg for argument in source_of(called).args.args]
    return {
        name: ast.Constant(value) for name, value in zip(names[len(names) - len(defaults) :], defaults, strict=True)
    }


def arguments_of(source: ast.FunctionDef, call: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The arguments of a call by the names of the parameters."""
    assert isinstance(call, ast.Call)  # noqa: S101 - only calls are woven in
    yield from zip((argument.arg for argument in source.args.args), call.args, strict=False)
    yield from ((keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg)
