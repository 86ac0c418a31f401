"""A whole run as one loop of straight-line Python: the method's update and the native engine's code in one.

A step of gradient descent on two variables then takes half a microsecond, of which the bookkeeping of `Walk`
alone would take ten times as much. The method is not written again for it: its `update` is passed names
instead of numbers, and what it does with them is the text of the loop. Digits are those of `Walk`, which also
takes over for a step in which the fast text raises.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from gdcli.descent.codegen.terms import Term, TermNamespace, inlined, text_of
from gdcli.descent.convergence import Ending, Rules, is_flat, slope
from gdcli.descent.methods.base import Method
from gdcli.descent.methods.elementwise import Elementwise, State
from gdcli.descent.objective import Current, Objective, Sample, is_on_floats
from gdcli.descent.vector import Vector
from gdcli.descent.walk import Walk
from gdcli.engines import Engine, scalar
from gdcli.engines.emit import emit
from gdcli.graph.nodes import Graph

if TYPE_CHECKING:
    from gdcli.engines.native import NativeEngine

_LOCAL = re.compile(r"\bv\d+\b")  # the name of a node
_MOST_NODES = 2_000  # beyond, evaluation takes so long that the overhead of a step does not matter
_MOST_HURRIED = 200  # nodes; beyond, to compile three loops takes longer than they gain in a short run
_MOST_VARIABLES = 50  # beyond, Python's compiler may find the text too deeply nested
_PATIENCE = 10  # failures of the fast text in a row after which a window is walked


class _Names(NamedTuple):
    """What the numbers of a state are called in the text."""

    x: list[str]
    value: str
    gradient: list[str]
    slots: list[list[str]]
    plan: list[str]

    @property
    def here(self) -> list[str]:
        """Those of the point, and of what is known there."""
        return [*self.x, self.value, *self.gradient]

    @property
    def all(self) -> list[str]:
        """Those of everything, in the order in which the functions take and return it."""
        return [*self.here, *(name for slot in self.slots for name in slot), *self.plan]


class _Text:
    """The text of a run.

    Args:
        graph: The graph of the value and the partial derivatives, of n variables.
        method: A settled method, of m slots a variable; what its schedule remembers is the plan.
        rules: When the run ends by itself.
        sign: -1.0 where the graph's value is to be maximised.
    """

    def __init__(self, graph: Graph, method: Elementwise, rules: Rules, sign: float) -> None:
        self.graph = graph
        self.method = method
        self.rules = rules
        self.sign = sign
        self.here = self.names("")
        self.next = self.names("n")

    def names(self, prefix: str) -> _Names:
        """The names of a state."""
        n, schedule = len(self.graph.variables), self.method.schedule
        return _Names(
            [f"{prefix}x{i}" for i in range(n)],
            f"{prefix}v",
            [f"{prefix}g{i}" for i in range(n)],
            [[f"{prefix}s{j}_{i}" for i in range(n)] for j in range(len(self.method.initial()))],
            [f"{prefix}p{i}" for i in range(0 if schedule is None else schedule.remembers)],
        )

    def update(self, old: _Names, new: _Names, number: str) -> list[str]:
        """Update `number`: the lines that compute the state `new` from `old`."""
        method, lines = self.method, dict[str, str]()
        k, value, *remembered = [Term(name, lines) for name in (number, old.value, *old.plan)]
        lr, planned = method.lr, []
        if method.schedule is not None:
            lr, *planned = method.schedule.rate(TermNamespace, TermNamespace, lr, k, value, *remembered)
        updated = []
        for i, (x, g) in enumerate(zip(old.x, old.gradient, strict=True)):
            terms = [Term(name, lines) for name in (x, g, *(slot[i] for slot in old.slots))]
            updated.append(list(method.update(TermNamespace, lr, k, *terms)))
        for row, (low, high) in zip(updated, self.rules.bounds, strict=False):
            row[0] = Term(text_of(row[0]), lines).clip(low, high)
        # All x, then slot by slot, then the plan.
        columns = [*zip(*updated, strict=True), planned]
        statements, texts = inlined(lines, [text_of(item) for column in columns for item in column])
        code = emit(self.graph, new.x, fast=True)
        outputs = [f"-({text})" for text in code.outputs] if self.sign < 0.0 else code.outputs
        computed = _renamed(code.lines, dict(zip([new.value, *new.gradient], outputs, strict=True)))
        targets = [*new.x, *new.all[len(new.here) :]]
        assigned = [f"{name} = {text}" for name, text in zip(targets, texts, strict=True)]
        return [*statements, *assigned, *computed]

    def flat(self, names: _Names) -> str:
        """The condition under which the gradient is within the tolerances; empty where there are none."""
        tolerances, bounds = self.rules.tolerances, self.rules.bounds
        pairs = list(zip(names.x, names.gradient, strict=True))
        flat = [f"-{t!r} <= {g} <= {t!r}" for t, (_, g) in zip(tolerances, pairs, strict=False)]
        for i, ((x, g), (low, high)) in enumerate(zip(pairs, bounds, strict=False) if flat else ()):
            held = f"{x} <= {low!r} and {g} > 0.0 or {x} >= {high!r} and {g} < 0.0"
            flat[i] = f"({flat[i]} or {held})"
        return " and ".join(flat)

    def advance(self) -> str:
        """The function ``advance(k, end, state…, best x…, best v, best g…)``.

        It makes updates k + 1 to end, or stops early after one that may end the run or before one that raises; it
        returns its arguments, without `end`, as they are then.
        """
        here, best = self.here.here, [f"best_{name}" for name in self.here.here]
        step = self.update(self.here, self.next, "k")
        # Only when everything is there is it assigned, so that a step that raises has changed nothing.
        step += [f"{name} = {new}" for name, new in zip(self.here.all, self.next.all, strict=True)]
        step += [
            # Zero times what is not finite is NaN, and counts as true.
            f"if ({' + '.join(here)}) * 0.0: break",
            "if v < best_v:",
            *(f" {name} = {text}" for name, text in zip(best, here, strict=True)),
            f" if v < {self.rules.floor!r}: break",
        ]
        if flat := self.flat(self.here):
            step.append(f"if {flat}: break")
        results = ", ".join([*self.here.all, *best])
        return "\n".join(
            [
                f"def advance(k, end, {results}):",
                " try:",
                "  for k in range(k + 1, end + 1):",
                *(f"   {line}" for line in step),
                " except RAISES:",
                f"  return k - 1, {results}",
                f" return k, {results}",
            ]
        )

    def hurry(self) -> str:
        """The function ``hurry(k, end, state…)``, which is for as long as every step leads down.

        Nothing then has to be kept but the last state, and two states that take turns need not be copied. It makes
        updates k + 1 to end, which are an even number, or stops early: after one where the gradient is within the
        tolerances, and before one that does not lead down, or to where a partial derivative is not finite. It returns
        its arguments, without `end`, as they are then. A variable that has become infinite stays so, and is not looked
        for.
        """
        body = []
        for old, new, before, number in (
            (self.here, self.next, "k - 1", "k"),
            (self.next, self.here, "k", "(k + 1)"),
        ):
            body += self.update(old, new, number)
            body.append(f"if not {new.value} < {old.value} or ({' + '.join(new.gradient)}) * 0.0:")
            body.append(f" return {before}, {', '.join(old.all)}")
            if flat := self.flat(new):
                body += [f"if {flat}:", f" return {number}, {', '.join(new.all)}"]
        state = ", ".join(self.here.all)
        return "\n".join(
            [
                f"def hurry(k, end, {state}):",
                " for k in range(k + 1, end, 2):",
                *(f"  {line}" for line in body),
                f" return end, {state}",
            ]
        )


def _renamed(lines: Sequence[str], results: Mapping[str, str]) -> list[str]:
    """Lines, and after them assignments of results to names; a result that has a name already takes the new one."""
    renamed: dict[str, str] = {}
    for name, result in results.items():
        if _LOCAL.fullmatch(result):
            renamed.setdefault(result, name)
    rest = [f"{name} = {result}" for name, result in results.items() if renamed.get(result) != name]
    text = "\n".join([*lines, *rest])
    return _LOCAL.sub(lambda match: renamed.get(match.group(), match.group()), text).split("\n")


def source(graph: Graph, method: Elementwise, rules: Rules, sign: float) -> str:
    """The text of the functions `advance` and, where it is worth its compilation, `hurry`; see `_Text`."""
    text = _Text(graph, method, rules, sign)
    return f"{text.advance()}\n{text.hurry()}" if len(graph.nodes) <= _MOST_HURRIED else text.advance()


def graph_to_fuse(engine: Engine, method: Method) -> Graph | None:
    """The graph of value and gradient, where a run of a settled method on an engine can be one loop."""
    if not is_on_floats(engine, method.arrays) or engine.graph.shapes:
        return None
    if not (isinstance(method, Elementwise) or method.trial):
        return None
    graph = cast("NativeEngine", engine).gradient_graph
    return graph if len(graph.nodes) <= _MOST_NODES and len(graph.variables) <= _MOST_VARIABLES else None


class FusedWalk(Walk):
    """A run from one start in one generated loop.

    Args:
        objective: What is to be minimised.
        method: A settled method.
        rules: When the run ends by itself.
        current: The start.
        graph: The graph of the value and the partial derivatives.
        sign: -1.0 where the graph's value is to be maximised.
    """

    def __init__(
        self,
        objective: Objective,
        method: Elementwise,
        rules: Rules,
        current: Current,
        graph: Graph,
        sign: float,
    ) -> None:
        super().__init__(objective, method, rules, current)
        self._n = len(graph.variables)
        self._failures = 0
        namespace = scalar.FAST | {"range": range, "RAISES": scalar.RAISES}
        exec(compile(source(graph, method, rules, sign), "<gdcli>", "exec"), namespace)
        self._advance = cast(Callable[..., Sequence[Any]], namespace["advance"])
        self._hurry = cast("Callable[..., Sequence[Any]] | None", namespace.get("hurry"))

    def advance(self, until: int) -> Ending | None:
        """Go on to step `until`, or to where the run ends by itself."""
        ending = None
        while self.step < until and not ending:
            end = min(until, (self.step // self.rules.window + 1) * self.rules.window)
            if self._failures < _PATIENCE:
                ending = self._run(end)
            else:
                self._failures = 0
                ending = super().advance(end)
        return ending

    def _run(self, end: int) -> Ending | None:
        """Go on in the generated loops, at most to step `end` of this window."""
        x, v, g = self.objective.sample(self._current)
        done, slots, plan = self._state
        flat = [a for slot in slots for a in slot.elements]
        best, last = self.best, done + end - self.step
        # Updates are counted from where the method began, which need not be where the run did.
        state: Sequence[Any] = (done, *x, v, *g, *flat, *plan)
        n, length = self._n, 2 * self._n + 1
        if self._hurry is not None and last - done > 1:
            state = self._hurried(self._hurry, state, last)
            here = _sample(state[1 : 1 + length])
            best = here if here.value < best.value else best
        hurried = _sample(state[1 : 1 + length])
        ends = state[0] > done and is_flat(slope(hurried, self.rules.bounds), self.rules.tolerances)
        if state[0] < last and not ends:
            numbers = self._advance(state[0], last, *state[1:], *best.x, best.value, *best.gradient)
            state, best = numbers[:-length], _sample(numbers[-length:])
        k = state[0]
        self.objective.evaluations += k - done
        self.step += k - done
        self.here = here = _sample(state[1 : 1 + length])
        self.best = best
        self._current = Current(Vector(here.x), here.value, Vector(here.gradient))
        slots = tuple(Vector(state[i : i + n]) for i in range(1 + length, 1 + length + len(flat), n))
        self._state = State(k, slots, tuple(state[1 + length + len(flat) :]))
        ending = self._judge()
        if ending:
            return ending
        if self.step < end:
            self._failures += 1
            return self._go()
        self._failures = 0
        return self._rest()

    def _hurried(self, hurry: Callable[..., Sequence[Any]], state: Sequence[Any], last: int) -> Sequence[Any]:
        """The state after as many updates as lead down, at most up to `last`; what is odd is left for `advance`."""
        try:
            found = hurry(state[0], last - (last - state[0]) % 2, *state[1:])
        except scalar.RAISES:
            found = ()
        # Somewhere on the way something raised, or became infinite, or the floor was passed: `advance` says where.
        x = found[1 : 1 + self._n]
        if not found or found[1 + self._n] < self.rules.floor or not all(map(math.isfinite, x)):
            self._hurry = None
            return state
        return found


def _sample(numbers: Sequence[float]) -> Sample:
    """What is known at a point, from x…, v, g… in a row."""
    n = len(numbers) // 2
    return Sample(tuple(numbers[:n]), numbers[n], tuple(numbers[n + 1 :]))
