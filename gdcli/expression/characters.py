"""Characters outside ASCII: what they are called, and what to write instead.

The notation is ASCII, so that two names that look alike are alike: a Cyrillic а beside a Latin a would be a
second variable that nobody sees.
"""

from __future__ import annotations

import unicodedata

from gdcli.expression.functions import lookup

_SIGNS = {
    "−": "-", "–": "-", "—": "-", "‐": "-", "‑": "-", "⁻": "-", "﹣": "-", "－": "-",
    "×": "*", "·": "*", "⋅": "*", "∙": "*", "•": "*", "∗": "*", "✕": "*", "✖": "*", "⨯": "*",
    "÷": "/", "∕": "/", "⁄": "/",
    "≤": "<=", "⩽": "<=", "≥": ">=", "⩾": ">=", "≠": "!=",
    "∧": "and", "∨": "or", "¬": "not",
    "µ": "mu", "√": "sqrt(x)", "∛": "cbrt(x)", "∞": "inf", "π": "pi", "ℯ": "e", "τ": "tau",
    "⌊": "floor(x)", "⌋": "floor(x)", "⌈": "ceil(x)", "⌉": "ceil(x)",
}  # fmt: skip
"""Signs and constants, and what the notation writes for them."""

_LOOKALIKES = dict(
    zip(
        "абеорсухіјѕԁһԛԝАВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧοѵνıɑɡ",
        "abeopcyxijsdhqwABEKMHOPCTYXIJSABEZHIKMNOPTYXovviag",
        strict=True,
    )
)
"""Letters of other scripts that look like a Latin one."""


def describe(character: str) -> tuple[str, str]:
    """What to say of a character that is not ASCII: a message that names it, and a hint (or an empty string).

    >>> describe("\\N{GREEK SMALL LETTER THETA}")[1]
    'write theta'
    """
    if "\udc80" <= character <= "\udcff":
        # So Python hands over a byte of the command line that it cannot decode.
        return f"the byte 0x{ord(character) - 0xDC00:02X} is no character in the locale's encoding", ""
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "")
    shown = f"'{character}' " if character.isprintable() and not unicodedata.combining(character) else ""
    label = f"{shown}({code} {name})" if name else f"{shown}{code}" if shown else code
    kind = "letter" if character.isalpha() else "character"
    return f"the {kind} {label} is not part of the notation", _hint(character, name)


def _hint(character: str, name: str) -> str:
    if character in _SIGNS:
        return f"write {_SIGNS[character]}"
    if character.isdecimal():
        return f"write {unicodedata.decimal(character)}"
    if "VULGAR FRACTION" in name:
        fraction = unicodedata.normalize("NFKC", character).replace("⁄", "/")
        return f"write ({fraction})"
    if name.startswith("SUPERSCRIPT"):
        power = unicodedata.normalize("NFKC", character)
        return f"write **{power}" if power.isalnum() and power.isascii() else "write **"
    words = name.split()
    lookalike = _LOOKALIKES.get(character)
    if words[:3] in (["GREEK", "SMALL", "LETTER"], ["GREEK", "CAPITAL", "LETTER"]):
        letter = words[4] if words[3] == "FINAL" else words[3]
        # Unicode has kept a misspelling.
        letter = "LAMBDA" if letter == "LAMDA" else letter
        spelled = letter.lower() if words[1] == "SMALL" else letter.capitalize()
        if lookup(spelled):
            return f"write {spelled}_ ({spelled} is a function)"
        return f"write {spelled}" + (f", or {lookalike} if the Latin letter was meant" if lookalike else "")
    if lookalike:
        return f"it looks like the Latin letter {lookalike}: write that"
    if "QUOTATION MARK" in name:
        return "the notation has no strings"
    plain = unicodedata.normalize("NFKD", character).strip("\N{COMBINING ACUTE ACCENT} ")
    if plain[:1].isascii() and plain[:1].isprintable() and plain:
        return f"write {plain[0] if unicodedata.combining(plain[-1]) else plain}"
    if character.isspace() or unicodedata.category(character) in ("Cf", "Cc"):
        return "delete it, or write an ordinary space"
    return "names are made of the letters a to z, A to Z, digits and _" if character.isalpha() else ""
