"""States as plain data and back."""

import json
import math
import struct
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gdcli.descent.plain import MOST, PlainError, entries, from_plain, to_plain
from gdcli.descent.vector import Vector


class Pair(NamedTuple):
    a: Any
    b: Any


def again(tree, template=None, array=np.array):
    """`tree` by way of a file."""
    data = json.loads(json.dumps(to_plain(tree), allow_nan=False))
    return from_plain(tree if template is None else template, data, "it", array)


def bits(x):
    return struct.pack("<d", x) if not math.isnan(x) else b"nan"


@given(st.lists(st.floats(), min_size=1))
def test_every_bit_is_kept(numbers):
    assert list(map(bits, again(tuple(numbers)))) == list(map(bits, numbers))
    assert list(map(bits, again(Vector(numbers)).elements)) == list(map(bits, numbers))
    array = again(np.array(numbers))
    assert array.dtype == np.float64
    assert list(map(bits, array.tolist())) == list(map(bits, numbers))


@given(st.floats(width=32))
def test_every_bit_of_a_tensor_is_kept(number):
    tensor = torch.tensor([[number, 0.1]], dtype=torch.float32)
    found = again(tensor, array=lambda values: torch.tensor(values, dtype=torch.float32))
    assert torch.equal(found.view(torch.int32), tensor.view(torch.int32)) or math.isnan(number)


def test_structure_and_types_are_kept():
    tree = Pair((1, True, 2.0, -0.0, "text"), Pair((), Vector([math.inf, math.nan])))
    found = again(tree)
    assert repr(found) == repr(tree)
    assert type(found.b) is Pair
    assert [type(item) for item in found.a] == [int, bool, float, float, str]
    flags = again(np.array([[True], [False]]))
    assert (flags.dtype, flags.shape) == (np.bool_, (2, 1))
    counts = again(np.array([3]))
    assert (counts.dtype.kind, counts.tolist()) == ("i", [3])


@pytest.mark.parametrize(
    ("template", "data", "says"),
    [
        (1.0, 1, "it is to be a floating-point number"),
        (1.0, "1.0", "it is to be a floating-point number"),
        (1.0, "Infinity", "it is to be a floating-point number"),
        (1.0, True, "it is to be a floating-point number"),
        (1.0, None, "it is to be a floating-point number"),
        (1.0, [1.0], "it is to be a floating-point number"),
        (0, 1.0, "it is to be a whole number from 0 up"),
        (0, True, "it is to be a whole number from 0 up"),
        (0, -1, "it is to be a whole number from 0 up"),
        (0, MOST + 1, "it is to be a whole number from 0 up"),
        (-1, -2, "it is to be a whole number from -1 up"),
        (True, 1, "it is to be true or false"),
        ("", 1, "it is to be a text"),
        ((1.0, 2.0), [1.0], "it is to be a list of 2"),
        ((1.0, 2.0), {"a": 1.0, "b": 2.0}, "it is to be a list of 2"),
        ((1.0, (2.0,)), [1.0, [True]], r"it\[1\]\[0\] is to be a floating-point number"),
        (Vector([1.0]), [1.0, 2.0], "it is to be a list of 1"),
        (Vector([1.0]), [[1.0]], r"it\[0\] is to be a floating-point number"),
        (np.zeros((2, 1)), [[1.0], [2.0, 3.0]], r"it\[1\] is to be a list of 1"),
        (np.zeros((2, 1)), [1.0, 2.0], r"it\[0\] is to be a list of 1"),
        (np.zeros(1, dtype=bool), [1.0], r"it\[0\] is to be true or false"),
        (Pair(1.0, 2.0), [1.0, 2.0], "it is to be an object"),
        (Pair(1.0, 2.0), {"a": 1.0}, "it has no b"),
        (Pair(1.0, 2.0), {"a": 1.0, "b": 2.0, "c": 3.0}, "it has 'c', which is not known"),
        (
            Pair(1.0, Pair(1, 2)),
            {"a": 1.0, "b": {"a": 1, "b": None}},
            r"it\.b\.b is to be a whole number from 2 up",
        ),
    ],
)
def test_what_does_not_fit_is_named(template, data, says):
    with pytest.raises(PlainError, match=f"^{says}$"):
        from_plain(template, data, "it", np.array)


def test_what_is_no_number_is_not_written():
    with pytest.raises(TypeError, match="object cannot be written"):
        to_plain((1.0, object()))


def test_entries_of_any_name():
    assert entries({"x": 1, "y": 2}, "it") == {"x": 1, "y": 2}
    with pytest.raises(PlainError, match="it is to be an object"):
        entries([], "it")
