"""The text of a trace computes what the method does, and no more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdcli.descent.algebra import branch, choose
from gdcli.descent.codegen.traced import Side, Trace
from gdcli.descent.codegen.traced_functions import TracedNamespace
from gdcli.descent.codegen.traced_text import End, Writer, assigned, ways

NAMES = ["a0", "a1", "a2", "a3"]


@given(st.lists(st.lists(st.sampled_from(NAMES), min_size=1, max_size=2), min_size=4, max_size=4))
def test_assignments_in_any_order_read_the_old_values(sources: list[list[str]]) -> None:
    values = {name: " + ".join(source) for name, source in zip(NAMES, sources, strict=True)}
    old = {name: 10**place for place, name in enumerate(NAMES)}
    new = dict(old)
    exec("\n".join(assigned(values)), {}, new)
    assert [new[name] for name in NAMES] == [sum(old[each] for each in source) for source in sources]


def test_what_stays_is_not_assigned() -> None:
    assert assigned({"a0": "a0", "a1": "a0"}) == ["a1 = a0"]


def text_of(trace: Trace, *results: object) -> list[str]:
    """The statements of a function that returns some results."""
    way = ways(trace, Side(trace.lines, trace.texts(results), 0))

    def finish(end: End, filled: object) -> list[str]:
        return [f"return {', '.join(map(filled, end.texts))}"]  # type: ignore[arg-type]

    roots = [text for end in way.ends() for text in end.texts]
    return Writer(trace, way, roots, lambda end, needed: end.texts, {}, finish).text(way)


def test_what_is_not_needed_is_not_computed() -> None:
    trace = Trace()
    a, b = trace.term("a0"), trace.term("a1")
    _ = (a + b) * b
    assert text_of(trace, a - b) == ["return (a0 - a1)"]


def test_a_branch_ends_the_text_or_comes_together_again() -> None:
    trace = Trace()
    a, b = trace.term("a0"), trace.term("a1")
    last = branch(a > b, lambda: a - b, lambda: b - a)
    assert text_of(trace, last) == ["if (a0 > a1):", " return (a0 - a1)", "else:", " return (a1 - a0)"]
    assert text_of(trace, last * 2.0) == [
        "if (a0 > a1):", " w4 = (a0 - a1)", "else:", " w4 = (a1 - a0)", "return (w4 * 2.0)"
    ]  # fmt: skip


def test_in_a_branch_its_condition_is_known() -> None:
    trace = Trace()
    a, b = trace.term("a0") > 0.0, trace.term("a1") > 0.0
    both = a & b
    found = []

    def yes() -> object:
        found.extend([bool(a), bool(b), (a == False), b | a])  # noqa: E712
        return choose(TracedNamespace(trace), a, trace.term("a0"), trace.term("a1"))

    branch(both, yes, lambda: trace.term("a1"))
    assert found == [True, True, False, True]
    with pytest.raises(TypeError, match="not known yet"):
        bool(both)


def test_a_denominator_known_to_be_positive_is_not_asked_for() -> None:
    trace = Trace()
    a, b = trace.term("a0"), trace.term("a1")
    assert text_of(trace, a / (b * b + 1.0)) == ["return (a0 / ((a1 * a1) + 1.0))"]
    assert text_of(trace, a / b) == ["return (a0 / a1 if a1 else div(a0, a1))"]


def test_an_evaluation_in_a_branch_that_comes_together_again_is_refused() -> None:
    trace = Trace()
    a = trace.term("a0")

    def evaluate() -> object:
        trace.evaluations += 1
        return a + 1.0

    result = branch(a > 0.0, evaluate, lambda: a) * 2.0
    with pytest.raises(TypeError, match="last branch"):
        text_of(trace, result)
