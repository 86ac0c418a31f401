"""sinc, gamma and their derivatives on tensors, to nearly the last digit and as often differentiable as one
likes."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from gdcli.engines.torch_autograd import Operation, unary


def _sin_pi(x: Tensor) -> Tensor:
    # Reduced to [-1/2, 1/2] exactly, so that it is 0 at whole numbers and has all its digits beside them.
    r = x - 2.0 * torch.round(0.5 * x)
    return torch.sin(math.pi * torch.where(r.abs() > 0.5, torch.copysign(torch.ones_like(r), r) - r, r))


def _cos_pi(x: Tensor) -> Tensor:
    r = (x - 2.0 * torch.round(0.5 * x)).abs()
    return torch.where(r < 0.25, torch.cos(math.pi * r), torch.sin(math.pi * (0.5 - r)))


_SINC_NEAR = 0.5
_SINC_TERMS = 16


def _sinc_derivative_value(n: int, x: Tensor) -> Tensor:
    # Near 0 the recurrence below cancels, so there its Taylor series, term by term differentiated, stands for
    # it.
    near = x.abs() <= _SINC_NEAR + 0.25 * (n - 1)
    x_near = torch.where(near, x, 0.0)
    square = x_near.square()
    series = torch.zeros_like(x)
    first = (n + 1) // 2
    for k in range(first + _SINC_TERMS + 2 * n, first - 1, -1):
        falling = math.perm(2 * k, n) / math.factorial(2 * k + 1)
        series = series * square + (-1.0) ** k * falling * math.pi ** (2 * k)
    if n % 2:
        series = series * x_near
    # From x sinc(x) = sin(pi x)/pi by Leibniz's rule.
    x_far = torch.where(near, 1.0, x)
    sine, cosine = _sin_pi(x_far), _cos_pi(x_far)
    waves = (sine, cosine, -sine, -cosine)
    far = sine / (math.pi * x_far)
    for k in range(1, n + 1):
        far = (math.pi ** (k - 1) * waves[k % 4] - k * far) / x_far
    return torch.where(near, series, far)


class _SincDerivative(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, n: int, x: Tensor) -> Tensor:
        ctx.n = n
        ctx.save_for_backward(x)
        return _sinc_derivative_value(n, x)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[None, Tensor]:
        (x,) = ctx.saved_tensors
        return None, gradient * sinc_derivative(ctx.n + 1, x)


_sinc_derivative: Operation = _SincDerivative.apply


def sinc_derivative(n: Tensor | int, x: Tensor) -> Tensor:
    """The n-th derivative of sinc."""
    return _sinc_derivative(int(n), x)


def sinc(x: Tensor) -> Tensor:
    """sin(pi x) / (pi x), with 1 at 0, where torch's second derivative is NaN."""
    return _sinc(x)


_sinc = unary(lambda x: _sinc_derivative_value(0, x), lambda x: sinc_derivative(1, x))


def _polygamma_value(n: Tensor, x: Tensor) -> Tensor:
    # torch's own trigamma has nine digits only; the Hurwitz zeta function has all of them, but in single and
    # double precision alone.
    wide = x if x.dtype in (torch.float32, torch.float64) else x.float()
    order = n.to(wide.dtype) + 1.0
    odd = torch.remainder(order, 2.0)
    sign = 1.0 - 2.0 * odd
    value = sign * gamma(order) * torch.special.zeta(order, wide)
    value = torch.where(wide == math.inf, 0.0 * sign, value)
    # On both sides of a pole the values for odd n are as infinite; those for even n have opposite signs.
    pole = (wide <= 0.0) & (wide == torch.floor(wide)) & ((odd == 1.0) | (wide == -math.inf))
    value = torch.where(pole | (order != torch.floor(order)) | (order <= 0.0), math.nan, value)
    return torch.where(order == 1.0, torch.digamma(wide), value).to(x.dtype)


class _Polygamma(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, n: Tensor, x: Tensor) -> Tensor:
        ctx.save_for_backward(n, x)
        return _polygamma_value(n, x)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[None, Tensor]:
        n, x = ctx.saved_tensors
        return None, (gradient * polygamma(n + 1.0, x)).sum_to_size(x.shape)


_polygamma: Operation = _Polygamma.apply


def polygamma(n: Tensor | int, x: Tensor) -> Tensor:
    """The n-th derivative of digamma, for whole n; with regard to n its derivative is 0."""
    order = n.detach() if isinstance(n, Tensor) else torch.full_like(x, n)
    return _polygamma(order, x)


def digamma(x: Tensor) -> Tensor:
    """The derivative of lgamma."""
    return _digamma(x)


_digamma = unary(torch.digamma, lambda x: polygamma(1, x))


def lgamma(x: Tensor) -> Tensor:
    """The logarithm of the absolute value of the gamma function."""
    return _lgamma(x)


_lgamma = unary(torch.lgamma, digamma)

_FACTORIALS = tuple(float(math.factorial(n)) for n in range(23))


def _gamma_value(x: Tensor) -> Tensor:
    # In the half-precision types lgamma's rounding error would be magnified beyond recognition.
    wide = x if x.dtype in (torch.float32, torch.float64) else x.float()
    whole = torch.floor(wide)
    integer = whole == wide
    # The sign alternates between the poles at 0, -1, -2, ...; at those below 0 it, and the value, is
    # undefined.
    sign = torch.where((wide < 0.0) & (torch.remainder(whole, 2.0) != 0.0), -1.0, 1.0)
    sign = torch.where(wide == 0.0, torch.copysign(sign, wide), sign)
    value = torch.where(integer & (wide < 0.0), math.nan, sign * torch.exp(torch.lgamma(wide)))
    table = torch.tensor(_FACTORIALS, dtype=wide.dtype, device=wide.device)
    tabulated = integer & (wide >= 1.0) & (wide <= len(_FACTORIALS))
    entry = torch.where(tabulated, wide, 1.0).long() - 1
    return torch.where(tabulated, table[entry], value).to(x.dtype)


def gamma(x: Tensor) -> Tensor:
    """The gamma function, exact at the integers up to 23."""
    return _gamma(x)


_gamma = unary(_gamma_value, lambda x: gamma(x) * digamma(x))
