"""Shallow functions whose parameters are rational functions of k, for all integers k >= 1 at once.

With k = 1 + n a rational function of k is one of n. It is never negative for n >= 0 if, over a common
denominator, no coefficient of numerator and denominator is negative: that is how all inequalities are
proved here. Coefficients may be square roots, whose signs sympy knows exactly.

A function sum c_i relu(<a_i, x>) is 1/2 sum_H kappa_H |<h, x>| + <A, x>, the first entry of each h that is
not zero equal to 1, no two h equal, and it is given by its kappa_H != 0 and by A.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

Rows = Sequence[Sequence[Any]]
Shallow = tuple[Rows, Sequence[Any]]
"""Rows a_i and coefficients c_i, one output."""


def variable() -> Any:
    """Return k = 1 + n with the variable n >= 0."""
    return 1 + _n()


def is_zero(expression: Any) -> bool:
    """Return whether a rational function of n is zero."""
    import sympy

    return bool(sympy.simplify(expression) == 0)


def is_never_negative(expression: Any) -> bool:
    """Return whether no coefficient of numerator and denominator is negative: then it is >= 0 for n >= 0."""
    import sympy

    parts = sympy.fraction(sympy.cancel(sympy.together(expression)))
    lists = [sympy.Poly(part, _n()).all_coeffs() for part in parts]
    return any(all((sign * entry).is_nonnegative for line in lists for entry in line) for sign in (1, -1))


def is_always_positive(expression: Any) -> bool:
    """Return whether it is never negative, as above, with a positive constant coefficient: then it is > 0."""
    import sympy

    numerator = sympy.fraction(sympy.cancel(sympy.together(expression)))[0]
    return is_never_negative(expression) and not is_zero(numerator.subs(_n(), 0))


def size(expression: Any) -> Any:
    """Return the absolute value of an expression that has one sign for all n >= 0."""
    for sign in (1, -1):
        if is_never_negative(sign * expression):
            return sign * expression
    raise ArithmeticError(f"{expression}: the coefficients show no sign")


@dataclass(frozen=True)
class FormOfK:
    """The kinks kappa_H, by normal, and the linear part A."""

    kinks: dict[tuple[Any, ...], Any]
    linear: tuple[Any, ...]

    def __sub__(self, other: FormOfK) -> FormOfK:
        kinks = dict(self.kinks)
        for normal, kink in other.kinks.items():
            kinks[normal] = kinks.get(normal, 0) - kink
        linear = tuple(p - q for p, q in zip(self.linear, other.linear, strict=True))
        return FormOfK({h: kink for h, kink in kinks.items() if not is_zero(kink)}, linear)


def form_of(shallow: Shallow) -> FormOfK:
    """Return the form of sum c_i relu(<a_i, x>)."""
    import sympy

    rows, coefficients = shallow
    linear: list[Any] = [sympy.Integer(0)] * len(rows[0])
    kinks: dict[tuple[Any, ...], Any] = {}
    for row, c in zip(rows, coefficients, strict=True):
        entries = [sympy.sympify(entry) for entry in row]
        linear = [total + sympy.sympify(c) * entry / 2 for total, entry in zip(linear, entries, strict=True)]
        first = next((entry for entry in entries if not is_zero(entry)), None)
        if first is not None:
            normal = tuple(sympy.simplify(entry / first) for entry in entries)
            kinks[normal] = kinks.get(normal, 0) + size(first) * c
    return FormOfK({h: kink for h, kink in kinks.items() if not is_zero(kink)}, tuple(linear))


def gradient_entries(form: FormOfK) -> list[Any]:
    """Return the entries of the gradient on every cell; the normals must be independent.

    Then every choice of signs s_H is that of a cell, whose gradient is A + 1/2 sum s_H kappa_H h.
    """
    import sympy

    normals = list(form.kinks)
    if normals and sympy.Matrix(normals).rank() < len(normals):
        raise ArithmeticError("the normals are dependent")
    return [
        entry + sum((s * form.kinks[h] * h[j] / 2 for s, h in zip(signs, normals, strict=True)), 0)
        for signs in product((1, -1), repeat=len(normals))
        for j, entry in enumerate(form.linear)
    ]


def seminorm_failures(form: FormOfK, claimed: Any) -> list[str]:
    """Say what is wrong with |f|_{W^{1,inf}} = ``claimed`` for all k >= 1; nothing, if it is proved."""
    entries = gradient_entries(form)
    found = [
        f"all k: the entry {entry} of the gradient is not shown to be at most {claimed}"
        for entry in entries
        if not (is_never_negative(claimed - entry) and is_never_negative(claimed + entry))
    ]
    if not any(is_zero(claimed - entry) or is_zero(claimed + entry) for entry in entries):
        found.append(f"all k: no entry of the gradient is {claimed}")
    return found


def _n() -> Any:
    import sympy

    return sympy.Symbol("n", nonnegative=True)
