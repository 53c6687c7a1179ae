"""Small wrongs that a module can be changed by, one at a time."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
_LOGGER = "log"
_NOT_BEHAVIOUR = {"annotation", "returns", "decorator_list", "keywords", "bases", "type_params"}
"""Fields of definitions that say what something is, not what it does."""


@dataclass(frozen=True, slots=True)
class Site:
    """One wrong: the line it is on, what it is, and how the tree that it was found in is made to have it."""

    line: int
    what: str
    apply: Callable[[], None]


def sites(tree: ast.Module) -> Iterator[Site]:
    """All wrongs of a module, in the order of its text. Applying one changes the tree."""
    yield from _within(tree)


def mutant(source: str, number: int) -> str:
    """The module with one of its wrongs, counted as :func:`sites` does."""
    tree = ast.parse(source)
    list(sites(tree))[number].apply()
    return ast.unparse(ast.fix_missing_locations(tree))


def _within(parent: ast.AST) -> Iterator[Site]:
    for name, value in ast.iter_fields(parent):
        if name in _NOT_BEHAVIOUR and isinstance(parent, ast.FunctionDef | ast.ClassDef | ast.arg | ast.AnnAssign):
            continue
        children = value if isinstance(value, list) else [value]
        for index, child in enumerate(children):
            if not isinstance(child, ast.AST) or _is_only_said(child):
                continue
            for what, wrong in _wrongs(child):
                yield Site(_line(child), what, _putting(parent, name, value, index, wrong))
            yield from _within(child)


def _putting(parent: ast.AST, name: str, value: object, index: int, wrong: ast.AST) -> Callable[[], None]:
    def put() -> None:
        if isinstance(value, list):
            value[index] = wrong
        else:
            setattr(parent, name, wrong)

    return put


def _line(node: ast.AST) -> int:
    if isinstance(node, ast.comprehension):
        return node.target.lineno
    return int(getattr(node, "lineno", 0))


def _is_only_said(node: ast.AST) -> bool:
    """Docstrings, messages, types, and what only goes to the log."""
    if isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom) or _is_type(node):
        return True
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    if not isinstance(node, ast.Expr):
        return False
    called = node.value.func if isinstance(node.value, ast.Call) else None
    logs = isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == _LOGGER
    return logs or isinstance(node.value, ast.Constant)


def _is_type(node: ast.AST) -> bool:
    """``A | B`` of classes."""
    return isinstance(node, ast.BinOp) and isinstance(node.right, ast.Name) and node.right.id[:1].isupper()


def _wrongs(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, ast.expr):
        yield from _wrong_expressions(node)
    elif isinstance(node, ast.stmt):
        yield from _wrong_statements(node)
    elif isinstance(node, ast.comprehension) and node.ifs:
        yield "condition of a comprehension left out", ast.comprehension(node.target, node.iter, [], node.is_async)
    elif isinstance(node, ast.ExceptHandler):
        yield f"{_short(node)} raises it again", ast.ExceptHandler(node.type, node.name, [ast.Raise()])


def _wrong_expressions(node: ast.expr) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Compare(left, [operator], comparators) if type(operator) in _COMPARED:
            other = _COMPARED[type(operator)]()
            yield _said(node, ast.Compare(left, [other], comparators))
        case ast.BoolOp(operator, values):
            yield _said(node, ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values))
        case ast.UnaryOp(ast.Not(), operand):
            yield _said(node, operand)
        case ast.BinOp(left, operator, right) if type(operator) in _COMPUTED:
            yield _said(node, ast.BinOp(left, _COMPUTED[type(operator)](), right))
        case ast.Constant(bool() as value):
            yield _said(node, ast.Constant(not value))
        case ast.Constant(int() | float() as value):
            yield _said(node, ast.Constant(value + 1))
        case ast.IfExp(test, body, other):
            yield _said(node, ast.IfExp(test, other, body))


def _wrong_statements(node: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.If(test, body, orelse):
            yield f"{_short(node)} turned round", ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.Return(ast.expr() as value) if not isinstance(value, ast.Constant):
            yield _said(node, ast.Return(ast.Constant(None)))
        case ast.Expr() | ast.Raise() | ast.AugAssign():
            yield f"{_short(node)} left out", ast.Pass()
        case ast.Assign([ast.Attribute() | ast.Subscript()]):
            yield f"{_short(node)} left out", ast.Pass()
        case ast.Continue():
            yield _said(node, ast.Break())
        case ast.With([ast.withitem(ast.Call(func))], body) if ast.unparse(func).endswith("suppress"):
            yield f"{_short(node)} left out", ast.If(ast.Constant(True), body, [])


def _said(before: ast.AST, after: ast.AST) -> tuple[str, ast.AST]:
    return f"{_short(before)}  ->  {_short(ast.fix_missing_locations(after))}", after


def _short(node: ast.AST) -> str:
    return ast.unparse(node).partition("\n")[0]
