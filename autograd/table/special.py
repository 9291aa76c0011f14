"""Special functions on floats that Python's `math` lacks: ψ and its derivatives, and the inverse of erf.

Each raises ValueError if it is undefined and OverflowError if the result is too large for a float.
"""

from __future__ import annotations

import math

# B₂, B₄, … of the asymptotic series (Bernoulli numbers).
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798)


def digamma(x: float) -> float:
    """ψ(x), the logarithmic derivative of Γ; undefined at 0, −1, −2, … (NIST DLMF 5.11.2, 5.5.4).

    >>> round(digamma(1.0), 12)
    -0.577215664902
    """
    return polygamma(0.0, x)


def polygamma(n: float, x: float) -> float:
    """The derivative of order n of ψ at x; n is a whole number, at least 0.

    Far from 0 it is an asymptotic series (NIST DLMF 5.15.8); smaller x are shifted there by the
    recurrence, x < 0 is reflected.

    >>> round(polygamma(1, 1.0), 12) == round(math.pi**2 / 6, 12)
    True
    """
    order = int(n)
    if n != order or order < 0:
        raise ValueError("polygamma: the order must be a whole number, at least 0")
    if x != x or x == math.inf:
        return x if x != x or order == 0 else 0.0
    if x <= 0.0 and x == math.floor(x):
        raise ValueError("a pole")
    sign = -1.0 if order % 2 == 0 else 1.0
    if x < -20.0:
        return -sign * polygamma(order, 1.0 - x) - _cotangent_derivative(order, x)
    enough = 15.0 + order
    terms: list[float] = []  # of (−1)ⁿ⁺¹ ψ⁽ⁿ⁾(x) / n!, of which the recurrence takes one at a time
    while x < enough:
        terms.append(x ** -(order + 1))
        x += 1.0
    terms.append(-math.log(x) if order == 0 else x**-order / order)
    terms.append(0.5 * x ** -(order + 1))
    for k, bernoulli in enumerate(_BERNOULLI, 1):
        rising = math.prod(range(2 * k + 1, 2 * k + order)) if order else 1 / (2 * k)
        terms.append(bernoulli * rising / math.factorial(max(order, 1)) * x ** -(2 * k + order))
    return sign * math.factorial(order) * math.fsum(terms)


def _cotangent_derivative(order: int, x: float) -> float:
    """dⁿ/dxⁿ of π·cot(πx), a polynomial in c = cot(πx): dc/dx = −π(1 + c²)."""
    cotangent = 1.0 / math.tan(math.pi * math.remainder(x, 1.0))
    coefficients = [0.0, 1.0]
    for _ in range(order):
        slopes = [*(k * a for k, a in enumerate(coefficients) if k), 0.0, 0.0, 0.0]
        coefficients = [
            -(slopes[k] + (slopes[k - 2] if k >= 2 else 0.0)) for k in range(len(coefficients) + 1)
        ]
    return math.pi ** (order + 1) * math.fsum(a * cotangent**k for k, a in enumerate(coefficients))


def erfinv(x: float) -> float:
    """The y for which erf(y) = x; ±∞ at ±1 is left to `ieee`, and undefined beyond.

    Winitzki's approximation, refined by Halley's method.

    >>> math.erf(erfinv(0.3))
    0.3
    """
    if not -1.0 < x < 1.0:
        if x != x:
            return x
        raise ValueError("erfinv: −1 < x < 1")
    if abs(x) < 1e-8:
        return x * (math.sqrt(math.pi) / 2)
    size, rest = abs(x), 1.0 - abs(x)
    log = math.log(rest) + math.log1p(size)
    half = 2.0 / (math.pi * 0.147) + log / 2.0
    y = math.sqrt((-log / 0.147) / (math.sqrt(half * half - log / 0.147) + half))
    for _ in range(3):
        error = math.erf(y) - size if size < 0.5 else rest - math.erfc(y)
        step = error / (2.0 / math.sqrt(math.pi) * math.exp(-y * y))
        y -= step / (1.0 + y * step)
    return math.copysign(y, x)
