"""Normal forms: polynomials over Q in terms, and finite sums of unspecified length.

Two terms have one normal form if they are equal by the laws of commutative rings with these for sums: a sum
of sums is the sum of the sums, a factor without the index moves out, sums change places, an index may be
renamed, a sum of c terms 1 is c, and a sum of a known number of terms is written out.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from itertools import permutations
from typing import NamedTuple

from ..statements import expressions as terms
from ..statements.expressions import NATURAL, Expression, Sort, fresh, open_binder


class Monomial(NamedTuple):
    """A product of atoms under sums: the indices with their numbers of terms, then atoms with repetition."""

    sums: tuple[tuple[Expression, Expression], ...]
    factors: tuple[Expression, ...]


Polynomial = dict[Monomial, Fraction]
ONE = Monomial((), ())
MOST_SUMS = 6


@lru_cache(maxsize=200_000)
def _normal(term: Expression) -> tuple[tuple[Monomial, Fraction], ...]:
    found = _expand(term)
    return tuple((m, c) for m, c in sorted(found.items(), key=lambda item: repr(item[0])) if c)


def polynomial(term: Expression) -> Polynomial:
    """Return the normal form of a number."""
    return dict(_normal(term))


def _expand(term: Expression) -> Polynomial:
    if term.op == "number":
        return {ONE: term.data}
    if term.op == "+":
        return _sum([polynomial(arg) for arg in term.args])
    if term.op == "*":
        return _product([polynomial(arg) for arg in term.args])
    if term.op == "sum":
        return _expand_sum(term)
    atom = _atom(term)
    return {ONE: atom.data} if atom.op == "number" else {Monomial((), (atom,)): Fraction(1)}


def _atom(term: Expression) -> Expression:
    """Return a variable, or a function with its arguments in normal form; a table is looked up."""
    if term.op != "apply":
        return term
    head, args = term.args[0], [canonical(arg) for arg in term.args[1:]]
    if head.op == "table" and all(arg.op == "number" for arg in args):
        return terms.number(dict(head.data).get(tuple(int(arg.data) for arg in args), Fraction(0)))
    return terms.apply(head, *args)


def _sum(summands: list[Polynomial]) -> Polynomial:
    result: Polynomial = {}
    for summand in summands:
        for monomial, coefficient in summand.items():
            result[monomial] = result.get(monomial, Fraction(0)) + coefficient
    return result


def _product(factors: list[Polynomial]) -> Polynomial:
    result: Polynomial = {ONE: Fraction(1)}
    for factor in factors:
        terms: list[Polynomial] = []
        for one, c in ((_renamed(monomial), c) for monomial, c in result.items()):
            for two, d in factor.items():
                apart = _renamed(two)
                both = Monomial(one.sums + apart.sums, one.factors + apart.factors)
                terms.append({_ordered(both): c * d})
        result = _sum(terms)
    return result


def _expand_sum(term: Expression) -> Polynomial:
    size = canonical(term.args[0])
    if size.op == "number":
        return _sum([polynomial(open_binder(term, terms.number(i))) for i in range(int(size.data))])
    index = fresh(Sort(NATURAL))
    summands = []
    for monomial, coefficient in polynomial(open_binder(term, index)).items():
        apart = _renamed(monomial)
        inside = (*apart.factors, *(length for _, length in apart.sums))
        if any(terms.occurs(index, part) for part in inside):
            whole = Monomial(((index, size), *apart.sums), apart.factors)
            summands.append({_ordered(whole): coefficient})
        else:
            summands.append(_product([{_ordered(apart): coefficient}, polynomial(size)]))
    return _sum(summands)


def _free_levels(expression: Expression, mark: str) -> set[int]:
    """Return the numbers of the free variables that are called mark0, mark1, ..."""
    if expression.op == "var":
        return {int(expression.data[2:])} if expression.data.startswith(mark) else set()
    return {level for arg in expression.args for level in _free_levels(arg, mark)}


def _renamed(monomial: Monomial) -> Monomial:
    """Rename the indices of the sums to fresh ones, which occur in no other factor."""
    return _with_names(monomial, [fresh(Sort(NATURAL)) for _ in monomial.sums])


def _with_names(monomial: Monomial, new: list[Expression]) -> Monomial:
    names = {old: name for (old, _), name in zip(monomial.sums, new, strict=True)}

    def changed(term: Expression) -> Expression:
        return terms.rewritten(term, lambda leaf, _depth: names.get(leaf))

    sums = tuple((names[old], changed(size)) for old, size in monomial.sums)
    return Monomial(sums, tuple(map(changed, monomial.factors)))


def _ordered(monomial: Monomial) -> Monomial:
    """Sort the factors, and order the sums in the one way that is the first of all."""
    if not monomial.sums:
        return Monomial((), tuple(sorted(monomial.factors, key=repr)))
    if len(monomial.sums) > MOST_SUMS:
        raise ArithmeticError(f"normal form: at most {MOST_SUMS} nested sums, got {len(monomial.sums)}")
    return min((_in_order(monomial, order) for order in _orders(monomial)), key=repr)


def _orders(monomial: Monomial) -> list[tuple[int, ...]]:
    """Return the orders of the sums in which no number of terms has a later index."""
    sums, places = monomial.sums, range(len(monomial.sums))
    return [
        order
        for order in permutations(places)
        if not any(terms.occurs(sums[late][0], sums[order[i]][1]) for i in places for late in order[i:])
    ]


def _in_order(monomial: Monomial, order: tuple[int, ...]) -> Monomial:
    moved = _renamed(Monomial(tuple(monomial.sums[i] for i in order), monomial.factors))
    parts = (*moved.factors, *(size for _, size in moved.sums))
    first = 1 + max((level for part in parts for level in _free_levels(part, "_#")), default=-1)
    places = range(first, first + len(order))
    named = _with_names(moved, [Expression("var", (), Sort(NATURAL), f"_#{i}") for i in places])
    sums = tuple((name, canonical(size)) for name, size in named.sums)
    return Monomial(sums, tuple(sorted(map(_atom, named.factors), key=repr)))


def as_term(normal: Polynomial) -> Expression:
    """Return the term that a normal form stands for."""
    result = terms.number(0)
    for position, (monomial, coefficient) in enumerate(sorted(normal.items(), key=lambda m: repr(m[0]))):
        term = terms.number(coefficient)
        for i, factor in enumerate(monomial.factors):
            term = factor if i == 0 and coefficient == 1 else term * factor
        for name, size in reversed(monomial.sums):
            term = terms.bind("sum", name, term, size)
        result = term if position == 0 else result + term
    return result


@lru_cache(maxsize=200_000)
def canonical(expression: Expression) -> Expression:
    """Return one of all expressions that are equal to this one by normal forms of the numbers in it."""
    if terms.is_numeric(expression.sort):
        return as_term(polynomial(expression))
    if expression.op in {"=", "<=", "<"} and terms.is_numeric(expression.args[0].sort):
        return _canonical_relation(expression)
    if expression.op in terms.BINDERS:
        level = 1 + max(_free_levels(expression, "_q"), default=-1)
        name = Expression("var", (), expression.data, f"_q{level}", expression.hint)
        return terms.bind(expression.op, name, canonical(open_binder(expression, name)))
    if expression.op == "apply":
        return _atom(expression)
    args = tuple(canonical(arg) for arg in expression.args)
    return Expression(expression.op, args, expression.sort, expression.data, expression.hint)


def _canonical_relation(expression: Expression) -> Expression:
    """0 REL right - left; for = the sign is chosen so that the first coefficient is positive."""
    left, right = expression.args
    gap = polynomial(right - left)
    if expression.op == "=" and gap and min(gap.items(), key=lambda item: repr(item[0]))[1] < 0:
        gap = {monomial: -coefficient for monomial, coefficient in gap.items()}
    return terms.relation(expression.op, terms.number(0), as_term(gap))
