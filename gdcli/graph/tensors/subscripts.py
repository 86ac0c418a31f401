"""What is in the brackets behind a vector: elements, slices, and subscripts that go along with the index of a sum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from gdcli.graph.nodes import VARIABLE
from gdcli.graph.tensors.operations import DATA
from gdcli.graph.tensors.values import Context, Value, outside

if TYPE_CHECKING:
    from gdcli.graph.tensors.lowering import TensorLowering


class Slice(NamedTuple):
    """Start, stop and step of a slice, as far as they are given."""

    start: Value | None
    stop: Value | None
    step: Value | None


Part: TypeAlias = Value | Slice


class Subscripts:
    """Lowers subscripts for a `TensorLowering`."""

    def __init__(self, lowering: TensorLowering) -> None:
        self._lowering = lowering

    def element(
        self, index: int, operand: int, value: Value, parts: Sequence[Part], context: Context | None
    ) -> Value:
        """The value of ``operand[parts]``.

        Args:
            index: The node of the source graph, for messages.
            operand: The node of what has the brackets.
            value: Its value.
            parts: What is in them.
            context: Where it counts.
        """
        lowering, builder = self._lowering, self._lowering.builder
        name = lowering.named(operand) if lowering.graph.nodes[operand].op in (VARIABLE, DATA) else "this"
        if not value.own:
            hint = f"give {name} a list, as in {name}=[1,2], or a length, as in --shape {name}=10"
            lowering.fail(
                index, f"{name} is a single number, and has no elements", hint if name != "this" else ""
            )
        if len(parts) > len(value.own):
            what = (
                "vector, and takes one subscript"
                if len(value.own) == 1
                else "matrix, and takes two subscripts"
            )
            lowering.fail(index, f"{name} is a {what}, not {len(parts)}")
        node, own = value.node, list(value.own)
        axis = len(builder.shapes[node]) - len(own)
        moving: list[tuple[int, Value]] = []
        place = 0
        for part in parts:
            length = own[place]
            if isinstance(part, Slice):
                first, step, count = self._slice(index, name, part, length)
                node, own[place] = builder.slice(node, axis + place, first, step, count), count
            elif part.affine is not None and not part.affine.factors:
                at = self._within(index, name, part.affine.constant, length)
                node = builder.element(node, axis + place, at)
                del own[place]
                continue
            else:
                moving.append((place, part))
            place += 1
        value = Value(node, value.levels, tuple(own))
        if not moving:
            return value
        if value.levels:
            lowering.fail(
                index,
                "what depends on the index of a sum has no elements that do",
                "put the brackets behind names",
            )
        for _, part in moving:
            if part.own:
                lowering.fail(index, "a subscript is a single number")
            if builder.varying[part.node]:
                lowering.fail(
                    index,
                    "a subscript is a whole number that is known before",
                    "it may depend on the index of a Sum, and on names that are held constant by --let or --fix",
                )
        return self._moving(index, name, value, moving, outside(context))

    def _slice(self, index: int, name: str, ends: Slice, length: int) -> tuple[int, int, int]:
        """First, step and count of a slice of a vector of some length."""
        numbers = []
        for end in ends:
            if end is not None and (end.affine is None or end.affine.factors):
                self._lowering.fail(index, "the ends of a slice are whole numbers that are known before")
            numbers.append(None if end is None or end.affine is None else end.affine.constant)
        if numbers[2] == 0:
            self._lowering.fail(index, "a slice with a step of 0 goes nowhere")
        places = range(length)[slice(*numbers)]
        if not places:
            self._lowering.fail(index, f"this slice of {name}, which has {length:,} elements, is empty")
        return places[0], places.step, len(places)

    def _within(self, index: int, name: str, place: int, length: int) -> int:
        """A constant subscript, counted from the beginning."""
        if not -length <= place < length:
            self._lowering.fail(
                index,
                f"the subscript {place} is outside of {name}, which has {length:,} elements",
                f"they are {name}[0] to {name}[{length - 1}]" if name != "this" else "",
            )
        return place % length

    def _moving(
        self,
        index: int,
        name: str,
        value: Value,
        moving: Sequence[tuple[int, Value]],
        context: Context | None,
    ) -> Value:
        """The elements at subscripts that depend on the indices of sums."""
        builder = self._lowering.builder
        shape = builder.shapes[value.node]
        slices = [self._as_slice(part, shape[place]) for place, part in moving]
        levels = [part.levels for _, part in moving]
        if all(slices) and len(moving) == 1:
            node = value.node
            if moving[0][0] == 1:
                node = builder.structural("transpose", (node,))
            own = value.own[: moving[0][0]] + value.own[moving[0][0] + 1 :]
            assert slices[0] is not None
            return Value(builder.slice(node, 0, *slices[0]), levels[0], own)
        if all(slices) and levels[0][0] < levels[1][0]:
            node = value.node
            for axis, found in enumerate(slices):
                assert found is not None
                node = builder.slice(node, axis, *found)
            between = (1,) * (levels[1][0] - levels[0][0] - 1)
            rows, columns = builder.shapes[node]
            node = builder.shaped("reshape", node, (rows, *between, columns))
            return Value(node, (levels[0][0], levels[1][0]))
        return self._gather(index, name, value, moving, context)

    def _as_slice(self, part: Value, length: int) -> tuple[int, int, int] | None:
        """First, step and count of a subscript that goes along with one index and stays within the vector."""
        if part.affine is None or len(part.affine.factors) != 1:
            return None
        ((level, step),) = part.affine.factors.items()
        counter = self._lowering.ranges[level]
        first = part.affine.constant + step * counter[0]
        last = part.affine.constant + step * counter[-1]
        return (first, step, len(counter)) if min(first, last) >= 0 and max(first, last) < length else None

    def _gather(
        self,
        index: int,
        name: str,
        value: Value,
        moving: Sequence[tuple[int, Value]],
        context: Context | None,
    ) -> Value:
        lowering, builder = self._lowering, self._lowering.builder
        if len(moving) != len(value.own):
            if moving[0][0] == 1:
                value = Value(builder.structural("transpose", (value.node,)), own=value.own[::-1])
            rows, columns = value.own
            # Of each row all columns: the places are those of a matrix.
            self._require(index, name, moving[0][1], rows, context)
            place = self._clipped(moving[0][1], rows, context)
            first = lowering.apply("mul", [place, lowering.constant(columns)])
            column = Value(builder.structural("iota", (), (0, columns)), own=(columns,))
            place = lowering.apply("add", [first, column])
        else:
            for (_, part), length in zip(moving, value.own, strict=True):
                self._require(index, name, part, length, context)
            place = self._clipped(moving[0][1], value.own[0], context)
            if len(moving) == 2:
                rows_first = lowering.apply("mul", [place, lowering.constant(value.own[1])])
                place = lowering.apply(
                    "add", [rows_first, self._clipped(moving[1][1], value.own[1], context)]
                )
        count = 1
        for length in value.own:
            count *= length
        flat = builder.shaped("reshape", value.node, (count,))
        return Value(builder.structural("gather", (flat, place.node)), place.levels, place.own)

    def _clipped(self, part: Value, length: int, context: Context | None) -> Value:
        """A subscript that stays within where it does not count."""
        if context is None:
            return part
        lowering = self._lowering
        return lowering.apply("clip", [part, lowering.constant(0), lowering.constant(length - 1)])

    def _require(self, index: int, name: str, part: Value, length: int, context: Context | None) -> None:
        """Make sure that a subscript is a whole number within the vector wherever it counts."""
        lowering = self._lowering
        if part.affine is not None:
            low, high = part.affine.ends(lowering.ranges)
            if low >= 0 and high < length:
                return
        from gdcli.engines.tensor_constants import first_wrong

        known = None if context is None else self._known_part(context.condition.node)
        involved = (
            [part] if context is None or known is None else [part, context.condition._replace(node=known)]
        )
        nodes = lowering.aligned(involved)
        levels = tuple(sorted({level for each in involved for level in each.levels}))
        wrong = first_wrong(
            lowering.builder, nodes[0], nodes[1] if len(nodes) > 1 else None, length, lowering.arrays
        )
        if wrong is None:
            return
        number, places = wrong
        if number != number // 1:
            lowering.fail(index, f"a subscript is a whole number, not {number:g}")
        where = ", ".join(self._at(level, places, levels) for level in levels)
        lowering.fail(
            index,
            f"the subscript {number:g} is outside of {name}, which has {length:,} elements"
            + (f", where {where}" if where else ""),
            "a subscript with the index of a sum does not count from the end; mod(i, len(x)) makes a ring",
        )

    def _known_part(self, condition: int) -> int | None:
        """What a condition asks for that depends on no variable, of the same shape; None if that is nothing."""
        builder = self._lowering.builder
        if not builder.varying[condition]:
            return condition
        op, inputs = builder.nodes[condition][:2]
        if op not in ("and", "or", "reshape", "expand"):
            return None
        parts = [known for i in inputs if (known := self._known_part(i)) is not None]
        if not parts or (op == "or" and len(parts) < 2):
            return None
        if op in ("reshape", "expand"):
            known = builder.shaped(op, parts[0], builder.shapes[condition])
        else:
            known = builder.apply(op, *parts) if len(parts) > 1 else parts[0]
        return builder.shaped("expand", known, builder.shapes[condition])

    def _at(self, level: int, places: Sequence[int], levels: Sequence[int]) -> str:
        place = places[level - levels[0]] if len(places) > level - levels[0] else 0
        return f"{self._lowering.index_name(level)} = {self._lowering.ranges[level][place]}"
