"""What is timed. A new section is a module with `ROWS` and a line here, a new benchmark a row there."""

from __future__ import annotations

from collections.abc import Mapping

from tests.benchmarks import many_descents, one_call, one_descent, vectors
from tests.benchmarks.measure import Benchmark

SECTIONS: Mapping[str, tuple[Benchmark, ...]] = {
    "One call": one_call.ROWS,
    "One descent": one_descent.ROWS,
    "Vectors": vectors.ROWS,
    "Many descents": many_descents.ROWS,
}
