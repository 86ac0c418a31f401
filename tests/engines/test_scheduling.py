"""The order of operations: operands first, and few values at a time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gdcli.engines.scheduling import schedule


@st.composite
def dependencies(draw: st.DrawFn) -> dict[int, list[int]]:
    count = draw(st.integers(1, 30))
    # Numbers below 3 are there from the beginning.
    return {index: draw(st.lists(st.integers(0, index - 1), max_size=3)) for index in range(3, 3 + count)}


@given(dependencies(), st.data())
def test_operands_come_before_their_users_and_nothing_is_left_out(
    reads: dict[int, list[int]], data: st.DataObject
) -> None:
    outputs = data.draw(st.lists(st.sampled_from(sorted(reads)), min_size=1, max_size=4))
    order = schedule(reads, outputs)
    place = {index: i for i, index in enumerate(order)}
    assert len(place) == len(order)
    assert set(outputs) <= set(order)
    used = {used for index in order for used in reads[index] if used in reads}
    assert used <= set(order)
    assert set(order) == used | set(outputs)
    assert all(place[used] < place[index] for index in order for used in reads[index] if used in reads)


def most_at_a_time(order: list[int], reads: dict[int, list[int]], outputs: list[int]) -> int:
    last = {used: i for i, index in enumerate(order) for used in reads[index]}
    last |= dict.fromkeys(outputs, len(order))
    live: set[int] = set()
    most = 0
    for i, index in enumerate(order):
        live = {each for each in live if last[each] > i} | {index}
        most = max(most, len(live))
    return most


def test_terms_are_computed_one_after_the_other() -> None:
    """Of each term two values go into two sums; as they are written, all terms come before the sums."""
    count, reads = 50, {}
    shared = [100 + i for i in range(count)]
    for each in shared:
        reads[each + 100] = [0]
        reads[each] = [each + 100, 1]
    sums, previous = [], [0, 1]
    for each in shared:
        new = [1000 + 2 * each, 1001 + 2 * each]
        for own, before in zip(new, previous, strict=True):
            reads[own] = [before, each, each + 100]
        previous, sums = new, new
    order = schedule(reads, sums)
    assert most_at_a_time(order, reads, sums) <= 5
    assert most_at_a_time(sorted(reads), reads, sums) > count
