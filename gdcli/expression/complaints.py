"""What to say of a text that is not an expression: message and hint for each way to go wrong."""

from __future__ import annotations

from typing import TypeAlias

from gdcli.expression.functions import TABLE, lookup
from gdcli.expression.names import CONSTANTS
from gdcli.expression.rows import Function
from gdcli.expression.rows.vectors import PRODUCT, SUM
from gdcli.expression.tokens import END, NAME, NUMBER, Token

Complaint: TypeAlias = tuple[str, str]
"""A message and a hint."""

TERNARY = "write a if condition else b"
MISPLACED_COLON = "a colon stands only in the brackets of a slice", "write for instance x[1:3]"
NO_ELEMENTS = "a number has no elements", "brackets stand behind the name of a vector, as in x[0]"
SUBSCRIPTS = "too many subscripts in these brackets", "write x[i], x[start:stop:step] or, of a matrix, A[i,j]"
LIMITS = "a limit is an index and its two ends", "write for instance (i, 0, 9)"


def shortened(text: str, length: int = 40) -> str:
    """`text` for a message: on one line, and not longer than `length`."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"


def unknown_function(name: str, arguments: str) -> Complaint:
    """A name in call position that is no function; `arguments` are the parentheses after it."""
    shown = shortened(name)
    product = f"for a product write {shown}*{shortened(arguments)}"
    if name in CONSTANTS:
        return f"{shown} is a constant, not a function", product
    row = TABLE.get(name)
    if row is not None and row.operator:
        return f"unknown function {shown}", f"the operation is written {row.operator}"
    near = nearest(name)
    if near:
        hint = f"did you mean {', '.join(near)}?"
        return f"unknown function {shown}", f"{hint} {product.capitalize()}" if len(name) < 4 else hint
    if len(name) < 4 and "," not in arguments:
        return f"{shown} is not a function", product
    # So long a name is meant as a function more likely than as a factor.
    known = "gdcli list functions shows those that there are"
    return f"unknown function {shown}", known if "," in arguments else f"{known}; {product}"


def no_limits(name: str) -> Complaint:
    """A sum or product without the limits of its index."""
    return (
        f"{name} takes an expression, and behind it the limits of its index",
        f"write for instance {name}(x[i]**2, (i, 0, 9))",
    )


def unmatched(closing: str, opening: str) -> Complaint:
    """A bracket closed by a parenthesis, or the other way round."""
    return f"{closing} does not close {opening}", f"{opening} is closed by {')' if opening == '(' else ']'}"


def nearest(name: str) -> list[str]:
    """The names of functions that are spelled most like `name`, the nearest first, at most three."""
    if len(name) == 1:
        return []
    # Loaded for this error only.
    import difflib

    wanted = name[:100].lower()
    known = [spelling for row in TABLE.values() for spelling in (row.name, *row.aliases) if lookup(spelling)]
    near = difflib.get_close_matches(wanted, known, n=3)
    return near or [spelling for spelling in known if len(wanted) > 2 and spelling.startswith(wanted)][:3]


def signature(row: Function) -> str:
    """How a call of `row` looks: ``atan2(a, b)``, ``log(a[, b])``, ``max(a, …)``."""
    if row.name in (SUM, PRODUCT):
        return f"{row.name}(a, (i, low, high))"
    fewest, most = row.arity
    optional = ", …" if most is None else "".join(f"[, {letter}]" for letter in "abc"[fewest:most])
    return f"{row.name}({', '.join('abc'[:fewest])}{optional})"


def missing_arguments(row: Function, name: str, after: Token) -> Complaint:
    """A function's name without parentheses; `after` is the token after it."""
    call = f"{name}({shortened(after.text)})" if after.kind in (NAME, NUMBER) else signature(row)
    message = f"{name} is a function, and its arguments are missing"
    return message, f"write {call}; a variable needs another name"


def wrong_count(row: Function, count: int) -> Complaint:
    """A call with too few or too many arguments."""
    fewest, most = row.arity
    if most is None:
        wanted = f"at least {fewest}"
    elif most == fewest:
        wanted = f"{fewest}"
    else:
        wanted = f"{fewest} {'or' if most == fewest + 1 else 'to'} {most}"
    noun = "argument" if wanted in ("1", "at least 1") else "arguments"
    return f"{row.name} takes {wanted} {noun}, not {count}", f"{signature(row)}: {row.summary}"


def wrong_kind(*, condition: bool) -> Complaint:
    """A number where a condition is wanted, or (`condition` False) the other way round."""
    if condition:
        return "a condition is wanted here, not a number", "write for instance x != 0"
    return (
        "a condition stands where a number is wanted",
        "for 1 or 0 write where(condition, 1, 0)",
    )


def no_operand(before: Token | None, token: Token) -> Complaint:
    """Something else where a number, a name or a parenthesis is wanted; `before` is the token before it."""
    if token.kind == END:
        return "the expression ends too early", "a number, a name or ( is wanted here"
    if before is not None and before.text == "(" and token.text == ")":
        return "there is nothing in these parentheses", ""
    if token.text == "not":
        return "not cannot stand here", "put it in parentheses: (not …)"
    hint = ""
    if before is not None:
        hint = {"<>": "write !=", "><": "write !=", "**": "write **"}.get(before.text + token.text, "")
        if before.text == "**" and token.text in "**":
            hint = "the power is written ** or ^"
    return f"a number, a name or ( is wanted here, not {shortened(token.text)}", hint


def missing_operator(before: Token, token: Token, after: Token) -> Complaint:
    """Two operands side by side: `token` begins the second, `after` follows it."""
    touches = before.position + len(before.text) == token.position
    if before.kind == NUMBER and touches and token.text.replace("_", "").isdecimal():
        return "digits are written without _", "write 1000 for 1_000"
    left = "(…)" if before.text == ")" else shortened(before.text)
    right = "(…)" if token.text == "(" else shortened(token.text)
    if token.kind == NAME and after.text == "(":
        right += "(…)"
    if before.kind == NUMBER and token.kind == NUMBER:
        return f"an operator is missing between the numbers {left} and {right}", ""
    return f"an operator is missing between {left} and {right}", f"for a product write {left}*{right}"


def misplaced_comma(before: Token, after: Token) -> Complaint:
    """A comma that is not between arguments."""
    decimal = before.kind == NUMBER and after.kind == NUMBER
    hint = f"for a decimal number write {shortened(before.text)}.{shortened(after.text)}" if decimal else ""
    return "a comma stands only between the arguments of a function", hint
