"""What the reader refuses: the message, the hint and the place of the caret."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdcli.errors import ExitStatus, ExpressionError
from gdcli.expression.functions import lookup
from gdcli.expression.names import CONSTANTS, why_not_a_variable
from gdcli.expression.parser import parse

# The text, where the caret points (from here on), a piece of the message, a piece of the hint.
REFUSED = [
    # Products that are not written.
    ("x(y+1)", "x(y", "x is not a function", "x*(y+1)"),
    ("x (y+1)", "x (y", "x is not a function", "x*(y+1)"),
    ("2x(y+1)", "x(y", "x is not a function", "x*(y+1)"),
    ("pi(x+1)", "pi(", "pi is a constant, not a function", "pi*(x+1)"),
    ("x y", "y", "an operator is missing between x and y", "x*y"),
    ("2 x", "x", "an operator is missing between 2 and x", "2*x"),
    ("x 2", "2", "an operator is missing between x and 2", "x*2"),
    ("(x) (y)", "(y", "an operator is missing between (…) and (…)", "(…)*(…)"),
    ("x sin(y)", "sin", "an operator is missing between x and sin(…)", "x*sin(…)"),
    ("lambda x: x", "x:", "an operator is missing between lambda and x", "lambda*x"),
    ("2 3", "3", "an operator is missing between the numbers 2 and 3", ""),
    ("1.2.3", ".3", "an operator is missing between the numbers 1.2 and .3", ""),
    # Numbers of another notation.
    ("0x10", "0x10", "0x10 is not a decimal number", "0*x10"),
    ("1 + 0b11", "0b11", "0b11 is not a decimal number", "0*b11"),
    ("0o7", "0o7", "0o7 is not a decimal number", "0*o7"),
    ("1_000", "_000", "digits are written without _", "1000"),
    ("2_x", "_x", "an operator is missing between 2 and _x", "2*_x"),
    ("1,5", ",5", "a comma stands only between the arguments", "1.5"),
    ("(1, x)", ", x", "a comma stands only between the arguments", ""),
    # Names.
    ("sinn(x)", "sinn", "unknown function sinn", "did you mean sin, sinh"),
    ("1 + Sin(x)", "Sin", "unknown function Sin", "did you mean sin"),
    ("arcsine(x)", "arcsine", "unknown function arcsine", "arcsin"),
    ("mx(y+1)", "mx", "unknown function mx", "mx*(y+1)"),
    ("sqr(x)", "sqr", "unknown function sqr", "sqrt"),
    ("add(x, 1)", "add", "unknown function add", "+"),
    ("factorial(10**7)", "factorial", "unknown function factorial", ""),
    ("binomial(10**8, 5*10**7)", "binomial", "unknown function binomial", ""),
    ("__import__(x)", "__import__", "unknown function __import__", ""),
    ("sinc_derivative(1, x)", "sinc_d", "unknown function sinc_derivative", ""),
    ("1 + gamma", "gamma", "gamma is a function, and its arguments are missing", "another name"),
    ("sin x", "sin", "sin is a function", "write sin(x)"),
    # Arguments.
    ("1 + atan2(x)", "atan2", "atan2 takes 2 arguments, not 1", "atan2(a, b)"),
    ("sin(x, y)", "sin", "sin takes 1 argument, not 2", "sin(a)"),
    ("sin()", "sin", "sin takes 1 argument, not 0", "sin(a)"),
    ("max()", "max", "max takes at least 1 argument, not 0", "max(a, …)"),
    ("hypot(x)", "hypot", "hypot takes at least 2 arguments, not 1", "hypot(a, b, …)"),
    ("log(x, 2, 3)", "log", "log takes 1 or 2 arguments, not 3", "log(a[, b])"),
    ("sin(x,)", ")", "a number, a name or ( is wanted here, not )", ""),
    ("max(,x)", ",x", "a number, a name or ( is wanted here, not ,", ""),
    # Conditions.
    ("x > 0", "x > 0", "a condition stands where a number is wanted", "where(condition, 1, 0)"),
    ("2*(x > 0)", "(x > 0", "a condition stands where a number is wanted", ""),
    ("-(x > 0)", "(x > 0", "a condition stands where a number is wanted", ""),
    ("1 + not x < 1", "not", "not cannot stand here", "parentheses"),
    ("0 < x < y", "0 <", "a condition stands where a number is wanted", ""),
    ("1 if (0<x) < 1 else 2", "(0<x", "a condition stands where a number is wanted", ""),
    ("sin(x > 0)", "x > 0", "a condition stands where a number is wanted", ""),
    ("where(x > 0, x > 1, 0)", "x > 1", "a condition stands where a number is wanted", ""),
    ("x > 0 if y > 0 else 1", "x > 0", "a condition stands where a number is wanted", ""),
    ("1 if y > 0 else x > 0", "x > 0", "a condition stands where a number is wanted", ""),
    ("where(x, 1, 2)", "x,", "a condition is wanted here, not a number", "x != 0"),
    ("1 if x else 2", "x else", "a condition is wanted here, not a number", ""),
    ("1 if x and y > 0 else 2", "x and", "a condition is wanted here, not a number", ""),
    ("1 if not x else 2", "x else", "a condition is wanted here, not a number", ""),
    ("x if x > 0", "if", "if without else", "a if condition else b"),
    ("(x if x > 0) + 1", "if", "if without else", ""),
    ("x else y", "else", "else without if", ""),
    ("x if x>0 if y>0 else 1 else 2", "if x", "if without else", ""),
    ("x not y", "not", "not stands before a condition", ""),
    ("and", "and", "a number, a name or ( is wanted here, not and", ""),
    # Signs.
    ("x % 2", "%", "'%' is not part of the notation", "mod(a, b)"),
    ("x // 2", "//", "'//' is not part of the notation", "floor(a/b)"),
    ("x = 2", "=", "'=' is not part of the notation", "=="),
    ("1 if x => 2 else 3", "=>", "'=' is not part of the notation", "write >="),
    ("x! + 1", "!", "'!' is not part of the notation", "gamma(x + 1)"),
    ("x && y", "&&", "'&' is not part of the notation", "and"),
    ("|x|", "|x", "'|' is not part of the notation", "abs(x)"),
    ("x <> y", "> y", "is wanted here, not >", "!="),
    ("x *** y", "* y", "is wanted here, not *", "** or ^"),
    ("x + * y", "* y", "is wanted here, not *", ""),
    ("'a'", "'a", '"\'" is not part of the notation', "no strings"),
    ('x + "a"', '"a', "is not part of the notation", "no strings"),
    ('__import__("os").system("true")', "__i", "unknown function __import__", ""),
    ("x.real", ".real", "'.' is not part of the notation", "attributes"),
    ("x[", "", "ends too early", ""),
    ("x[]", "]", "is wanted here, not ]", ""),
    ("x[1)", ")", ") does not close [", "closed by ]"),
    ("(x]", "]", "] does not close (", "closed by )"),
    ("x]", "]", "this bracket was never opened", ""),
    ("x[1:2:3:4]", "[1", "too many subscripts", "A[i,j]"),
    ("x[i,j,k]", "[i", "too many subscripts", "A[i,j]"),
    ("3[0]", "[", "a number has no elements", "x[0]"),
    ("a:b", ":", "a colon stands only in the brackets of a slice", "x[1:3]"),
    ("Sum(x[i])", "Sum", "Sum takes an expression, and behind it the limits", "(i, 0, 9)"),
    ("Sum(x[i], y, (i, 0, 3))", ", y", "behind it the limits", ""),
    ("Sum(x[i], (i, 0))", "(i, 0", "a limit is an index and its two ends", "(i, 0, 9)"),
    ("Sum(e, (e, 0, 3))", "e, 0", "e is a constant, and no index", "another name"),
    ("{x}", "{", "'{' is not part of the notation", "round parentheses"),
    ("x ? 1 : 2", "?", "'?' is not part of the notation", "if condition else"),
    ("x; y", ";", "';' is not part of the notation", ""),
    ("x\x00", "\x00", "'U+0000' is not part of the notation", ""),
    # Beginnings and ends.
    ("", "", "the expression is empty", ""),
    ("  \n", "  \n", "the expression is empty", ""),
    ("x +  ", "  ", "the expression ends too early", ""),
    ("(", "", "the expression ends too early", ""),
    ("2*(x + (y)", "(x", "this parenthesis is never closed", ""),
    ("2*sin (x", "(x", "this parenthesis is never closed", ""),
    ("(x)) + 1", ") +", "this parenthesis was never opened", ""),
    ("()", ")", "there is nothing in these parentheses", ""),
    # Of two errors, the one that comes first.
    ("x y 'a'", "y '", "an operator is missing", ""),
]


@pytest.mark.parametrize(("text", "place", "message", "hint"), REFUSED, ids=[row[0] for row in REFUSED])
def test_refused(text: str, place: str, message: str, hint: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    error = caught.value
    assert message in error.message
    assert hint in error.hint
    assert error.text == text
    assert error.position is not None
    assert text[error.position :].startswith(place)
    assert error.position <= len(text)
    assert error.exit_status is ExitStatus.USAGE


# The character, what the message calls it, the hint.
CHARACTERS = [
    ("θ", "U+03B8 GREEK SMALL LETTER THETA", "write theta"),
    ("Δ", "U+0394 GREEK CAPITAL LETTER DELTA", "write Delta"),
    ("λ", "U+03BB GREEK SMALL LETTER LAMDA", "write lambda"),
    ("ς", "GREEK SMALL LETTER FINAL SIGMA", "write sigma"),
    ("π", "GREEK SMALL LETTER PI", "write pi"),
    ("γ", "GREEK SMALL LETTER GAMMA", "write gamma_"),
    ("Α", "GREEK CAPITAL LETTER ALPHA", "write Alpha, or A if"),
    ("а", "U+0430 CYRILLIC SMALL LETTER A", "Latin letter a"),
    ("х", "U+0445 CYRILLIC SMALL LETTER HA", "Latin letter x"),
    ("é", "U+00E9", "write e"),
    ("ｘ", "U+FF58", "write x"),
    ("𝑥", "U+1D465", "write x"),
    ("−", "U+2212 MINUS SIGN", "write -"),
    ("×", "U+00D7 MULTIPLICATION SIGN", "write *"),
    ("·", "U+00B7 MIDDLE DOT", "write *"),
    ("÷", "U+00F7 DIVISION SIGN", "write /"),
    ("≤", "U+2264", "write <="),
    ("²", "U+00B2 SUPERSCRIPT TWO", "write **2"),
    ("½", "U+00BD", "write (1/2)"),
    ("√", "U+221A SQUARE ROOT", "sqrt(x)"),
    ("∞", "U+221E INFINITY", "write inf"),
    ("٣", "U+0663 ARABIC-INDIC DIGIT THREE", "write 3"),
    ("\xa0", "U+00A0 NO-BREAK SPACE", "ordinary space"),
    ("\u200b", "U+200B ZERO WIDTH SPACE", "delete it"),
    ("中", "U+4E2D", "names are made of"),
    ("\ud800", "U+D800", ""),
    ("\udcff", "the byte 0xFF", ""),
    ("“", "U+201C", "no strings"),
]


@pytest.mark.parametrize(("character", "name", "hint"), CHARACTERS, ids=[row[1] for row in CHARACTERS])
def test_characters_outside_ascii_are_refused_by_name(character: str, name: str, hint: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(f"2*x{character} + 1")
    assert name in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.position == 3
    # A message can be printed whatever the character is.
    caught.value.message.encode()


@settings(deadline=None, max_examples=300)
@given(st.text(min_size=1))
def test_only_ascii_is_read(text: str) -> None:
    try:
        parse(text)
    except ExpressionError as error:
        error.message.encode()
        error.hint.encode()
    else:
        assert text.isascii()


PIECES = [
    *"xye123()+-*/^,<>.  ", "**", "<=", "==", "!=", " if ", " else ", " and ", " or ", "not ",
    "sin(", "max(", "where(", "atan2", "pi", "inf", "1e5", "0x1", "_", "θ", "=", "'", "\n", "9**9",
]  # fmt: skip


@settings(deadline=None, max_examples=500)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_no_text_raises_anything_else(text: str) -> None:
    try:
        graph = parse(text)
    except ExpressionError as error:
        assert error.text == text
        assert error.position is not None and 0 <= error.position <= len(text)
        assert error.message and not error.message.endswith(".")
    else:
        # What is read has an operand for every input, and inputs before their node.
        assert all(i < index for index, node in enumerate(graph.nodes) for i in node.inputs)
        assert len(graph.positions) == len(graph.nodes)
        assert set(graph.variables) == {node.name for node in graph.nodes if node.op == "variable"}
        assert all(name in text for name in graph.variables)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("x", ""),
        ("E", ""),
        ("lambda", ""),
        ("add", ""),
        ("e", "is a constant"),
        ("ln", "is a function"),
        ("gamma", "is a function"),
        ("if", "is a word of the notation"),
        ("2x", "is not a name"),
        ("", "is not a name"),
        ("θ", "is not a name"),
    ],
)
def test_which_names_can_be_variables(name: str, why: str) -> None:
    assert why_not_a_variable(name).startswith(why)
    assert bool(why_not_a_variable(name)) == bool(why)


def test_no_constant_is_a_function() -> None:
    assert not any(lookup(name) for name in CONSTANTS)
