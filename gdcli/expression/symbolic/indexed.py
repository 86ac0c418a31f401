"""Derivatives in symbols of expressions with vectors, in index notation."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sympy import Expr, Symbol

from gdcli.expression.bounds import check_symbolic
from gdcli.expression.rows.vectors import INDEX_NAME
from gdcli.expression.symbolic import Bounds, bounded
from gdcli.expression.symbolic.gathering import Gatherer
from gdcli.expression.symbolic.operations import variable
from gdcli.expression.symbolic.printing_vectors import to_text
from gdcli.expression.symbolic.reading import Reader
from gdcli.expression.symbolic.summands import Differentiator, Term
from gdcli.expression.symbolic.vectors import Space, left_out
from gdcli.graph.nodes import Graph

_GENERAL = "kijlmnpqrstuvwabcdefgh"


def indexed_derivatives(
    graph: Graph,
    wrt: Sequence[str] | None = None,
    vectors: Collection[str] = frozenset(),
    matrices: Collection[str] = frozenset(),
) -> dict[str, str]:
    """The partial derivatives in symbols, those by a vector's elements in index notation.

    Lengths need not be known: where they matter they are written as ``len(x)``.

    Args:
        graph: A source graph with one output.
        wrt: The variables to differentiate by; left out, all but matrices and those that are a part of subscripts and
            limits, which cannot vary.
        vectors: The names that are vectors.
        matrices: The names that are matrices.

    Returns:
        For a single number the derivative by its name; for a vector that by its general element, as ``x[k]``, which is
        right for every k from 0 to ``len(x) - 1``; or, where only single elements occur, by each of these, as ``x[0]``.

    Raises:
        SymbolsLeftOut: If it cannot be written in index notation, or would be too large.

    >>> from gdcli.expression.parser import parse
    >>> indexed_derivatives(parse("sum(x**2)"), vectors={"x"})
    {'x[k]': '2*x[k]'}
    >>> indexed_derivatives(parse("Sum(x[i]*x[i+1], (i, 0, len(x)-2))"), vectors={"x"})
    {'x[k]': 'where(k <= len(x) - 2, x[k + 1], 0) + where(k >= 1, x[k - 1], 0)'}
    """
    check_symbolic(len(graph.nodes))
    ordered = [name for name in graph.variables if name in vectors]
    space = Space(ordered, [name for name in graph.variables if name in matrices])
    with bounded() as bounds:
        reader = Reader(graph, space)
        function = reader.read(bounds)
        held = reader.held | set(matrices)
        names = [name for name in graph.variables if name not in held] if wrt is None else wrt
        for name in names:
            if name in held:
                left_out(
                    f"{name} is a matrix"
                    if name in matrices
                    else f"{name} is a part of a subscript or a limit"
                )
        indices = {node.name.partition(" ")[0] for node in graph.nodes if node.op == INDEX_NAME}
        letters = [letter for letter in _GENERAL if letter not in graph.variables]
        # Rather one that no sum has.
        letters.sort(key=lambda letter: letter in indices and letter != "k")
        general = variable(letters[0] if letters else "k_")
        found: dict[str, str] = {}
        for name in names:
            taken = frozenset(graph.variables) | {general.name}
            for key, derivative in _by(function, name, space, general, taken, bounds).items():
                bounds.check(derivative)
                found[key] = to_text(derivative, space)
        return found


def _by(
    function: Expr,
    name: str,
    space: Space,
    general: Symbol,
    taken: frozenset[str],
    bounds: Bounds,
) -> Mapping[str, Expr]:
    """The derivatives by a number, or by the elements of a vector."""
    differentiator = Differentiator(space, variable(name), general, bounds)
    terms = differentiator.terms(function)
    gatherer = Gatherer(space, general, differentiator.facts, taken)
    if not space.rank(variable(name)):
        return {name: gatherer.gathered(terms)}
    length = space.length_of(name)
    singles = _single_elements(terms, length)
    if singles is not None:
        return {f"{name}[{place}]": gatherer.gathered(own) for place, own in singles.items()}
    general_terms = [term if term.subscript is None else _resolved(term, term.subscript) for term in terms]
    return {f"{name}[{general.name}]": gatherer.gathered(general_terms)}


def _single_elements(terms: Sequence[Term], length: Expr) -> dict[int, list[Term]] | None:
    """The terms by the element that each is for, if these are few and their places do not depend on the length."""
    found: dict[int, list[Term]] = {}
    for term in terms:
        if term.subscript is None:
            return None
        place = term.subscript if term.subscript.is_Integer else term.subscript - length
        if not place.is_Integer or (place < 0) == term.subscript.is_Integer:
            return None
        found.setdefault(int(place), []).append(_resolved(term))
    if not found or (min(found) < 0 <= max(found)):
        return None
    return dict(sorted(found.items()))


def _resolved(term: Term, *equals: Expr) -> Term:
    """A term for one element as one for the general element, where that is this one."""
    return replace(term, subscript=None, equals=equals)
