"""The function table: every row is complete and consistent, because it is in the table."""

from __future__ import annotations

import itertools

import pytest

from gdcli.expression.functions import TABLE, lookup
from gdcli.expression.parser import parse
from gdcli.expression.rows import Function
from gdcli.graph.nodes import CONSTANT, VARIABLE

CONTRACT = (
    "sin cos tan sec csc cot asin acos atan atan2 sinh cosh tanh asinh acosh atanh exp expm1 log ln log2 "
    "log10 log1p sqrt cbrt hypot abs sign floor ceil round mod min max clip erf erfc erfinv gamma lgamma "
    "digamma sigmoid softplus relu logaddexp sinc heaviside where"
)

each_row = pytest.mark.parametrize("row", TABLE.values(), ids=TABLE)


@pytest.mark.parametrize("name", CONTRACT.split())
def test_the_contract_s_functions_are_there(name: str) -> None:
    row = lookup(name)
    assert row is not None
    assert not row.internal


def test_names_and_aliases_are_one_function_each() -> None:
    names = [*(row.name for row in TABLE.values() if not row.operator)]
    names += itertools.chain.from_iterable(row.aliases for row in TABLE.values())
    assert len(names) == len(set(names))


def test_operators_and_internal_rows_have_no_name_in_call_position() -> None:
    assert lookup("add") is None
    assert lookup("and") is None
    assert lookup("sinc_derivative") is None
    assert lookup("sinc_derivative", internal=True) is TABLE["sinc_derivative"]
    assert lookup("arcsin") is TABLE["asin"]
    assert lookup("pow") is TABLE["pow"]


@each_row
def test_a_row_is_complete(row: Function) -> None:
    fewest, most = row.arity
    places = 2 if row.chains else fewest
    assert row.summary
    assert len(row.domain) >= places or row.boolean
    assert all(low <= high for low, high in row.domain)
    if row.native:
        assert row.torch
        assert len(row.derivatives) == places
    else:
        assert row.expands
    if most is not None and most > fewest:
        assert row.expands, "what it is with more arguments"
    assert not row.chains or most is None


@each_row
def test_a_row_s_formulas_use_only_its_arguments(row: Function) -> None:
    known = {*"abc"[: 2 if row.chains else row.arity[1]], "out"}
    for text in (*row.derivatives, *([row.expands] if row.expands else [])):
        graph = parse(text, internal=True)
        assert set(graph.variables) <= known
        assert all(node.op in TABLE for node in graph.nodes if node.op not in (CONSTANT, VARIABLE))
    assert "out" not in parse(row.expands, internal=True).variables if row.expands else True
