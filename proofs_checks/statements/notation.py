"""Statements for readers: as text, and in the notation of the papers for LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from .expressions import (
    FALSE,
    NATURAL,
    REAL,
    TRUTH,
    Expression,
    Sort,
    fits,
    fresh,
    function,
    number,
    open_binder,
    rewritten,
)

GREEK = {
    *(
        "alpha",
        "beta",
        "gamma",
        "delta",
        "epsilon",
        "eta",
        "theta",
        "kappa",
        "lambda",
        "mu",
        "nu",
        "xi",
        "pi",
    ),
    *(
        "rho",
        "sigma",
        "tau",
        "phi",
        "psi",
        "omega",
        "Gamma",
        "Delta",
        "Theta",
        "Lambda",
        "Phi",
        "Psi",
        "Omega",
    ),
}


@dataclass(frozen=True)
class Style:
    """The words and signs of one way of writing."""

    for_all: str
    for_some: str
    colon: str
    implies: str
    conjunction: str
    disjunction: str
    negation: str
    at_most: str
    times: str
    kind: str = "text"


TEXT = Style("for all ", "there are ", ": ", " => ", " and ", " or ", "not ", "<=", " ")
HTML = Style("&forall; ", "&exist; ", ": ", " &rArr; ", " &and; ", " &or; ", "&not; ", "&le;", " ", "html")
LATEX = Style(
    r"\forall ",
    r"\exists ",
    r":\ ",
    r" \Rightarrow ",
    r" \wedge ",
    r" \vee ",
    r"\neg ",
    r"\le",
    r"\,",
    "latex",
)


@dataclass(frozen=True)
class Definition:
    """A formula with a name: what builds it from terms of these sorts, and what it says in a line."""

    name: str
    build: Callable[..., Expression]
    sorts: tuple[Sort, ...]
    meaning: str

    @cached_property
    def pattern(self) -> tuple[tuple[Expression, ...], Expression]:
        """The formula of variables that occur nowhere else."""
        names = tuple(fresh(sort) for sort in self.sorts)
        return names, self.build(*names)

    def arguments(self, formula: Expression) -> tuple[Expression, ...] | None:
        """Return the terms from which ``build`` makes this very formula, None if none are found."""
        names, pattern = self.pattern
        found: dict[Expression, Expression] = {}
        if not _matches(pattern, formula, set(names), found) or len(found) < len(names):
            return None
        terms = tuple(found[name] for name in names)
        return terms if self.build(*terms) == formula else None


def written(
    formula: Expression, style: Style = TEXT, definitions: Sequence[Definition] = ()
) -> tuple[str, tuple[str, ...]]:
    """Return a formula in a style, with names for what is defined, and the meaning of each name in it."""
    writer = _Writer(style, definitions)
    writer.name_all(formula)
    return writer.write(formula), tuple(writer.meanings)


def text(formula: Expression) -> str:
    """Return a formula or term as text, in full."""
    return written(formula)[0]


def _matches(
    pattern: Expression, e: Expression, names: set[Expression], found: dict[Expression, Expression]
) -> bool:
    """Return whether terms without loose bound variables for the names make the pattern look like ``e``.

    Where a function that is sought is applied to bound variables, ``e`` is its value there. Where it is
    applied to something else, a mismatch is left to those who build the formula again.
    """
    if pattern in names:
        return not e.loose and fits(e.sort, pattern.sort) and found.setdefault(pattern, e) == e
    is_sought = pattern.op == "apply" and pattern.args[0] in names
    value = _function_with(pattern.args[1:], e) if is_sought else None
    if value is not None:
        return _matches(pattern.args[0], value, names, found)
    more = dict(found)
    if (pattern.op, pattern.data, len(pattern.args)) == (e.op, e.data, len(e.args)) and all(
        _matches(p, arg, names, more) for p, arg in zip(pattern.args, e.args, strict=True)
    ):
        found |= more
        return True
    return is_sought


def _function_with(places: Sequence[Expression], value: Expression) -> Expression | None:
    """Return the function that has the value at different bound variables, if it depends on no other ones."""
    names = {place: fresh(place.sort, "i") for place in places}
    if len(names) < len(places) or any(place.op != "bound" for place in places):
        return None
    if value.op == "apply" and value.args[1:] == tuple(places) and not value.args[0].loose:
        return value.args[0]
    body = rewritten(
        value,
        lambda e, depth: (
            names.get(Expression("bound", (), e.sort, e.data - depth)) if e.op == "bound" else None
        ),
    )
    return None if body.loose else function(*names.values(), body)


def _free(e: Expression) -> Iterator[Expression]:
    """Yield the free variables from left to right."""
    if e.op == "var":
        yield e
    for arg in e.args:
        yield from _free(arg)


class _Writer:
    """Writes with names for bound variables that are not in use, by free ones or further out."""

    def __init__(self, style: Style, definitions: Sequence[Definition] = ()) -> None:
        self.definitions, self.meanings = definitions, dict[str, None]()
        self.style, self.is_latex = style, style.kind == "latex"
        self.used: dict[str, int] = {}
        self.free: dict[Expression, str] = {}

    def name_all(self, formula: Expression) -> None:
        """Give every free variable a name of its own; fresh ones, which have only a hint, come last."""
        for e in sorted(dict.fromkeys(_free(formula)), key=lambda e: str(e.data).startswith("_")):
            hidden = str(e.data).startswith("_")
            self.free[e] = self._unused((e.hint or "x") if hidden else str(e.data))
            self.used[self.free[e]] = 1

    def _unused(self, name: str) -> str:
        while self.used.get(name, 0):
            name += "'"
        return name

    def write(self, e: Expression, inner: int = 0) -> str:
        """Write an expression; ``inner`` is how tightly its surroundings bind (0 not at all)."""
        named = self._named(e)
        if named is not None:
            return named
        if e.op in {"forall", "exists"}:
            return self._brackets(self._quantifier(e), inner > 0)
        if e.op == "implies":
            return self._implication(e, inner)
        if e.op in {"and", "or"}:
            word = self.style.conjunction if e.op == "and" else self.style.disjunction
            tight = 3 if e.op == "and" else 2
            return self._brackets(word.join(self.write(arg, tight) for arg in e.args), inner >= tight)
        if e.op in {"=", "<=", "<"}:
            sign = self.style.at_most if e.op == "<=" else self._less(e.op)
            return f"{self.write(e.args[0], 4)} {sign} {self.write(e.args[1], 4)}"
        return self._term(e, inner)

    def _named(self, e: Expression) -> str | None:
        if e.sort != Sort(TRUTH):
            return None
        for definition in self.definitions:
            arguments = definition.arguments(e)
            if arguments is not None:
                self.meanings[f"{definition.name}{definition.meaning}"] = None
                shown = ", ".join(map(self._argument, arguments))
                return f"{self._word(definition.name)}({shown})" if shown else self._word(definition.name)
        return None

    def _argument(self, e: Expression) -> str:
        """Write an argument; a function that is written out needs no brackets there."""
        written_out = e.op == "lambda" and self._partial(e) is None
        return self.write(e)[1:-1] if written_out else self.write(e)

    def _word(self, name: str) -> str:
        if self.is_latex:
            return rf"\text{{{name}}}"
        return f"<b>{name}</b>" if self.style.kind == "html" else name

    def _less(self, sign: str) -> str:
        return "&lt;" if sign == "<" and self.style.kind == "html" else sign

    def _brackets(self, inside: str, needed: bool) -> str:
        return f"({inside})" if needed else inside

    def _implication(self, e: Expression, inner: int) -> str:
        if e.args[1] == FALSE:
            return f"{self.style.negation}{self.write(e.args[0], 4)}"
        premises = []
        while e.op == "implies" and e.args[1] != FALSE:
            premises.append(self.write(e.args[0], 3))
            e = e.args[1]
        result = f"{self.style.conjunction.join(premises)}{self.style.implies}{self.write(e, 1)}"
        return self._brackets(result, inner > 0)

    def _quantifier(self, e: Expression) -> str:
        op, body = e.op, e
        names: list[str] = []
        opened: list[str] = []
        while body.op == op:
            name, body = self._open(body)
            opened.append(str(name.data))
            bound = self._bound_of(op, name, body)
            if bound is None:
                names.append(self._declared(name))
            else:
                less = self._less("<")
                names.append(f"{self._name(str(name.data))} {less} {self.write(bound, 4)}")
                body = body.args[1]
        word = self.style.for_all if op == "forall" else self.style.for_some
        result = f"{word}{', '.join(names)}{self.style.colon}{self.write(body, 1 if body.op == op else 0)}"
        for shown in opened:
            self.used[shown] -= 1
        return result

    def _bound_of(self, op: str, name: Expression, body: Expression) -> Expression | None:
        """Return n of "for all i: i < n => ..."."""
        if op == "forall" and body.op == "implies" and body.args[0].op == "<" and body.args[1] != FALSE:
            left, right = body.args[0].args
            return right if left == name else None
        return None

    def _open(self, binder: Expression) -> tuple[Expression, Expression]:
        """Open a binder with a name that is not in use."""
        shown = self._unused("x" if binder.hint[:1] in {"", "_"} else binder.hint)
        self.used[shown] = 1
        name = Expression("var", (), binder.data, shown)
        return name, open_binder(binder, name)

    def _declared(self, name: Expression) -> str:
        shown, sort = self._name(str(name.data)), name.sort
        result = self._set(sort.result)
        if not sort.arguments:
            return f"{shown} {self._in()} {result}"
        count = len(sort.arguments)
        power = "" if count == 1 else f"<sup>{count}</sup>" if self.style.kind == "html" else f"^{count}"
        same = len(set(sort.arguments)) == 1
        domain = self._set(sort.arguments[0]) + power if same else " x ".join(map(self._set, sort.arguments))
        return f"{shown}: {domain} {self._arrow()} {result}"

    def _in(self) -> str:
        return {"text": "in", "latex": r"\in", "html": "&isin;"}[self.style.kind]

    def _arrow(self) -> str:
        return {"text": "->", "latex": r"\to", "html": "&rarr;"}[self.style.kind]

    def _set(self, sort: str) -> str:
        return rf"\mathbb{{{sort}}}" if self.is_latex and sort in {NATURAL, REAL} else sort

    def _name(self, name: str) -> str:
        stem = name.rstrip("'")
        head, _, index = stem.partition("_")
        if self.style.kind == "text":
            return name
        if not self.is_latex:
            shown = f"&{head};" if head in GREEK else f"<i>{head}</i>"
            return shown + (f"<sub>{index}</sub>" if index else "") + name[len(stem) :]
        shown = rf"\{head}" if head in GREEK else head if len(head) == 1 else rf"\mathrm{{{head}}}"
        return shown + (f"_{{{index}}}" if index else "") + name[len(stem) :]

    def _term(self, e: Expression, inner: int) -> str:
        match e.op:
            case "var":
                return self._name(self.free.get(e, str(e.data)))
            case "number":
                return self._number(e.data, inner)
            case "+":
                return self._brackets(self._sum(e), inner > 4)
            case "*":
                return self._product(e, inner)
            case "sum":
                return self._brackets(self._total(e), inner > 4)
            case "apply":
                return self._application(e)
            case "table":
                return self._table(e)
            case "lambda":
                short = self._partial(e)
                if short is not None:
                    return short
                variable, body = self._open(e)
                result = f"({self._name(str(variable.data))} -> {self.write(body)})"
                self.used[str(variable.data)] -= 1
                return result
        return str(e.data)

    def _partial(self, e: Expression) -> str | None:
        """Write a function that is another one with its last arguments left open, such as a(i, .)."""
        left = len(e.sort.arguments)
        body = e
        while body.op == "lambda":
            body = body.args[-1]
        last = tuple(arg.data for arg in body.args[-left:] if arg.op == "bound")
        given = body.args[1:-left]
        if body.op != "apply" or last != tuple(range(left))[::-1] or any(arg.loose for arg in given):
            return None
        if body.args[0].loose or not given:
            return None
        dot = {"text": ".", "latex": r"\cdot", "html": "&middot;"}[self.style.kind]
        return self._applied(body.args[0], [*map(self.write, given), *[dot] * left])

    def _table(self, e: Expression) -> str:
        """Write all places with their values; elsewhere the table is 0."""
        shown = (
            f"{place[0] if len(place) == 1 else place}: {self._number(value, 0)}" for place, value in e.data
        )
        brackets = (r"\{", r"\}") if self.is_latex else ("{", "}")
        return f"{brackets[0]}{', '.join(shown)}{brackets[1]}"

    def _number(self, value: Fraction, inner: int) -> str:
        if self.is_latex and value.denominator > 1:
            sign = "-" if value < 0 else ""
            return rf"{sign}\tfrac{{{abs(value.numerator)}}}{{{value.denominator}}}"
        return self._brackets(str(value), inner > 4 and (value < 0 or value.denominator > 1))

    def _sum(self, e: Expression) -> str:
        one, two = e.args
        negative = _opposite(two)
        if negative is not None:
            return f"{self.write(one, 4)} - {self.write(negative, 5)}"
        return f"{self.write(one, 4)} + {self.write(two, 4)}"

    def _product(self, e: Expression, inner: int) -> str:
        negative = _opposite(e)
        if negative is not None:
            return self._brackets(f"-{self.write(negative, 5)}", inner > 4)
        groups: list[tuple[Expression, int]] = []
        for factor, power in _powers(e):
            if groups and groups[-1][0] == factor:
                groups[-1] = (factor, groups[-1][1] + power)
            else:
                groups.append((factor, power))
        return self.style.times.join(self._power(factor, power) for factor, power in groups)

    def _power(self, base: Expression, exponent: int) -> str:
        if exponent == 1:
            return self.write(base, 5)
        inside = self._brackets(self.write(base, 5), base.op == "*")
        return f"{inside}<sup>{exponent}</sup>" if self.style.kind == "html" else f"{inside}^{exponent}"

    def _total(self, e: Expression) -> str:
        size = self.write(e.args[0], 4)
        name, body = self._open(e)
        shown = self._name(str(name.data))
        inside = self.write(body, 5)
        self.used[str(name.data)] -= 1
        if self.is_latex:
            return rf"\sum_{{{shown}<{size}}} {inside}"
        if self.style.kind == "html":
            return f"&sum;<sub>{shown}&lt;{size}</sub> {inside}"
        return f"sum[{shown} < {size}] {inside}"

    def _application(self, e: Expression) -> str:
        head, args = e.args[0], [self.write(arg) for arg in e.args[1:]]
        return f"|{args[0]}|" if head.op == "symbol" and head.data == "abs" else self._applied(head, args)

    def _applied(self, head: Expression, args: Sequence[str]) -> str:
        """Write a function of arguments that are written; indices stand below it but in text."""
        name = self._term(head, 5)
        if self.style.kind != "text" and all(a == NATURAL for a in head.sort.arguments):
            index = ",".join(args)
            return f"{name}_{{{index}}}" if self.is_latex else f"{name}<sub>{index}</sub>"
        return f"{name}({', '.join(args)})"


def _powers(e: Expression) -> list[tuple[Expression, int]]:
    """Return the factors of a product with their exponents; a square of a product stays together."""
    if e.op != "*":
        return [(e, 1)]
    if e.args[0] == e.args[1] and e.args[0].op == "*":
        return [(e.args[0], 2)]
    return [power for arg in e.args for power in _powers(arg)]


def _opposite(e: Expression) -> Expression | None:
    """Return t of a term -t."""
    if e.op == "number" and e.data < 0:
        return number(-e.data)
    if e.op == "*" and e.args[0] == Expression("number", (), Sort(REAL), Fraction(-1)):
        return e.args[1]
    return None
