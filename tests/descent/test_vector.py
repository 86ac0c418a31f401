"""Vectors of floats behave as NumPy's arrays do."""

import math
import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gdcli.descent.vector import Vector, VectorNamespace

NUMBERS = st.floats(allow_nan=True, allow_infinity=True)
PAIRS = st.integers(1, 4).flatmap(lambda n: st.tuples(*[st.lists(NUMBERS, min_size=n, max_size=n)] * 2))


def same(ours, theirs):
    elements = ours.elements if isinstance(ours, Vector) else (ours,)
    np.testing.assert_array_equal(np.array(elements), np.atleast_1d(theirs))


@pytest.mark.parametrize("name", ["add", "sub", "mul", "truediv", "eq"])
@given(pair=PAIRS)
def test_operators(name, pair):
    a, b = pair
    apply = getattr(operator, name)
    with np.errstate(all="ignore"):
        same(apply(Vector(a), Vector(b)), apply(np.array(a), np.array(b)))
        same(apply(Vector(a), b[0]), apply(np.array(a), b[0]))
        if name != "eq":
            same(apply(b[0], Vector(a)), apply(b[0], np.array(a)))


@pytest.mark.parametrize("name", ["abs", "isfinite", "sqrt", "zeros_like"])
@given(pair=PAIRS)
def test_functions_of_one(name, pair):
    with np.errstate(all="ignore"):
        same(getattr(VectorNamespace, name)(Vector(pair[0])), getattr(np, name)(np.array(pair[0])))


@pytest.mark.parametrize("name", ["maximum", "minimum"])
@given(pair=PAIRS)
def test_functions_of_two(name, pair):
    a, b = pair
    same(getattr(VectorNamespace, name)(Vector(a), Vector(b)), getattr(np, name)(np.array(a), np.array(b)))
    same(getattr(VectorNamespace, name)(a[0], b[0]), getattr(np, name)(a[0], b[0]))


@given(pair=PAIRS)
def test_reductions(pair):
    a = pair[0]
    same(VectorNamespace.max(Vector(a)), np.max(np.array(a)))
    finite = Vector(map(math.isfinite, a))
    assert VectorNamespace.all(finite) == np.isfinite(a).all()


def test_a_sum_is_added_up_in_order():
    assert VectorNamespace.sum(Vector([1e16, 1.0, -1e16])) == 0.0
    assert VectorNamespace.sum(Vector([1.0, 2.5])) == 3.5


def test_negation_and_choice():
    assert (-Vector([1.0, -2.0])).elements == (-1.0, 2.0)
    assert VectorNamespace.where(True, 1, 2) == 1
    assert VectorNamespace.where(False, 1, 2) == 2
