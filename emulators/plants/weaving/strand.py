"""One call of a function among those that are woven together."""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Mapping, Sequence
from types import FunctionType, ModuleType
from typing import TypeAlias

from emulators.plants.weaving.loom import Loom
from emulators.plants.weaving.nodes import assignment, folded, is_known, known_range, name_of
from emulators.plants.weaving.sources import (
    arguments_of,
    breaks,
    can_be_woven,
    defaults_of,
    is_ours,
    returns,
    size_of,
    source_of,
    writes_of,
)

_MOST_REPEATED = 6
_Statements: TypeAlias = list[ast.stmt]


class Strand:
    """One call of a function: its statements, with its names told from those of other calls.

    ``known`` are expressions that stand for a name; they have no effects and no costs.
    """

    def __init__(
        self, loom: Loom, function: FunctionType, known: Mapping[str, ast.expr], suffix: str, outermost: bool = False
    ) -> None:
        self._outermost = outermost
        self._loom = loom
        self._around = function.__globals__
        self._known = dict(known)
        self._suffix = suffix
        self._writes = Counter(writes_of(function))
        self._out: _Statements = []

    def block(self, statements: Sequence[ast.stmt], result: Sequence[str] | None) -> _Statements:
        """The statements up to the first return, whose value goes to the names of ``result``."""
        outer, self._out = self._out, []
        for place, statement in enumerate(statements):
            if isinstance(statement, ast.Return):
                self._return(statement.value, result)
                break
            if isinstance(statement, ast.If):
                rest = statements[place + 1 :] if returns(statement) else []
                self._branch(statement, rest, result)
                if returns(statement):
                    break
            else:
                self._statement(statement)
        made, self._out = self._out, outer
        return made

    def _return(self, value: ast.expr | None, result: Sequence[str] | None) -> None:
        if value is None:
            return
        if self._outermost:
            self._out.append(ast.Return(self._expression(value)))
        elif result is None:
            if self._calls_ours(value):
                self._expression(value)
        elif isinstance(value, ast.IfExp):
            self._branch(ast.If(value.test, [ast.Return(value.body)], [ast.Return(value.orelse)]), [], result)
        elif called := self._called(value):
            self._weave_in(called, value, result)
        elif isinstance(value, ast.Tuple) and len(result) == len(value.elts):
            parts = [self._expression(part) for part in value.elts]
            self._out += [assignment(name, part) for name, part in zip(result, parts, strict=True)]
        else:
            [name] = result
            self._out.append(assignment(name, self._expression(value)))

    def _branch(self, statement: ast.If, rest: Sequence[ast.stmt], result: Sequence[str] | None) -> None:
        test = self._expression(statement.test)
        if isinstance(test, ast.Constant):
            self._out += self.block([*(statement.body if test.value else statement.orelse), *rest], result)
            return
        body = self.block([*statement.body, *rest], result) or [ast.Pass()]
        self._out.append(ast.If(test, body, self.block([*statement.orelse, *rest], result)))

    def _statement(self, statement: ast.stmt) -> None:
        match statement:
            case ast.For():
                self._loop(statement)
            case ast.Assign(targets, value):
                self._assign(targets, value)
            case ast.AnnAssign(target, _, ast.expr() as value):
                self._assign([target], value)
            case ast.AugAssign(target, operation, value):
                written = self._target(target)
                assert isinstance(written, ast.Name | ast.Attribute | ast.Subscript)  # noqa: S101 - of our own source
                self._out.append(ast.AugAssign(written, operation, self._expression(value)))
            case ast.Expr(call) if called := self._called(call):
                self._weave_in(called, call, None)
            case ast.Expr(ast.Call() as call):
                self._out.append(ast.Expr(self._expression(call)))
            case ast.While(test, body):
                self._out.append(ast.While(self._expression(test, hoists=False), self.block(body, None), []))
            case ast.Break():
                self._out.append(ast.Break())
            case ast.Expr(ast.Constant()):
                pass
            case _:
                raise TypeError(f"this cannot be woven: {ast.unparse(statement)}")

    def _loop(self, loop: ast.For) -> None:
        over = self._expression(loop.iter)
        steps = known_range(over) if self._loom.unrolled and not breaks(loop) else None
        if steps is None or len(steps) > _MOST_REPEATED or not isinstance(loop.target, ast.Name):
            self._out.append(ast.For(self._target(loop.target), over, self.block(loop.body, None), []))
            return
        for step in steps:
            self._known[loop.target.id] = ast.Constant(step)
            self._out += self.block(loop.body, None)

    def _assign(self, targets: list[ast.expr], value: ast.expr) -> None:
        if isinstance(value, ast.IfExp) and self._calls_ours(value):
            body, orelse = (ast.Assign(targets, choice) for choice in (value.body, value.orelse))
            self._writes.update(target.id for target in targets if isinstance(target, ast.Name))
            self._branch(ast.If(value.test, [body], [orelse]), [], None)
            return
        [first, *others] = targets
        called = self._called(value)
        if called and isinstance(first, ast.Name) and not others:
            self._weave_in(called, value, [first.id + self._suffix])
            self._target(first)
            return
        made = self._expression(value)
        if not others and isinstance(first, ast.Tuple) and isinstance(made, ast.Tuple) and (called or is_known(made)):
            for part, single in zip(first.elts, made.elts, strict=True):
                self._set([part], single)
        else:
            self._set(targets, made)

    def _set(self, targets: Sequence[ast.expr], made: ast.expr) -> None:
        """Write a value; a name that is always the same number is known from now on."""
        [first, *others] = targets
        if (
            isinstance(first, ast.Name)
            and not others
            and self._writes[first.id] == 1
            and isinstance(made, ast.Constant)
        ):
            self._known[first.id] = made
        else:
            self._out.append(ast.Assign([self._target(target) for target in targets], made))

    def _target(self, target: ast.expr) -> ast.expr:
        """Where something is written to."""
        match target:
            case ast.Name(name):
                self._known[name] = name_of(name + self._suffix)
                return ast.Name(name + self._suffix, ast.Store())
            case ast.Tuple(parts):
                return ast.Tuple([self._target(part) for part in parts], ast.Store())
            case ast.Subscript(cells, index):
                return ast.Subscript(self._expression(cells), self._expression(index), ast.Store())
        raise TypeError(f"this cannot be woven: {ast.unparse(target)}")

    def _expression(self, value: ast.expr, hoists: bool = True) -> ast.expr:
        """The expression by the names of the result; calls in it are woven in before it, where it ``hoists``."""
        match value:
            case ast.Name(name):
                return self._named(name)
            case ast.Attribute(ast.Name(name), attribute) if isinstance(self._around.get(name), ModuleType):
                return self._loom.outside(attribute, getattr(self._around[name], attribute))
            case ast.Attribute(owner, attribute):
                return ast.Attribute(self._expression(owner, hoists), attribute, ast.Load())
            case ast.Call() if hoists and (called := self._called(value)):
                return self._weave_in(called, value, _results(called, self._loom))
            case ast.BinOp(left, operation, right):
                return folded(self._expression(left, hoists), operation, self._expression(right, hoists))
            case ast.Subscript(cells, index):
                return self._item(self._expression(cells, hoists), self._expression(index, hoists))
            case ast.BoolOp(operation, [first, *others]):
                rest = [self._expression(other, hoists=False) for other in others]
                return ast.BoolOp(operation, [self._expression(first, hoists), *rest])
            case ast.IfExp(test, body, orelse):
                choices = [self._expression(choice, hoists=False) for choice in (body, orelse)]
                return ast.IfExp(self._expression(test, hoists), *choices)
        return self._parts(value, hoists)

    def _parts(self, value: ast.expr, hoists: bool) -> ast.expr:
        match value:
            case ast.UnaryOp(operation, operand):
                made = self._expression(operand, hoists)
                if isinstance(operation, ast.USub) and isinstance(made, ast.Constant):
                    return ast.Constant(-made.value)  # type: ignore[operator]
                return ast.UnaryOp(operation, made)
            case ast.Compare(left, operations, others):
                first, *rest = [self._expression(part, hoists) for part in (left, *others)]
                return ast.Compare(first, operations, rest)
            case ast.Call(function, arguments, []):
                return ast.Call(self._expression(function), [self._expression(each, hoists) for each in arguments], [])
            case ast.Tuple(parts):
                return ast.Tuple([self._expression(part, hoists) for part in parts], ast.Load())
            case ast.Constant(constant):
                return ast.Constant(constant)
        raise TypeError(f"this cannot be woven: {ast.unparse(value)}")

    def _named(self, name: str) -> ast.expr:
        if name in self._known:
            return self._known[name]
        if name in self._writes:
            return name_of(name + self._suffix)
        return self._loom.outside(name, self._around.get(name, getattr(builtins, name, None)))

    def _item(self, cells: ast.expr, index: ast.expr) -> ast.expr:
        if isinstance(cells, ast.Name) and isinstance(index, ast.Constant):
            outside = self._loom.names.get(cells.id)
            if isinstance(outside, tuple) and isinstance(index.value, int):
                return self._loom.outside(f"{cells.id}_{index.value}", outside[index.value])
        return ast.Subscript(cells, index, ast.Load())

    def _called(self, value: ast.expr) -> FunctionType | None:
        """The function of ours that a call is of, if it can be woven in."""
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
            called = self._around.get(value.func.id)
            if is_ours(called) and can_be_woven(called) and size_of(called) <= self._loom.largest:
                return called
        return None

    def _calls_ours(self, value: ast.expr) -> bool:
        return any(self._called(part) for part in ast.walk(value) if isinstance(part, ast.expr))

    def _weave_in(self, called: FunctionType, value: ast.expr, result: Sequence[str] | None) -> ast.expr:
        """Do what a call does; its value is then in the names of ``result``."""
        suffix, source = self._loom.suffix(), source_of(called)
        writes, known = writes_of(called), defaults_of(called)
        for name, argument in arguments_of(source, value):
            made = self._expression(argument)
            if writes[name] or not isinstance(made, ast.Name | ast.Constant):
                self._out.append(assignment(name + suffix, made))
                made = name_of(name + suffix)
            known[name] = made
        self._out += Strand(self._loom, called, known, suffix).block(source.body, result)
        names: list[ast.expr] = [name_of(name) for name in result or ()]
        return names[0] if len(names) == 1 else ast.Tuple(names, ast.Load())


def _results(called: FunctionType, loom: Loom) -> list[str]:
    """New names for what a function returns."""
    name = called.__name__.strip("_") + loom.suffix()
    [first, *_] = (node for node in ast.walk(source_of(called)) if isinstance(node, ast.Return))
    if isinstance(first.value, ast.Tuple):
        return [f"{name}_{number}" for number in range(len(first.value.elts))]
    return [name]
