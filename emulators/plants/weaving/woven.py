"""Puts small functions over cells together into one large one that does the same, to the last bit.

A building is written as a function per component, to be read. But calls and finding out where a cell is cost Python as
much as the physics, and numba compiles a hundred functions in a minute and one in seconds. So what runs is woven from
the source of all: a call of a function of ours is replaced by what that does, a name of a constant by its value, and,
where nothing is compiled, a loop over a known range by so many times its body.

Functions that can be woven in return at their end or out of branches; others stay calls, and so does what is only
called in some part of an expression.
"""

from __future__ import annotations

import ast
from types import FunctionType

from emulators.plants.weaving.loom import Loom
from emulators.plants.weaving.nodes import name_of
from emulators.plants.weaving.sources import source_of
from emulators.plants.weaving.strand import Strand


def woven(function: FunctionType, unrolled: bool, largest: int = 10**9) -> FunctionType:
    """One function that does what ``function`` and all of ours that it calls do.

    ``unrolled`` repeats the bodies of loops over a known range; functions of more than ``largest`` statements stay
    calls.
    """
    loom = Loom(unrolled, largest)
    source = source_of(function)
    parameters = [argument.arg for argument in source.args.args]
    strand = Strand(loom, function, {name: name_of(name) for name in parameters}, "", outermost=True)
    made = ast.parse(f"def {function.__name__}({', '.join(parameters)}): pass")
    [definition] = made.body
    definition.body = strand.block(source.body, None)  # type: ignore[attr-defined]
    definition.lineno = definition.end_lineno = function.__code__.co_firstlineno
    loom.names["__name__"] = function.__module__
    code = compile(ast.fix_missing_locations(made), function.__code__.co_filename, "exec")
    exec(code, loom.names)  # noqa: S102 - of our own source
    result: FunctionType = loom.names[function.__name__]
    return result
