"""Operations that torch lacks, or whose derivative torch gives less well than it exists.

The column `torch` of the function table names either one of torch's own functions by its dotted name
(``torch.sin``) or, without a dot, one of these. They take and give tensors of any one floating dtype on any
one device, and each can be differentiated as often as one likes, for each derivative is written with
operations that can themselves be differentiated. At kinks they follow torch: a derivative that does not exist
is 0 where abs' is 0.
"""

from __future__ import annotations

import operator
from typing import cast

import torch
from torch import Tensor

from gdcli.engines.torch_autograd import Operation, binary, unary
from gdcli.engines.torch_special import digamma, gamma, lgamma, polygamma, sinc, sinc_derivative

__all__ = [
    "abs", "acosh", "asinh", "atan2", "cbrt", "ceil", "digamma", "expm1", "floor", "gamma", "heaviside",
    "hypot", "lgamma", "logaddexp", "mod", "polygamma", "pow", "resolve", "round", "sech", "sigmoid",
    "sign", "sinc", "sinc_derivative", "softplus", "tanh",
]  # fmt: skip


def resolve(name: str) -> Operation:
    """The function that the column `torch` of the function table means by `name`."""
    if "." not in name:
        return cast(Operation, globals()[name])
    module, _, path = name.partition(".")
    assert module == "torch", name
    return cast(Operation, operator.attrgetter(path)(torch))


# torch forms 1 - sigmoid(x) and 1 - tanh(x)**2, which lose every digit where the function saturates.
def sigmoid(x: Tensor) -> Tensor:
    """1 / (1 + exp(-x))."""
    return _sigmoid(x)


_sigmoid = unary(torch.sigmoid, lambda x: sigmoid(x) * sigmoid(-x))


def tanh(x: Tensor) -> Tensor:
    """The hyperbolic tangent."""
    return _tanh(x)


_tanh = unary(torch.tanh, lambda x: sech(x).square())


def _sech_value(x: Tensor) -> Tensor:
    # As 1/cosh(x) it would vanish from 710 on, where cosh overflows, and have wrong digits before.
    decay = torch.exp(-x.abs())
    return 2.0 * decay / (1.0 + decay.square())


def sech(x: Tensor) -> Tensor:
    """The hyperbolic secant, 1 / cosh(x)."""
    return _sech(x)


_sech = unary(_sech_value, lambda x: -sech(x) * tanh(x))


def expm1(x: Tensor) -> Tensor:
    """exp(x) - 1; torch's derivative, the value plus 1, has no digits left at x = -40."""
    return _expm1(x)


_expm1 = unary(torch.expm1, torch.exp)


def _softplus_value(x: Tensor) -> Tensor:
    # torch's softplus is x itself from 20 on, which is off by 2e-9 there.
    return torch.relu(x) + torch.log1p(torch.exp(-x.abs()))


def softplus(x: Tensor) -> Tensor:
    """log(1 + exp(x))."""
    return _softplus(x)


_softplus = unary(_softplus_value, sigmoid)


def logaddexp(a: Tensor, b: Tensor) -> Tensor:
    """log(exp(a) + exp(b))."""
    return _logaddexp(a, b)


_logaddexp = binary(torch.logaddexp, lambda g, a, b: g * sigmoid(a - b), lambda g, a, b: g * sigmoid(b - a))


def hypot(a: Tensor, b: Tensor) -> Tensor:
    """sqrt(a*a + b*b) without overflow; its gradient at (0, 0) is 0, as that of abs is."""
    return _hypot(a, b)


def _hypot_partial(gradient: Tensor, a: Tensor, b: Tensor) -> Tensor:
    length = hypot(a, b)
    zero = length == 0.0
    return torch.where(zero, 0.0, gradient * a / torch.where(zero, 1.0, length))


_hypot = binary(torch.hypot, _hypot_partial, lambda g, a, b: _hypot_partial(g, b, a))


def atan2(y: Tensor, x: Tensor) -> Tensor:
    """The angle of the point (x, y); its gradient at (0, 0), which torch has as NaN, is 0."""
    return _atan2(y, x)


def _over_square(a: Tensor, x: Tensor, y: Tensor) -> Tensor:
    # Divided twice, so that the square of the distance neither overflows nor underflows.
    length = hypot(x, y)
    zero = length == 0.0
    length = torch.where(zero, 1.0, length)
    return torch.where(zero, 0.0, a / length / length)


_atan2 = binary(
    torch.atan2, lambda g, y, x: _over_square(g * x, x, y), lambda g, y, x: _over_square(-g * y, x, y)
)


def abs(x: Tensor) -> Tensor:
    """The absolute value; its derivative is 0 at 0, as in torch, but NaN at NaN."""
    return _abs(x)


_abs = unary(torch.abs, lambda x: sign(x))


# A step lets no derivative through at all. Torch multiplies by 0 instead, which makes NaN of an infinite one.
def floor(x: Tensor) -> Tensor:
    """The whole number at or below."""
    return torch.floor(x.detach())


def ceil(x: Tensor) -> Tensor:
    """The whole number at or above."""
    return torch.ceil(x.detach())


def round(x: Tensor) -> Tensor:
    """The nearest whole number, halves to the even one."""
    return torch.round(x.detach())


def sign(x: Tensor) -> Tensor:
    """-1, 0 or 1; torch's own makes 0 of NaN."""
    x = x.detach()
    return torch.where(torch.isnan(x), x, torch.sign(x))


def heaviside(x: Tensor) -> Tensor:
    """0 below zero, 1/2 at it, 1 above."""
    return 0.5 * (sign(x) + 1.0)


def _remainder(a: Tensor, b: Tensor) -> Tensor:
    remainder = torch.remainder(a, b)
    # A remainder of zero, too, has the sign of b, in Python but not in torch.
    return torch.where(remainder == 0.0, torch.copysign(torch.zeros_like(remainder), b), remainder)


def mod(a: Tensor, b: Tensor) -> Tensor:
    """The remainder of a / b, with the sign of b."""
    return _mod(a, b)


_mod = binary(_remainder, lambda g, a, b: g, lambda g, a, b: -g * round((a - _remainder(a, b)) / b))


def asinh(x: Tensor) -> Tensor:
    """The inverse hyperbolic sine; torch's derivative squares, and vanishes from 1e155 on."""
    return _asinh(x)


_asinh = unary(torch.asinh, lambda x: 1.0 / hypot(x, torch.ones_like(x)))


def acosh(x: Tensor) -> Tensor:
    """The inverse hyperbolic cosine; the same is true of it."""
    return _acosh(x)


_acosh = unary(torch.acosh, lambda x: 1.0 / (torch.sqrt(x - 1.0) * torch.sqrt(x + 1.0)))


def pow(a: Tensor, b: Tensor | float) -> Tensor:
    """a to the power of b; torch's second derivatives are NaN at a = 0, unless b is a plain number."""
    return _pow(a, b) if isinstance(b, Tensor) else torch.pow(a, b)


def _pow_by_base(gradient: Tensor, a: Tensor, b: Tensor) -> Tensor:
    vanishes = (a == 0.0) & (b == 0.0)
    return torch.where(vanishes, 0.0, gradient * b * pow(torch.where(vanishes, 1.0, a), b - 1.0))


def _pow_by_exponent(gradient: Tensor, a: Tensor, b: Tensor) -> Tensor:
    vanishes = (a == 0.0) & (b >= 0.0)
    base = torch.where(vanishes, 1.0, a)
    return torch.where(vanishes, 0.0, gradient * pow(base, b) * torch.log(base))


_pow = binary(torch.pow, _pow_by_base, _pow_by_exponent)


def _cbrt_value(x: Tensor) -> Tensor:
    root = torch.sign(x) * x.abs().pow(1.0 / 3.0)
    # One step of Newton's method makes the roots of perfect cubes exact; 0 and the infinities are so already.
    settled = (root == 0.0) | ~torch.isfinite(root)
    square = torch.where(settled, 1.0, root * root)
    return torch.where(settled, root, root - (root - x / square) / 3.0)


def cbrt(x: Tensor) -> Tensor:
    """The real cube root, of negative numbers too; its derivative at 0 is inf."""
    return _cbrt(x)


_cbrt = unary(_cbrt_value, lambda x: 1.0 / (3.0 * cbrt(x).square()))
