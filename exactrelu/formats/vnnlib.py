"""Reading properties in VNN-LIB 1.0, exactly.

A file declares inputs ``X_0, X_1, ...`` and outputs ``Y_0, Y_1, ...`` (``declare-const`` or ``declare-fun``,
sort Real) and describes by assertions, which hold together, the *unsafe* set. A formula is a comparison
(``<=``, ``<``, ``>=``, ``>``, ``=``, chains too) of linear terms over both kinds of variables with rational
coefficients, or is made of others by ``and``, ``or``, ``not``, to any depth up to `MAX_DEPTH`, or is ``true``
or ``false``. Everything else is refused with its line; the commands ``set-logic``, ``set-info``,
``set-option``, ``check-sat`` and ``get-model`` say nothing about the set and are passed over.
"""

from __future__ import annotations

import hashlib
import os
import re
from fractions import Fraction
from itertools import islice

from exactrelu.errors import FormatError, PropertyError
from exactrelu.formats.limits import TooLargeError, printable, shown
from exactrelu.formats.linear_terms import NEGATED, OPERATORS, RELATIONS, Term, TermError, TermReader
from exactrelu.formats.s_expressions import Tokens, read_text
from exactrelu.polyhedra.constraints import Relation
from exactrelu.verification.distribution import FALSE, TRUE, Child, Distribution
from exactrelu.verification.property import Property

MAX_DEPTH = 10_000
"""Deepest nesting of parentheses in an assertion."""

MAX_COMPARISONS = 1_000_000
"""Most comparisons in a file."""

_VARIABLE = re.compile(r"([XY])_(0|[1-9][0-9]{0,8})")
_COMPARISON = re.compile(r";[^\n]*+|(\([ \t\r\n\f]*+[<>=])")
_PASSED_OVER = ("set-logic", "set-info", "set-option", "check-sat", "get-model")
_CONNECTIVES = ("and", "or", "not")


def read_property(
    path: str | os.PathLike[str], inputs: int | None = None, outputs: int | None = None
) -> Property:
    """Return the property in a VNN-LIB 1.0 file, plain or gzip.

    Parameters
    ----------
    path
        The file; gzip is recognised by its first bytes.
    inputs, outputs
        The network's numbers, if the file must have as many variables.

    Returns
    -------
    Property
        Its ``digest`` is that of the file's bytes as they are (packed, if they are).

    Raises
    ------
    FormatError
        If the file is no such property, or asks for too much memory or work; the message names the line.

    Examples
    --------
    >>> read_property("no-such-file.vnnlib")
    Traceback (most recent call last):
    ...
    exactrelu.errors.FormatError: no-such-file.vnnlib: expected a readable file, got No such file or directory
    """
    text, data = read_text(path)
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    return parse_property(text, printable(os.fspath(path)), digest, (inputs, outputs))


def parse_property(
    text: str,
    name: str = "property",
    digest: str | None = None,
    shape: tuple[int | None, int | None] = (None, None),
) -> Property:
    """Return the property that a VNN-LIB 1.0 text describes; ``name`` stands in messages.

    Raises
    ------
    FormatError
        As `read_property`.

    Examples
    --------
    >>> p = parse_property("(declare-const X_0 Real) (declare-const Y_0 Real)"
    ...                    "(assert (and (>= X_0 0) (<= X_0 1))) (assert (> Y_0 (* 0.5 X_0)))")
    >>> p.groups[0].upper, str(p.groups[0].disjuncts[0][0])
    ((Fraction(1, 1),), '-1/2 x0 + y0 > 0')
    """
    _refuse_too_many(text, name)
    digest = digest or "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    return _Reader(Tokens(name, text), shape).property(digest)


def _refuse_too_many(text: str, name: str) -> None:
    """Raise if the text has too many comparisons, before time is spent on reading them."""
    if sum(text.count(f"({sign}") for sign in "<>=") <= MAX_COMPARISONS:
        return
    found = (match for match in _COMPARISON.finditer(text) if match[1])
    excess = next(islice(found, MAX_COMPARISONS, None), None)
    if excess is not None:
        line = 1 + text.count("\n", 0, excess.start())
        raise FormatError(name, f"line {line}", f"at most {MAX_COMPARISONS} comparisons", "more")


class _Frame:
    """An open parenthesis: its operator, where it stands, whether it is negated, what it holds so far."""

    __slots__ = ("arguments", "at", "negated", "operator")

    def __init__(self, operator: str, at: int, *, negated: bool) -> None:
        self.operator, self.at, self.negated = operator, at, negated
        self.arguments: list[Child | Term] = []

    @property
    def wants_terms(self) -> bool:
        return self.operator not in _CONNECTIVES and self.operator != "assert"


class _Reader:
    """Reads the commands of a file one after the other; nothing recurses, so depth costs a list entry."""

    def __init__(self, tokens: Tokens, shape: tuple[int | None, int | None]) -> None:
        self._tokens = tokens
        self._shape = dict(zip("XY", shape, strict=True))
        self._variables: dict[str, Term] = {}
        self._counts = {"X": 0, "Y": 0}
        self._highest = {"X": -1, "Y": -1}
        self._terms = TermReader()
        self._spread = Distribution()
        self._comparisons = 0

    def property(self, digest: str) -> Property:
        """Return the property of the whole file."""
        asserted: list[Child] = []
        while word := self._tokens.next():
            if word != "(":
                raise self._tokens.unexpected("a command in parentheses", word)
            command = self._tokens.next()
            if command == "assert":
                asserted.append(self._assertion())
            elif command in ("declare-const", "declare-fun"):
                self._declare(command)
            elif command in _PASSED_OVER:
                self._pass_over()
            else:
                raise self._tokens.unexpected("declare-const, declare-fun or assert (VNN-LIB 1.0)", command)
        self._require_all_declared()
        if not asserted:
            raise self._tokens.error("an assertion", "none in the file")
        try:
            unsafe = self._spread.conjunction(asserted)
            shape = self._counts["X"], self._counts["Y"]
            return Property.of_formula(shape, unsafe, digest, self._tokens.file)
        except PropertyError as error:
            raise self._tokens.error(error.expected, error.got) from None

    # declarations -----------------------------------------------------------------------------

    def _declare(self, command: str) -> None:
        name = self._tokens.next()
        match = _VARIABLE.fullmatch(name)
        if match is None:
            raise self._tokens.unexpected("a variable X_i or Y_j", name)
        kind, index = match[1], int(match[2])
        if name in self._variables:
            raise self._tokens.error("each variable declared once", f"{name} again")
        most = self._shape[kind]
        if most is not None and index >= most:
            what = "inputs" if kind == "X" else "outputs"
            raise self._tokens.error(f"the network's {most} {what}", name)
        if command == "declare-fun":
            self._expect("(", "()")
            self._expect(")", "()")
        self._expect("Real", "the sort Real")
        self._expect(")", "a closing parenthesis")
        self._variables[name] = Term({index if kind == "X" else -1 - index: Fraction(1)}, Fraction(0))
        self._counts[kind] += 1
        self._highest[kind] = max(self._highest[kind], index)

    def _expect(self, wanted: str, said: str) -> None:
        word = self._tokens.next()
        if word != wanted:
            raise self._tokens.unexpected(said, word)

    def _require_all_declared(self) -> None:
        for kind, count in self._counts.items():
            if count == 0 or self._highest[kind] != count - 1:
                missing = next(i for i in range(count + 1) if f"{kind}_{i}" not in self._variables)
                raise self._tokens.error(f"a declaration of {kind}_{missing}", "none in the file")
            wanted = self._shape[kind]
            if wanted is not None and count != wanted:
                what = "inputs" if kind == "X" else "outputs"
                raise self._tokens.error(f"{wanted} {what}, the network's", f"{count} {kind}_i in the file")

    def _pass_over(self) -> None:
        depth = 1
        while depth:
            word = self._tokens.next()
            if not word:
                raise self._tokens.unexpected("a closing parenthesis", word)
            depth += {"(": 1, ")": -1}.get(word, 0)

    # formulas ---------------------------------------------------------------------------------

    def _assertion(self) -> Child:
        """Return the formula of an assertion, whose opening was read."""
        tokens = self._tokens
        outer = _Frame("assert", tokens.position(), negated=False)
        stack = [outer]
        while True:
            word = tokens.next()
            if word == "(":
                stack.append(self._opened(stack))
            elif word == ")":
                frame = stack.pop()
                if frame is outer:
                    return self._only_formula(outer)
                stack[-1].arguments.append(self._closed(frame))
            elif word:
                stack[-1].arguments.append(self._atom(word, stack[-1]))
            else:
                line = tokens.line(stack[-1].at)
                raise tokens.error(
                    f"a closing parenthesis for ({stack[-1].operator} in line {line}", "the end of the file"
                )

    def _only_formula(self, frame: _Frame) -> Child:
        if len(frame.arguments) != 1:
            raise self._tokens.error("one formula in an assertion", str(len(frame.arguments)))
        (formula,) = frame.arguments
        return formula  # type: ignore[return-value] # what is no formula was refused on arrival

    def _opened(self, stack: list[_Frame]) -> _Frame:
        parent = stack[-1]
        operator = self._tokens.next()
        is_term = operator in OPERATORS
        if not is_term and operator not in RELATIONS and operator not in _CONNECTIVES:
            raise self._tokens.unexpected("and, or, not, <=, <, >=, >, =, +, -, * or /", operator)
        if is_term != parent.wants_terms:
            raise self._tokens.unexpected("a term" if parent.wants_terms else "a formula", operator)
        if len(stack) > MAX_DEPTH:
            raise self._tokens.error(f"at most {MAX_DEPTH} nested parentheses", "more")
        return _Frame(operator, self._tokens.position(), negated=parent.negated != (operator == "not"))

    def _atom(self, word: str, parent: _Frame) -> Child | Term:
        if not parent.wants_terms:
            if word not in ("true", "false"):
                raise self._tokens.unexpected("a formula", word)
            return TRUE if (word == "true") != parent.negated else FALSE
        term = self._variables.get(word)
        if term is not None:
            return term
        try:
            return self._terms.number(word)
        except TermError as error:
            more = "" if error.got.startswith("a rational") else f" (expected {error.got})"
            raise self._tokens.error(error.expected, shown(word) + more) from None
        except TooLargeError as error:
            raise self._tokens.error(error.expected, error.got) from None

    def _closed(self, frame: _Frame) -> Child | Term:
        try:
            return self._value(frame)
        except (TermError, TooLargeError, PropertyError) as error:
            raise self._tokens.error(error.expected, error.got, frame.at) from None

    def _value(self, frame: _Frame) -> Child | Term:
        arguments: list = frame.arguments  # type: ignore[type-arg] # terms or formulas, as the operator wants
        if frame.operator in OPERATORS:
            return self._terms.combined(frame.operator, arguments)
        if frame.operator in RELATIONS:
            return self._comparison(RELATIONS[frame.operator], arguments, negated=frame.negated)
        if frame.operator == "not":
            return self._only_formula_of_not(frame)
        if not arguments:
            raise TermError(f"a formula after {frame.operator}", "none")
        both = (frame.operator == "and") != frame.negated
        return self._spread.conjunction(arguments) if both else self._spread.disjunction(arguments)

    def _only_formula_of_not(self, frame: _Frame) -> Child:
        if len(frame.arguments) != 1:
            raise TermError("one formula after not", str(len(frame.arguments)))
        return frame.arguments[0]  # type: ignore[return-value] # negated already, from the inside

    def _comparison(self, relation: Relation, arguments: list[Term], *, negated: bool) -> Child:
        children: list[Child] = []
        for one, term in self._terms.compared(relation, arguments):
            parts = [Relation.AT_MOST, Relation.AT_LEAST] if one is Relation.EQUAL else [one]
            children += [self._literal(NEGATED[part] if negated else part, term) for part in parts]
        if len(children) == 1:
            return children[0]
        return self._spread.disjunction(children) if negated else self._spread.conjunction(children)

    def _literal(self, relation: Relation, term: Term) -> Child:
        self._comparisons += 1
        if self._comparisons > MAX_COMPARISONS:
            raise PropertyError("file", f"at most {MAX_COMPARISONS} comparisons", "more")
        row = self._terms.inequality(relation, term)
        if term.coefficients:
            return row
        return TRUE if row.holds_at((), ()) else FALSE
