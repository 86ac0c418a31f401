"""A run of a searching method as one loop of straight-line Python on plain floats.

The method is not written again for it. Once, after some trials by `gdcli.descent.vector`, it is passed names instead of
numbers (`gdcli.descent.codegen.traced`); what it does with them becomes the text of a loop, with the native engine's
code in its place. Digits are those of `gdcli.descent.walk.Walk`, which also makes the steps for which the text raises.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple, cast

from gdcli.descent.bounds import Bounds
from gdcli.descent.codegen.traced import Side, Trace, TracedVector
from gdcli.descent.codegen.traced_text import End, Writer, assigned, either, ways
from gdcli.descent.codegen.traced_walk import END, ODD, RAISED, STUCK
from gdcli.descent.codegen.trees import as_row, flatten, unflatten
from gdcli.descent.methods.base import Method
from gdcli.descent.objective import Current
from gdcli.descent.trust_region import on_floats
from gdcli.engines import scalar


class Functions(NamedTuple):
    """A problem and a method as functions of numbers in a row: those of the point, and of the method's state.

    Attributes:
        begin: From x…, value, gradient… at the start to the row before the first step. It may raise.
        row: From a point and a state, as `Walk` knows them, to the row.
        descend: See `Loop.text`.
    """

    begin: Callable[..., tuple[Any, ...]]
    row: Callable[[Any], tuple[Any, ...]]
    descend: Callable[..., tuple[int, int, int, tuple[Any, ...] | None, tuple[Any, ...]]]


class Loop:
    """The text of a run.

    Args:
        method: A settled method with a `trial`.
        template: A point and the method's state, for their structure.
        objective: Makes the objective for a trace.
        bounds: A pair (low, high) for each variable, or nothing.
    """

    def __init__(
        self,
        method: Method,
        template: tuple[Current, Any],
        objective: Callable[[Trace], Any],
        bounds: Bounds,
    ) -> None:
        self._method = method
        self._template = template
        self._objective = objective
        self._bounds = bounds
        self._n = len(template[0].x.elements)
        self._names = [f"a{i}" for i in range(len(flatten(template)))]

    def begin(self) -> str:
        """The function ``begin(x…, value, gradient…)``; see `Functions`."""
        trace, names = Trace(), self._names[: 2 * self._n + 1]
        current = self._tree(trace, self._template[0], names)
        state = self._method.init(self._objective(trace), current)
        way = ways(trace, Side(trace.lines, trace.texts((current, state)), 0))
        writer = Writer(
            trace,
            way,
            [text for end in way.ends() for text in end.texts],
            lambda end, needed: end.texts,
            {},
            lambda end, filled: [f"return ({''.join(f'{filled(text)}, ' for text in end.texts)})"],
        )
        return _function(f"begin({', '.join(names)})", writer.text(way))

    def descend(self) -> str:
        """The function ``descend(k, end, low, best, least, tolerances…, row…)``.

        It makes trials from step k until step `end`, or until there may be something to say of a step: that it has led
        nowhere, to what is not finite, below `least`, or to where the gradient is within the tolerances. `best` is
        x…, value, gradient… at the lowest point, whose value is `low`, or None where that is the row's own.

        It returns why it has ended, k, how many more evaluations than steps were made, `best` and the row.
        """
        trace, names = Trace(), self._names
        current, state = self._tree(trace, self._template, names)
        found = self._method.trial(self._objective(trace), current, state)
        over = [found.moved, found.stuck]
        side = Side(trace.lines, trace.texts((*over, found.current, found.state)), trace.evaluations)
        way = ways(trace, side)
        ends = list(way.ends())
        finals = {name: [end.texts[2 + place] for end in ends] for place, name in enumerate(names)}
        length = 2 * self._n + 1
        # Where a state holds the point as well, there is no need to keep it twice.
        twins = {
            name: next((other for other in names[length:] if finals[other] == finals[name]), name)
            for name in names[:length]
        }
        here = list(twins.values())
        roots = [*here, *(text for end in ends for text in end.texts[:2])]

        def wanted(end: End, needed: set[str]) -> list[str]:
            new = [finals[name][ends.index(end)] for name in here]
            used = [text for name, text in zip(names, end.texts[2:], strict=True) if name in needed]
            return [*end.texts[:2], *new[: self._n + 1], *new[: self._n + 1], *used]

        def finish(end: End, filled: Callable[[str], str]) -> list[str]:
            values = dict(zip(names, map(filled, end.texts[2:]), strict=True))
            values = {name: text for name, text in values.items() if name in writer.needed}
            return self._finish(filled(end.texts[0]), filled(end.texts[1]), values, here, end.evaluations)

        writer = Writer(trace, way, roots, wanted, finals, finish)
        row = [twins.get(name, name) if name not in writer.needed else name for name in names]
        tolerances = [f"t{i}" for i in range(self._n)]
        return _function(
            f"descend(k, end, low, best, least, {', '.join([*tolerances, *names])})",
            [
                f"count, reason = 0, {END}",
                "try:",
                " while k < end:",
                *(f"  {line}" for line in writer.text(way)),
                f"except RAISES: reason = {RAISED}",
                f"return reason, k, count, best, ({', '.join(row)},)",
            ],
        )

    def compiled(self) -> Functions:
        """The functions; that for the beginning is compiled when it is needed first."""
        descend = self._function_of(self.descend(), "descend")
        row = self._function_of(f"row = {as_row(self._template)}", "row")
        return Functions(lambda *numbers: self._beginning(*numbers), row, descend)

    @cached_property
    def _beginning(self) -> Callable[..., Any]:
        return self._function_of(self.begin(), "begin")

    def _function_of(self, source: str, name: str) -> Callable[..., Any]:
        """A function by its name in a text."""
        namespace = scalar.FAST | {"sqrt_of": scalar.SAFE["sqrt"], "div": scalar.SAFE["div"]}
        namespace |= {"on_floats": on_floats, "RAISES": scalar.RAISES}
        exec(compile(source, "<gdcli>", "exec"), namespace)
        return cast(Callable[..., Any], namespace[name])

    def _tree(self, trace: Trace, template: Any, names: Sequence[str]) -> Any:
        """Terms for names in the structure of a template."""
        return unflatten(template, map(trace.term, names), lambda items: TracedVector(items, trace))

    def _finish(
        self, moved: str, stuck: str, values: dict[str, str], here: list[str], evaluations: int
    ) -> list[str]:
        """The end of a trial.

        Args:
            moved: The condition under which the step is over, at another point.
            stuck: That under which it is over at the same one.
            values: By name the texts of what is to be kept.
            here: The names of x…, value, gradient….
            evaluations: How often value and gradient were computed.
        """
        n = self._n
        new, old, value = [values[name] for name in here], ", ".join(here), here[n]
        # Zero times what is not finite is NaN, and counts as true. Value and gradient are finite.
        odd = [f"best is not None and ({' + '.join(here[:n])}) * 0.0", f"{value} < least", self._flat(here)]
        before = [
            f"if {new[n]} < low and not ({' + '.join(new[:n])}) * 0.0:",
            f" low, best = {new[n]}, None",
            "elif best is None:",
            f" best = ({old})",
        ]
        keep = assigned(values)
        # A step has one evaluation; those of other trials are counted.
        more = [] if evaluations == 1 else [f"count += {evaluations - 1}"]
        other = [f"count += {evaluations}"] if evaluations else []
        after = [*more, "k += 1", f"if {' or '.join(odd)}:", f" reason = {ODD}", " break"]
        nowhere = [*more, "k += 1", f"reason = {STUCK}", "break"]
        if moved == "True":
            return [*before, *keep, *after]
        if moved == "False":
            known = stuck in ("True", "False")
            saved = [] if known else [f"stuck = {stuck}"]
            return [*saved, *keep, *either(stuck if known else "stuck", nowhere, other)]
        return [
            f"moved, stuck = {moved}, {stuck}",
            *either("moved", before, []),
            *keep,
            *either("moved", after, either("stuck", nowhere, other)),
        ]

    def _flat(self, here: list[str]) -> str:
        """The condition under which the gradient is within the tolerances."""
        n, flat = self._n, []
        for i, (x, g) in enumerate(zip(here[:n], here[n + 1 :], strict=True)):
            flat.append(f"-t{i} <= {g} <= t{i}")
            if self._bounds:
                low, high = self._bounds[i]
                held = f"{x} <= {low!r} and {g} > 0.0 or {x} >= {high!r} and {g} < 0.0"
                flat[i] = f"({flat[i]} or {held})"
        return " and ".join(flat)


def _function(head: str, body: Sequence[str]) -> str:
    return "\n".join([f"def {head}:", *(f" {line}" for line in body)])
