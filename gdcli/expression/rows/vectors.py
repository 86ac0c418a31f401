"""Rows that take vectors: what reduces them to a number, and what gives them.

They are no operations on single numbers, and so not in the table that the scalar engines are made from; how they are
lowered is in `gdcli.graph.tensors.lowering`.
"""

from __future__ import annotations

from gdcli.expression.rows import Function

SUM, PRODUCT, LIMITS, INDEX, LIST = "Sum", "Product", "limits", "index", "stack"

LARGEST = {"max": "largest", "min": "smallest"}
"""By the function that takes any number of arguments, what it is of a single one, a vector."""

ROWS = (
    Function("sum", "the sum of a vector's elements"),
    Function("mean", "the mean of a vector's elements"),
    Function("prod", "the product of a vector's elements"),
    Function("norm", "the Euclidean norm of a vector; its gradient at 0 is 0"),
    Function("norm1", "the sum of the absolute values"),
    Function("logsumexp", "log(sum(exp(a))), without overflow"),
    Function("var", "the variance of a sample, with n - 1 in the denominator"),
    Function("std", "the standard deviation of a sample, with n - 1 in the denominator"),
    Function("dot", "the inner product of two vectors", arity=(2, 2)),
    Function("len", "the number of elements of a vector, of rows of a matrix"),
    Function("transpose", "the matrix with rows and columns exchanged"),
    Function(SUM, "the sum of a over the whole numbers i from low to high", arity=(2, None)),
    Function(PRODUCT, "the product of a over the whole numbers i from low to high", arity=(2, None)),
)
NOTATION = (
    Function(LIMITS, "the limits of a sum", arity=(2, 2), internal=True),
    Function(INDEX, "an element or a part of a vector", arity=(1, None), internal=True),
    Function(LIST, "a vector of numbers", arity=(1, None), internal=True),
)
"""What is written with brackets."""

INDEX_NAME, SLICE, MISSING, MATMUL = "index name", "slice", "missing", "matmul"

OPERATIONS = frozenset(
    {row.name for row in (*ROWS, *NOTATION)} | set(LARGEST.values()) | {INDEX_NAME, SLICE, MISSING, MATMUL}
)
"""The operations of a source graph that only graphs with vectors have."""
