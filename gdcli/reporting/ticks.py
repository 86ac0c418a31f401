"""Numbers along an axis: round places, and texts that are as short as they can be and still differ."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

SUPERSCRIPT_SIGNS = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"
SUPERSCRIPTS = str.maketrans("-0123456789", SUPERSCRIPT_SIGNS)
MOST_DIGITS = 17
_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)
_FEW_DECADES = 2
_CLOSE = 1e-3  # of the distance of ticks: what a text may be off


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers in an interval, at even distances, `most` of them or fewer; its ends if there are none.

    >>> ticks(-1.3, 2.2, 5)
    [-1.0, 0.0, 1.0, 2.0]
    """
    span = high / 2 - low / 2
    if not (math.isfinite(span) and span > 0.0 and most > 0):
        return [low] if low == high else [low, high]
    raw = 2 * (span / max(most, 1))
    if not math.isfinite(raw) or raw < 1e-306:
        return [low, high]
    power = 10.0 ** math.floor(math.log10(raw))
    for factor in _ROUND:
        distance = factor * power
        first, last = math.ceil(low / distance - 1e-9), math.floor(high / distance + 1e-9)
        if last - first + 1 <= most:
            found = [index * distance for index in range(first, last + 1)]
            # 3 * 0.1 is not 0.3.
            return [float(f"{each:.12g}") if abs(each) > distance / 2 else 0.0 for each in found] or [
                low,
                high,
            ]
    return [low, high]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Powers of ten in an interval of positive numbers, at even distances; in one of less than three, 2 and 5 as well.

    >>> log_ticks(3e-8, 2.0, 5), log_ticks(0.3, 30.0, 6)
    ([1e-06, 0.0001, 0.01, 1.0], [0.5, 1.0, 2.0, 5.0, 10.0, 20.0])
    """
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    if last - first < _FEW_DECADES:
        multiples = [float(f"{digit}e{power}") for power in range(first - 1, last + 1) for digit in (1, 2, 5)]
        found = [each for each in multiples if low <= each <= high]
        return found[:: math.ceil(len(found) / most)] if found else [low, high]
    stride = math.ceil((last - first + 1) / most)
    start = math.ceil(first / stride) * stride
    return [float(f"1e{power}") for power in range(start, last + 1, stride)]


def texts(numbers: Sequence[float], *, plain: bool = False) -> list[str]:
    """A text for each number, with as many digits as tell them apart.

    Args:
        numbers: In ascending order.
        plain: Write ``1e-05`` rather than ``10⁻⁵``.

    >>> texts([0.0, 0.5, 1.0]), texts([1e200, 2e200]), texts([1000000.0, 1000000.25])
    (['0', '0.5', '1'], ['10²⁰⁰', '2·10²⁰⁰'], ['1000000', '1000000.25'])
    """
    finite = [each for each in numbers if math.isfinite(each)]
    gaps = [abs(b - a) for a, b in pairwise(finite) if a != b]
    allowed = _CLOSE * min(gaps) if gaps else 0.0
    digits = 1
    while digits < MOST_DIGITS and any(abs(float(f"{each:.{digits}g}") - each) > allowed for each in finite):
        digits += 1
    return [number_text(each, digits if gaps else min(digits, 6), plain=plain) for each in numbers]


def scaled_texts(numbers: Sequence[float]) -> tuple[list[str], str]:
    """The same for numbers along an axis that may have a power of ten in common, and that power.

    >>> scaled_texts([0.0, 5e99, 1e100]), scaled_texts([0.0, 0.5])
    ((['0', '0.5', '1'], '·10¹⁰⁰'), (['0', '0.5'], ''))
    """
    largest = max((abs(each) for each in numbers if math.isfinite(each)), default=0.0)
    power = math.floor(math.log10(largest)) if largest > 0.0 else 0
    if not any(sign in text for text in texts(numbers) for sign in SUPERSCRIPT_SIGNS):
        return texts(numbers), ""
    # In two steps: a power of ten may be beyond the floats where its number is not.
    half = power // 2
    scaled = [each / 10.0**half / 10.0 ** (power - half) for each in numbers]
    return texts([float(f"{each:.12g}") for each in scaled]), f"·10{str(power).translate(SUPERSCRIPTS)}"


def log_texts(numbers: Sequence[float]) -> list[str]:
    """Texts of numbers along a logarithmic axis: powers of ten, if any of them is one that is very small or large.

    >>> log_texts([1e-8, 1e-4, 1.0]), log_texts([0.1, 1.0, 10.0])
    (['10⁻⁸', '10⁻⁴', '1'], ['0.1', '1', '10'])
    """
    shown = [number_text(each) for each in numbers]
    if not any(sign in text for text in shown for sign in SUPERSCRIPT_SIGNS):
        return shown
    return [_power_text(each, text) for each, text in zip(numbers, shown, strict=True)]


def _power_text(number: float, text: str) -> str:
    """A power of ten beyond the tens as such."""
    power = round(math.log10(number)) if number > 0.0 else 0
    is_power = abs(number / 10.0**power - 1.0) < 1e-9 if -300 < power < 300 else False
    return f"10{str(power).translate(SUPERSCRIPTS)}" if is_power and abs(power) > 1 else text


def number_text(number: float, digits: int = 3, *, plain: bool = False) -> str:
    """A number in so many significant digits, a very small or large one as ``2.5·10⁻⁷``.

    >>> number_text(0.25), number_text(-1e-7), number_text(2.5e-7), number_text(2.5e-7, plain=True)
    ('0.25', '−10⁻⁷', '2.5·10⁻⁷', '2.5e-07')
    """
    if not math.isfinite(number) or number == 0.0:
        return "0" if number == 0.0 else str(number)
    mantissa, _, exponent = f"{number:.{digits - 1}e}".partition("e")
    power = int(exponent)
    if -4 <= power < max(6, digits):
        text = f"{number:.{max(digits - 1 - power, 0)}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    elif plain:
        return f"{number:.{digits}g}"
    else:
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        ten = f"10{str(power).translate(SUPERSCRIPTS)}"
        text = {"1": ten, "-1": f"-{ten}"}.get(mantissa, f"{mantissa}·{ten}")
    return text if plain else text.replace("-", "−")
