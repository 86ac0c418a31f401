"""What names mean: constants, functions, words of the notation, and otherwise variables."""

from __future__ import annotations

import math

from gdcli.expression.functions import lookup
from gdcli.expression.tokens import KEYWORDS

CONSTANTS = {"pi": math.pi, "e": math.e, "tau": math.tau, "inf": math.inf}


def why_not_a_variable(name: str) -> str:
    """Why `name` cannot be a variable, as the rest of a sentence that begins with it; empty if it can.

    >>> why_not_a_variable("e"), why_not_a_variable("E")
    ('is a constant', '')
    """
    if name in CONSTANTS:
        return "is a constant"
    if lookup(name):
        return "is a function"
    if name in KEYWORDS:
        return "is a word of the notation"
    if not (name.isascii() and name.isidentifier()):
        return "is not a name (a letter or _, then letters, digits and _)"
    return ""
