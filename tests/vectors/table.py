"""Expressions of vectors with what they are worth, by NumPy or by plain loops; and wrong ones with their errors."""

from __future__ import annotations

from typing import Any

import numpy as np

_GENERATOR = np.random.default_rng(0)
X = _GENERATOR.uniform(0.5, 2.0, 5)
Y = _GENERATOR.uniform(0.5, 2.0, 5)
A = _GENERATOR.normal(size=(4, 5))
B = _GENERATOR.normal(size=4)
VALUES: dict[str, Any] = {"x": X, "y": Y, "a": np.float64(1.3)}
ARRAYS = {"A": A, "b": B}
N = range(5)

RIGHT: dict[str, float] = {
    "sum(x**2)": np.sum(X**2),
    "x[0]**2 + x[1]**2": X[0] ** 2 + X[1] ** 2,
    "Sum(100*(x[i+1]-x[i]**2)**2 + (1-x[i])**2, (i, 0, len(x)-2))": sum(
        100 * (X[i + 1] - X[i] ** 2) ** 2 + (1 - X[i]) ** 2 for i in range(4)
    ),
    "Sum(Sum(1/hypot(x[i]-x[j], y[i]-y[j]), (j, i+1, len(x)-1)), (i, 0, len(x)-1))": sum(
        1 / np.hypot(X[i] - X[j], Y[i] - Y[j]) for i in N for j in range(i + 1, 5)
    ),
    "sum((A@x-b)**2)": np.sum((A @ X - B) ** 2),
    "x@y": X @ Y,
    "dot(x, y) + norm(x) + norm1(-x)": X @ Y + np.linalg.norm(X) + np.abs(X).sum(),
    "mean(x) + var(x) + std(y)": X.mean() + X.var(ddof=1) + Y.std(ddof=1),
    "prod(x) + max(x) + min(y)": X.prod() + X.max() + Y.min(),
    "logsumexp(x)": np.log(np.exp(X).sum()),
    "sum(x[1:]-x[:-1]) + x[::2][1] + x[-1] + sum(x[::-1]*y)": np.sum(X[1:] - X[:-1])
    + X[2]
    + X[-1]
    + sum(X[::-1] * Y),
    "Sum(Sum(A[i,j]*x[j], (j, 0, 4))**2, (i, 0, 3))": np.sum((A @ X) ** 2),
    "Sum(Sum(A[j,i]*x[i], (j, 0, 3))**2, (i, 0, 4))": np.sum((A.sum(0) * X) ** 2),
    "Sum(norm(A[i]*x), (i, 0, 3))": sum(np.linalg.norm(A[i] * X) for i in range(4)),
    "x[0]*(sum(A[:,2]) + sum(A[1]) + A[1,2])": X[0] * (A[:, 2].sum() + A[1].sum() + A[1, 2]),
    "x[0]*Sum(sum(A[:,i]*b), (i, 0, 4))": X[0] * sum((A[:, i] * B).sum() for i in N),
    "Sum((x[mod(i+1, len(x))]-x[i])**2, (i, 0, len(x)-1))": sum((X[(i + 1) % 5] - X[i]) ** 2 for i in N),
    "Sum(Sum(x[i+j], (j, 0, len(x)-1-i)), (i, 0, len(x)-1))": sum(X[i + j] for i in N for j in range(5 - i)),
    "Product(x[i]+i, (i, 0, 4))": np.prod([X[i] + i for i in N]),
    "x[0]*(Product(2, (i, 0, 4)) + Sum(3, (i, 0, 4)) + Sum(x[i], (i, 3, 2)) + Product(x[i], (i, 3, 2)))": X[0]
    * (32 + 15 + 0 + 1),
    "sum(where(x > y, sqrt(x-y), 0))": np.sum(np.where(X > Y, np.sqrt(np.abs(X - Y)), 0)),
    "sum(where(x > 1, sum(sqrt(x))*x, 0))": np.sum(np.where(X > 1, np.sqrt(X).sum() * X, 0)),
    "sum(a*x**2)": 1.3 * np.sum(X**2),
    "Sum(Sum(Sum(x[i]*x[j]*x[k], (k, j, 4)), (j, i, 4)), (i, 0, 4))": sum(
        X[i] * X[j] * X[k] for i in N for j in range(i, 5) for k in range(j, 5)
    ),
    "Sum(Sum(Sum(x[i]*y[k], (k, i, 4)), (j, i, 4)), (i, 0, 4))": sum(
        X[i] * Y[k] for i in N for j in range(i, 5) for k in range(i, 5)
    ),
    "Sum(x[i]*y[j], (j, i, 4), (i, 0, 4))": sum(X[i] * Y[j] for i in N for j in range(i, 5)),
    "Sum(x[i]*Sum(y[j], (j, 0, 4)), (i, 0, 4))": X.sum() * Y.sum(),
    "Sum(x[2*i+1], (i, 0, 1)) + Sum(x[4-i]*i, (i, 0, 4))": X[1] + X[3] + sum(X[4 - i] * i for i in N),
    "[x[0], 2, y[1]] @ [1, 2, 3]": X[0] + 4 + 3 * Y[1],
    "Sum([x[i], 1] @ [y[i], i], (i, 0, 4))": sum(X[i] * Y[i] + i for i in N),
    "Sum(A[i,i]*x[i], (i, 0, 3))": sum(A[i, i] * X[i] for i in range(4)),
    "sum((a*A) @ x)": 1.3 * (A @ X).sum(),
    "sum((b @ (a*A))**2)": 1.69 * np.sum((B @ A) ** 2),
    "x[0]*sum(transpose(A) @ b)": X[0] * (A.T @ B).sum(),
    "Sum(sum(where(x > i, sqrt(x-i), 0)), (i, 0, 2))": sum(
        np.sum(np.where(i < X, np.sqrt(np.abs(X - i)), 0)) for i in range(3)
    ),
    "Sum(log(x[i]) if x[i] > 1 else 0, (i, 0, 4))": np.sum(np.where(X > 1, np.log(X), 0)),
    "Sum(x[i]**0, (i, 0, 4)) + sum(x**0)*x[0]": 5 + 5 * X[0],
    "sum(e**x)": np.exp(X).sum(),
    "len(x)*a": 5 * 1.3,
    "sum(x[1:4:2]) + sum(x[-2:]) + sum(x[3:0:-1])": X[1] + X[3] + X[-2:].sum() + X[1:4].sum(),
    "Sum(Product(x[j], (j, 0, i)), (i, 0, 4))": sum(np.prod(X[: i + 1]) for i in N),
    "Sum(sum(x)*i, (i, 1, 3))": 6 * X.sum(),
    "max(x, y)[0] + sum(max(x, y, 1))": max(X[0], Y[0]) + np.maximum(np.maximum(X, Y), 1).sum(),
    "sum(sinc(x) + erf(y))": float(np.sum(np.sinc(X))) + float(sum(map(__import__("math").erf, Y))),
}
"""For each expression its value, with `VALUES` for the variables and `ARRAYS` for the constants."""

WRONG: dict[str, tuple[str, str]] = {
    "x + 1": ("the expression is a vector of 5 elements", "+"),
    "sum(a)": ("sum takes a vector, and a is a single number", "sum"),
    "x[7]": ("the subscript 7 is outside of x, which has 5 elements", "["),
    "x[-6]": ("the subscript -6 is outside of x, which has 5 elements", "["),
    "sum(x*b)": ("x has 5 elements, and b has 4 elements", "*b"),
    "sum(x[5:])": ("this slice of x, which has 5 elements, is empty", "["),
    "sum(x[::0])": ("a slice with a step of 0", "["),
    "Sum(x[i+1], (i, 0, 4))": ("the subscript 5 is outside of x, which has 5 elements, where i = 4", "["),
    "Sum(x[i-1], (i, 0, 4))": ("the subscript -1 is outside of x, which has 5 elements, where i = 0", "["),
    "Sum(x[i*i], (i, 0, 4))": ("the subscript 9 is outside of x, which has 5 elements, where i = 3", "["),
    "Sum(Sum(x[i+j], (j, 0, 5-i)), (i, 0, 4))": ("the subscript 5 is outside of x", "[i"),
    "x[y[0]]": ("a subscript is a whole number that is known before", "[y"),
    "Sum(x[i], (i, 0, a))": ("the limits of Sum are whole numbers that are known before", "Sum"),
    "b@x": ("b has 4 elements, and x has 5 elements", "@"),
    "A@a": ("@ takes vectors and matrices, and a is a single number", "@"),
    "dot(x, a)": ("dot takes two vectors", "dot"),
    "Sum(1, (i, 0, 10**12))": ("a tensor of 1,000,000,000,001 elements; the bound is 250,000,000", "Sum"),
    "a[0]": ("a is a single number, and has no elements", "[0"),
    "len(a)": ("a is a single number, and has no length", "len"),
    "x[1,2]": ("x is a vector, and takes one subscript, not 2", "[1"),
    "[x, 1] @ [1, 2]": ("a list is one of single numbers", "[x"),
    "transpose(x) @ y": ("transpose takes a matrix", "transpose"),
}
"""For each expression a part of the message, and the text at whose beginning the caret stands."""
