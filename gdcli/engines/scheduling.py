"""The order of a program's operations in which few values are kept at the same time.

What is computed long before it is used fills registers and caches with what nobody needs yet. Backpropagation does just
that: all of the way forward comes before all of the way back.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence

from gdcli.engines.columns import SCALAR, Program
from gdcli.graph.nodes import CONSTANT, VARIABLE


def schedule(reads: Mapping[int, Sequence[int]], outputs: Iterable[int]) -> list[int]:
    """The operations that outputs need, in an order that keeps few of their values at a time.

    List scheduling from the end, as compilers do it against register pressure: of the operations of which all users are
    placed, that comes next which lets the number of values kept grow least, and among these the one that was reached
    last.

    Args:
        reads: For each operation the values that it reads; a value that is no key is there from the beginning.
        outputs: What is wanted.

    Returns:
        The keys of `reads` that are needed, operands before their users.
    """
    wanted = [output for output in dict.fromkeys(outputs) if output in reads]
    operands = {
        index: [used for used in dict.fromkeys(read) if used in reads] for index, read in reads.items()
    }
    users: dict[int, list[int]] = {index: [] for index in wanted}
    stack = list(wanted)
    while stack:
        index = stack.pop()
        for used in operands[index]:
            if used not in users:
                users[used] = []
                stack.append(used)
            users[used].append(index)
    waiting = {index: len(those) for index, those in users.items()}
    live = set(wanted)
    ready: list[tuple[int, int, int]] = []
    reached = 0

    def reach(index: int) -> None:
        nonlocal reached
        reached += 1
        growth = sum(used not in live for used in operands[index])
        heapq.heappush(ready, (growth, -reached, index))

    for index in wanted:
        if not waiting[index]:
            reach(index)
    order: list[int] = []
    placed: set[int] = set()
    while ready:
        _, _, index = heapq.heappop(ready)
        if index in placed:
            continue
        placed.add(index)
        order.append(index)
        live.discard(index)
        for used in operands[index]:
            waiting[used] -= 1
            if used not in live:
                live.add(used)
                # Its other users, where they could be placed, have become cheaper by one.
                for user in users[used]:
                    if user not in placed and not waiting[user]:
                        reach(user)
        for used in operands[index]:
            if not waiting[used]:
                reach(used)
    return order[::-1]


def scheduled(program: Program) -> Program:
    """The same program, with its operations in the order of `schedule`."""
    given = (CONSTANT, VARIABLE, SCALAR)
    reads = {index: node.inputs for index, node in enumerate(program.nodes) if node.op not in given}
    order = [index for index, node in enumerate(program.nodes) if node.op in given]
    order += schedule(reads, program.outputs)
    new = {index: place for place, index in enumerate(order)}
    nodes = [program.nodes[index] for index in order]
    nodes = [node._replace(inputs=tuple([new[i] for i in node.inputs])) for node in nodes]
    outputs = tuple([new[output] for output in program.outputs])
    return Program(tuple(nodes), program.inputs, outputs, program.scalars)
