"""What is woven for Python alone, with less to do: the same numbers in the same order, to the last bit.

Python takes longer to find an item of a list than a local variable. So what a loop does to cells whose places are known
is done to variables, which are read before the loop and written after it; and variables that only stand for others go.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from emulators.plants.weaving.nodes import assignment, name_of

_Loop: TypeAlias = ast.For | ast.While
_FEW = 8
"""Cells of a loop that is not worth it."""


def trimmed(statements: Sequence[ast.stmt], held: bool) -> list[ast.stmt]:
    """The statements of a whole function without copies of variables; with cells ``held`` in variables, if so."""
    made = _held(statements) if held else list(statements)
    _Copies(made).drop(made)
    return made


def _held(statements: Sequence[ast.stmt]) -> list[ast.stmt]:
    made: list[ast.stmt] = []
    for statement in statements:
        if isinstance(statement, _Loop) and (cells := _cells_of(statement)):
            made += _around(statement, cells)
            continue
        for block in _blocks(statement):
            block[:] = _held(block)
        made.append(statement)
    return made


def _cells_of(loop: _Loop) -> dict[str, ast.Subscript]:
    """Cells at known places, by the variables that they can be held in; of arrays that are used no other way."""
    cells: dict[str, ast.Subscript] = {}
    uses: Counter[str] = Counter()
    for node in ast.walk(loop):
        match node:
            case ast.Subscript(ast.Name(array), ast.Constant(int() as place)):
                cells[f"{array}__{place}"] = node
                uses[array] -= 1
        if isinstance(node, ast.Name):
            uses[node.id] += 1
        elif isinstance(node, ast.Return):
            return {}
    held = {name: cell for name, cell in cells.items() if not uses[_array(cell)]}
    return held if len(held) > _FEW else {}


def _array(cell: ast.Subscript) -> str:
    assert isinstance(cell.value, ast.Name)  # noqa: S101 - only such cells are looked for
    return cell.value.id


def _around(loop: _Loop, cells: dict[str, ast.Subscript]) -> Iterator[ast.stmt]:
    written = {_variable(node) for node in ast.walk(loop) if _is_store(node)}
    yield from (assignment(name, ast.Subscript(cell.value, cell.slice, ast.Load())) for name, cell in cells.items())
    yield _InVariables(cells).visit(loop)
    for name, cell in cells.items():
        if name in written:
            yield ast.Assign([ast.Subscript(cell.value, cell.slice, ast.Store())], name_of(name))


def _is_store(node: ast.AST) -> bool:
    return isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)


def _variable(node: ast.AST) -> str | None:
    match node:
        case ast.Subscript(ast.Name(array), ast.Constant(int() as place)):
            return f"{array}__{place}"
    return None


class _InVariables(ast.NodeTransformer):
    """Puts variables in the place of cells."""

    def __init__(self, cells: dict[str, ast.Subscript]) -> None:
        self._cells = cells

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        name = _variable(node)
        if name is None or name not in self._cells:
            self.generic_visit(node)
            return node
        return ast.Name(name, node.ctx)


class _Copies:
    """Variables that only stand for others. What each statement reads and writes is looked up once."""

    def __init__(self, statements: list[ast.stmt]) -> None:
        self._uses: dict[int, tuple[Counter[str], Counter[str]]] = {}
        uses = [self._used(statement) for statement in statements]
        self._loads = sum((loads for loads, _ in uses), Counter[str]())
        self._stores = sum((stores for _, stores in uses), Counter[str]())

    def drop(self, block: list[ast.stmt]) -> None:
        """Drop what copies a variable to another one that is read only while the first is what it was."""
        place = 0
        while place < len(block):
            statement = block[place]
            for below in _blocks(statement):
                self.drop(below)
            match statement:
                case ast.Assign([ast.Name(copy)], ast.Name(original)) if self._stores[copy] == 1:
                    if self._replaced(block, place + 1, copy, original):
                        del block[place]
                        continue
            place += 1

    def _replaced(self, block: Sequence[ast.stmt], begin: int, copy: str, original: str) -> bool:
        """Read the original instead, if that is all that reads the copy."""
        left, reading = self._loads[copy], []
        for place in range(begin, len(block)):
            if not left:
                break
            loads, stores = self._used(block[place])
            if loads[copy]:
                left -= loads[copy]
                reading.append(block[place])
            if stores[original] and not (left == 0 and isinstance(block[place], ast.Assign)):
                return False
        if left:
            return False
        for statement in reading:
            _Renamed(copy, original).visit(statement)
            self._used(statement)[0][original] += self._used(statement)[0].pop(copy)
        self._loads[original] += self._loads[copy] - 1
        return True

    def _used(self, statement: ast.stmt) -> tuple[Counter[str], Counter[str]]:
        if id(statement) not in self._uses:
            loads: Counter[str] = Counter()
            stores: Counter[str] = Counter()
            for node in ast.walk(statement):
                if isinstance(node, ast.Name):
                    (loads if isinstance(node.ctx, ast.Load) else stores)[node.id] += 1
                elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
                    loads[node.target.id] += 1
            self._uses[id(statement)] = loads, stores
        return self._uses[id(statement)]


class _Renamed(ast.NodeTransformer):
    def __init__(self, name: str, new: str) -> None:
        self._name, self._new = name, new

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self._new if node.id == self._name else node.id, node.ctx)


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    match statement:
        case ast.If() | ast.For() | ast.While():
            yield statement.body
            yield statement.orelse
