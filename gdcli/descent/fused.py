"""A whole run as one loop of straight-line Python: the method's update and the native engine's code in one.

A step of gradient descent on two variables then takes half a microsecond, of which the bookkeeping of `Walk`
alone would take ten times as much. The method is not written again for it: its `update` is passed names
instead of numbers, and what it does with them is the text of the loop. Digits are those of `Walk`, which also
takes over for a step in which the fast text raises.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, cast

from gdcli.descent.convergence import Ending, Rules
from gdcli.descent.methods.base import Method
from gdcli.descent.methods.elementwise import Elementwise, State
from gdcli.descent.objective import Current, Objective, Sample
from gdcli.descent.vector import Vector
from gdcli.descent.walk import Walk
from gdcli.engines import Engine, scalar
from gdcli.engines.emit import emit
from gdcli.graph.nodes import Graph

if TYPE_CHECKING:
    from gdcli.engines.native import NativeEngine

_MOST_NODES = 2_000  # beyond, evaluation takes so long that the overhead of a step does not matter
_MOST_VARIABLES = 50  # beyond, Python's compiler may find the text too deeply nested
_PATIENCE = 10  # failures of the fast text in a row after which a window is walked


class Term:
    """A number that is not there yet: arithmetic with it writes Python text."""

    def __init__(self, text: str, lines: dict[str, str]) -> None:
        self.text = text
        self._lines = lines

    def _write(self, text: str) -> Term:
        """The term for `text`, computed once however often it is written."""
        name = self._lines.setdefault(text, f"u{len(self._lines)}")
        return Term(name, self._lines)

    def __add__(self, other: Term | float) -> Term:
        return self._write(f"{self.text} + {_text(other)}")

    def __radd__(self, other: float) -> Term:
        return self._write(f"{_text(other)} + {self.text}")

    def __sub__(self, other: Term | float) -> Term:
        return self._write(f"{self.text} - {_text(other)}")

    def __rsub__(self, other: float) -> Term:
        return self._write(f"{_text(other)} - {self.text}")

    def __mul__(self, other: Term | float) -> Term:
        return self._write(f"{self.text} * {_text(other)}")

    def __rmul__(self, other: float) -> Term:
        return self._write(f"{_text(other)} * {self.text}")

    def __truediv__(self, other: Term | float) -> Term:
        return self._write(f"{self.text} / {_text(other)}")

    def __rtruediv__(self, other: float) -> Term:
        return self._write(f"{_text(other)} / {self.text}")

    def __floordiv__(self, other: Term | float) -> Term:
        return self._write(f"{self.text} // {_text(other)}")

    def __pow__(self, other: Term | float) -> Term:
        return self._write(f"{self.text} ** {_text(other)}")

    def __rpow__(self, other: float) -> Term:
        return self._write(f"{_text(other)} ** {self.text}")

    def __neg__(self) -> Term:
        return self._write(f"-{self.text}")

    def __lt__(self, other: Term | float) -> Term:
        return self._write(f"{self.text} < {_text(other)}")

    def __gt__(self, other: Term | float) -> Term:
        return self._write(f"{self.text} > {_text(other)}")

    def choose(self, a: Term | float, b: Term | float) -> Term:
        """The term for `a` where this one is true, else `b`."""
        return self._write(f"{_text(a)} if {self.text} else {_text(b)}")

    def clip(self, low: float, high: float) -> Term:
        """The term for the nearest number in [low, high]; NaN stays."""
        x = self.text
        return self._write(f"{low!r} if {x} < {low!r} else {high!r} if {x} > {high!r} else {x}")

    def call(self, function: str) -> Term:
        """The term for `function` of this one."""
        return self._write(f"{function}({self.text})")


class TermNamespace:
    """The functions that an update or a schedule may use, on terms."""

    @staticmethod
    def sqrt(term: Term) -> Term:
        """The square root."""
        return term.call("sqrt")

    @staticmethod
    def abs(term: Term) -> Term:
        """The absolute value."""
        return term.call("abs")

    @staticmethod
    def cos(term: Term) -> Term:
        """The cosine."""
        return term.call("cos")

    @staticmethod
    def where(condition: Term, a: Term | float, b: Term | float) -> Term:
        """`a` where the condition holds, else `b`."""
        return condition.choose(a, b)


def _text(value: Term | float) -> str:
    if isinstance(value, Term):
        return value.text
    text = repr(value)
    return f"({text})" if text.startswith("-") else text


def _names(letter: str, count: int) -> list[str]:
    return [f"{letter}{i}" for i in range(count)]


def source(graph: Graph, method: Elementwise, rules: Rules, sign: float) -> str:
    """The text of the function ``advance(k, end, x…, v, g…, slots…, plan…, best x…, best v, best g…)``.

    It makes updates k + 1 to end, or stops early after one that may end the run or before one that raises; it
    returns its arguments, without `end`, as they are then.

    Args:
        graph: The graph of the value and the partial derivatives, of n variables.
        method: A settled method, of m slots a variable; what its schedule remembers is the plan.
        rules: When the run ends by itself.
        sign: -1.0 where the graph's value is to be maximised.
    """
    n, m = len(graph.variables), len(method.initial())
    x, g = _names("x", n), _names("g", n)
    slots = [_names(f"s{j}_", n) for j in range(m)]
    plan = [] if method.schedule is None else _names("p", method.schedule.remembers)
    lines: dict[str, str] = {}
    k, value, *remembered = [Term(name, lines) for name in ("k", "v", *plan)]
    lr, planned = method.lr, []
    if method.schedule is not None:
        lr, *terms = method.schedule.rate(TermNamespace, TermNamespace, lr, k, value, *remembered)
        planned = [_text(term) for term in terms]
    updated = []
    for i in range(n):
        terms = [Term(name, lines) for name in (x[i], g[i], *(slot[i] for slot in slots))]
        updated.append([_text(term) for term in method.update(TermNamespace, lr, k, *terms)])
    for i, (low, high) in enumerate(rules.bounds):
        limited = Term(updated[i][0], lines)
        updated[i][0] = _text(limited.clip(low, high))
    code = emit(graph, [row[0] for row in updated], fast=True)
    outputs = [f"-({text})" for text in code.outputs] if sign < 0.0 else code.outputs
    here = [*x, "v", *g]
    best = [f"best_{name}" for name in here]
    state = [*here, *(name for slot in slots for name in slot), *plan]
    values = [row[0] for row in updated] + outputs
    values += [row[1 + j] for j in range(m) for row in updated] + planned
    step = [f"{name} = {text}" for text, name in lines.items()] + code.lines
    # Only when everything is there is it assigned, so that a step that raises has changed nothing.
    settled = set(lines.values())
    new = dict(zip(state, values, strict=True))
    step += [f"next_{name} = {text}" for name, text in new.items() if text not in settled]
    step += [f"{name} = {text if text in settled else f'next_{name}'}" for name, text in new.items()]
    step += [
        # Zero times what is not finite is NaN, and counts as true.
        f"if ({' + '.join(here)}) * 0.0: break",
        "if v < best_v:",
        *(f" {name} = {text}" for name, text in zip(best, here, strict=True)),
        f" if v < {rules.floor!r}: break",
    ]
    if rules.tolerances:
        flat = [f"-{t!r} <= {name} <= {t!r}" for t, name in zip(rules.tolerances, g, strict=True)]
        for i, (low, high) in enumerate(rules.bounds):
            held = f"{x[i]} <= {low!r} and {g[i]} > 0.0 or {x[i]} >= {high!r} and {g[i]} < 0.0"
            flat[i] = f"({flat[i]} or {held})"
        step += [f"if {' and '.join(flat)}: break"]
    results = ", ".join([*state, *best])
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


def graph_to_fuse(engine: Engine, method: Method) -> Graph | None:
    """The graph of value and gradient, where a run of a settled method on an engine can be one loop."""
    if engine.name != "native" or engine.graph.shapes or not isinstance(method, Elementwise):
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
        """Go on in the generated loop, at most to step `end` of this window."""
        x, v, g = self.objective.sample(self._current)
        done, slots, plan = self._state
        flat = [a for slot in slots for a in slot.elements]
        best = self.best
        # Updates are counted from where the method began, which need not be where the run did.
        k, *numbers = self._advance(
            done, done + end - self.step, *x, v, *g, *flat, *plan, *best.x, best.value, *best.gradient
        )
        self.objective.evaluations += k - done
        self.step += k - done
        n, length = self._n, 2 * self._n + 1
        self.here = _sample(numbers[:length])
        self.best = _sample(numbers[-length:])
        x, v, g = self.here
        self._current = Current(Vector(x), v, Vector(g))
        flat, plan = numbers[length : length + len(flat)], numbers[length + len(flat) : -length]
        self._state = State(k, tuple(Vector(flat[i : i + n]) for i in range(0, len(flat), n)), tuple(plan))
        ending = self._judge()
        if ending:
            return ending
        if self.step < end:
            self._failures += 1
            return self._go()
        self._failures = 0
        return self._rest()


def _sample(numbers: Sequence[float]) -> Sample:
    """What is known at a point, from x…, v, g… in a row."""
    n = len(numbers) // 2
    return Sample(tuple(numbers[:n]), numbers[n], tuple(numbers[n + 1 :]))
