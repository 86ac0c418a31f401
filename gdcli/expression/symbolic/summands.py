"""The derivative by the general element of a vector, as terms under sums and conditions.

The derivative of ``x[s]`` by ``x[k]`` is 1 where s is k. In a sum over i whose summand has ``x[a*i + b]``, that leaves
of all summands the one with i = (k - b)/a, if that is a whole number within the sum's limits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count

from sympy import Add, Dummy, Expr, Integer, Mul, Symbol

from gdcli.expression.symbolic import Bounds
from gdcli.expression.symbolic.affine import affine, expression, follows, split
from gdcli.expression.symbolic.gradient import gradient, postorder
from gdcli.expression.symbolic.operations import apply, operation
from gdcli.expression.symbolic.vectors import (
    Dot,
    Element,
    Last,
    MatrixProduct,
    Reduction,
    RunningProduct,
    Space,
    Stack,
    Total,
    VectorOperation,
    left_out,
    replaced,
)

Ends = Sequence[tuple[Last, ...]]


@dataclass(frozen=True)
class Term:
    """A factor, where several conditions hold, summed over indices.

    Attributes:
        factor: The factor.
        subscript: Of which element it is the derivative; None of the general one, or by a number.
        indices: Those it is summed over, the outermost first; their limits are among the conditions.
        limits: Expressions that are not negative.
        multiples: Pairs of an expression and a number that divides it.
        equals: What the general subscript is equal to.
    """

    factor: Expr
    subscript: Expr | None
    indices: tuple[Symbol, ...] = ()
    limits: tuple[Expr, ...] = ()
    multiples: tuple[tuple[Expr, Expr], ...] = ()
    equals: tuple[Expr, ...] = ()

    def put_in(self, known: dict[Expr, Expr]) -> Term:
        """The term with expressions in the place of symbols."""
        return Term(
            replaced(self.factor, known),
            None if self.subscript is None else replaced(self.subscript, known),
            self.indices,
            tuple([replaced(limit, known) for limit in self.limits]),
            tuple([(replaced(expr, known), divisor) for expr, divisor in self.multiples]),
            self.equals,
        )


class Differentiator:
    """Differentiates by one variable.

    Args:
        space: What is known of the vectors.
        name: The variable.
        general: The symbol of the general subscript.
        bounds: What may be spent.
    """

    def __init__(self, space: Space, name: Symbol, general: Symbol, bounds: Bounds) -> None:
        self.space = space
        self.name = name
        self.general = general
        self.bounds = bounds
        self.facts = space.facts()
        if space.rank(name):
            self.facts += [general, space.length_of(name.name) - 1 - general]
        self._serial = count(1)

    def terms(self, expr: Expr) -> list[Term]:
        """The terms of the derivative of a number."""
        atoms = [atom for atom in _atoms(expr) if self._concerns(atom)]
        stand_ins = {atom: Dummy(real=True) for atom in atoms}
        partials = gradient(replaced(expr, dict(stand_ins)), stand_ins.values(), spend=self.bounds.spend)
        back = {dummy: atom for atom, dummy in stand_ins.items()}
        found: list[Term] = []
        for atom, dummy in stand_ins.items():
            factor = partials.get(dummy, Integer(0))
            if factor == 0:
                continue
            self.bounds.measure(factor)
            factor = replaced(factor, dict(back))
            self.bounds.measure(factor)
            for term in self._of_atom(atom):
                self.bounds.spend(1)
                found.append(replace(term, factor=term.factor * factor))
        return found

    def _concerns(self, atom: Expr) -> bool:
        return self.name in atom.atoms(Symbol)

    def _of_atom(self, atom: Expr) -> list[Term]:
        if atom == self.name:
            return [Term(Integer(1), None)]
        if isinstance(atom, Element):
            return self._of_element(*atom.args)
        if isinstance(atom, Total):
            body, index, low, high = atom.args
            return self.summed(self.terms(body), index, low, [(Last(high),)])
        if isinstance(atom, RunningProduct):
            body, index, low, high = atom.args
            other = self._index()
            others = RunningProduct(
                apply("where", operation("ne")(other, index), replaced(body, {index: other}), Integer(1)),
                *(other, low, high),
            )
            own = [replace(term, factor=term.factor * others) for term in self.terms(body)]
            return self.summed(own, index, low, [(Last(high),)])
        if isinstance(atom, Dot):
            return [*self._of_inner(*atom.args), *self._of_inner(*reversed(atom.args))]
        return self._of_reduction(atom)

    def _of_element(self, base: Expr, *subscripts: Expr) -> list[Term]:
        if base == self.name:
            if len(subscripts) > 1:
                left_out("there are no derivatives by a matrix")
            return [Term(Integer(1), subscripts[0])]
        if not isinstance(base, MatrixProduct):
            left_out("there are no derivatives by subscripts")
        a, b = base.args
        space, (subscript,) = self.space, subscripts
        matrix, vector = (a, b) if space.rank(a) == 2 else (b, a)
        if self._concerns(matrix):
            left_out("there are no derivatives by a matrix")
        if matrix == a:
            return self._over(vector, lambda place: space.matrix_element(matrix, subscript, place))
        return self._over(vector, lambda place: space.matrix_element(matrix, place, subscript))

    def _of_inner(self, varied: Expr, other: Expr) -> list[Term]:
        return self._over(varied, lambda place: self.space.at(other, place), self.space.listed(other))

    def _over(self, vector: Expr, factor: Callable[[Expr], Expr], count: int = 0) -> list[Term]:
        """The sum over the elements of a vector: of their derivatives, times a factor that depends on the place.

        They are written one by one if their number is given, or if there is a list among them.
        """

        def terms(place: Expr) -> list[Term]:
            found = self.terms(self.space.at(vector, place))
            return [replace(term, factor=term.factor * factor(place)) for term in found]

        count = count or self.space.listed(vector)
        if count:
            return [term for place in range(count) for term in terms(Integer(place))]
        index = self._index()
        return self.summed(terms(index), index, Integer(0), self.space.lasts(vector))

    def _of_reduction(self, atom: Expr) -> list[Term]:
        name, vector = atom.args
        return self._over(vector, lambda place: self._share(name.name, atom, vector, place))

    def _share(self, name: str, atom: Expr, vector: Expr, place: Expr) -> Expr:
        """The derivative of a reduction by the element at a place of what is reduced."""
        element, length = self.space.at(vector, place), self.space.length(vector)
        if name == "sum":
            return Integer(1)
        if name == "mean":
            return 1 / length
        if name == "norm":
            return element / atom
        if name == "norm1":
            return apply("sign", element)
        if name == "logsumexp":
            return apply("exp", element - atom)
        if name in ("var", "std"):
            away = element - Reduction(Symbol("mean"), vector)
            return 2 * away / (length - 1) if name == "var" else away / ((length - 1) * atom)
        if name == "prod":
            other = self._index()
            body = apply("where", operation("ne")(other, place), self.space.at(vector, other), Integer(1))
            return RunningProduct(body, other, Integer(0), length - 1)
        if not _keeps_order(vector):
            called = {"largest": "max", "smallest": "min"}[name]
            left_out(
                f"{called} is taken of a sum or a product, whose rounding may depend on the order of its terms"
            )
        # The largest elements share it.
        is_one, ones = (
            apply("where", operation("eq")(each, atom), Integer(1), Integer(0)) for each in (element, vector)
        )
        return is_one / Reduction(Symbol("sum"), ones)

    def _index(self) -> Symbol:
        return Symbol(f" {next(self._serial)} {self.name.name}", real=True)

    # Sums.

    def summed(self, terms: Iterable[Term], index: Symbol, low: Expr, ends: Ends) -> list[Term]:
        """The sum of terms over an index from `low` on."""
        found = []
        for term in terms:
            self.bounds.spend(1)
            if term.subscript is not None and index in term.subscript.atoms(Symbol):
                found.append(min(self._one_left(term, index, low, ends), key=self._open))
                continue
            ways = [(low, *[Add(end.above, -end.divisor * index) for end in way]) for way in ends]
            way = min(ways, key=lambda way: sum(len(str(limit)) for limit in way[1:]))
            limits = (index - low, *way[1:])
            found.append(replace(term, indices=(index, *term.indices), limits=(*term.limits, *limits)))
        return found

    def _open(self, term: Term) -> tuple[int, int]:
        """How many limits of a term do not go without saying."""
        parts = [part for limit in term.limits for part in split(limit)]
        return sum(not follows(part, self.facts) for part in parts), len(parts)

    def _one_left(self, term: Term, index: Symbol, low: Expr, ends: Ends) -> list[Term]:
        """Of a sum the term in which the subscript is the general one, once for each way to say how far it goes."""
        assert term.subscript is not None
        form = affine(term.subscript)
        factor = form.pop(index, Integer(0))
        rest = expression(form)
        if not factor.is_Integer or factor == 0 or index in rest.atoms(Symbol):
            ring = self._around(term, index, low, ends)
            if ring is None:
                left_out("a subscript in it is no multiple of one index and a constant")
            return [ring]
        away = self.general - rest
        divisor = abs(factor)
        known = replace(
            term.put_in({term.subscript: self.general}).put_in({index: away / factor}), subscript=None
        )
        if divisor != 1:
            known = replace(known, multiples=(*known.multiples, (away, divisor)))
        sign = 1 if factor > 0 else -1
        limits = (*known.limits, sign * (away - factor * low))
        return [
            replace(
                known,
                limits=(*limits, *[sign * (factor * end.above - end.divisor * away) for end in way]),
            )
            for way in ends
        ]

    def _around(self, term: Term, index: Symbol, low: Expr, ends: Ends) -> Term | None:
        """The same of a ring: a subscript ``mod(i + b, n)``, where i goes from 0 to n - 1."""
        subscript = term.subscript
        if not isinstance(subscript, operation("mod")) or low != 0:
            return None
        inner, length = subscript.args
        form = affine(inner)
        factor = form.pop(index, Integer(0))
        rest = expression(form)
        whole = any(way == (Last(length - 1),) for way in ends)
        if abs(factor) != 1 or index in rest.atoms(Symbol) or index in length.atoms(Symbol) or not whole:
            return None
        back = operation("mod")(factor * (self.general - rest), length)
        known = term.put_in({subscript: self.general}).put_in({index: back})
        return replace(known, subscript=None, limits=(*known.limits, length - 1 - self.general))


def _keeps_order(vector: Expr) -> bool:
    """Whether its elements, written one by one, have the same digits as in the whole."""
    return not vector.has(Stack) and all(
        len(part.args) <= 2 for part in postorder(vector) if isinstance(part, Add | Mul)
    )


def _atoms(expr: Expr) -> list[Expr]:
    """The elements, sums and reductions in a number that are not within one another, and its symbols."""
    found: dict[Expr, None] = {}
    seen: set[Expr] = set()
    stack = [expr]
    while stack:
        part = stack.pop()
        if part in seen:
            continue
        seen.add(part)
        if isinstance(part, VectorOperation | Symbol):
            found[part] = None
        else:
            stack.extend(reversed(part.args))
    return list(found)
