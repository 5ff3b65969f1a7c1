"""The one tree of exceptions.

Every error that exactrelu raises on purpose is an `ExactReluError` and, at the same time, the closest
builtin, so that both ``except ExactReluError`` and ``except ValueError`` do what a reader expects. The
command line prints such an error as one line and exits with 2; it never prints a traceback for one.
"""

from __future__ import annotations

from typing import Any


class ExactReluError(Exception):
    """Base class of all errors that exactrelu raises on purpose."""


class InexactNumberError(ExactReluError, TypeError):
    """A value that is not an exact rational stands where one is expected."""


class NumberSyntaxError(ExactReluError, ValueError):
    """A text is not a rational of the accepted grammar, or is beyond its limits."""


class NetworkError(ExactReluError, ValueError):
    """Layers do not form a network, or an argument does not fit a network's shape."""


class ConfigurationError(ExactReluError, ValueError):
    """Bits do not form a configuration of the network at hand."""


class DomainError(ExactReluError, ValueError):
    """Constraints do not form a domain, or a domain does not fit what is asked of it."""


class FunctionError(ExactReluError, ValueError):
    """Pieces, values or terms do not form a continuous function on their domain."""


class NotShallowError(FunctionError):
    """One hidden layer is not enough for a function; ``obstruction`` says why."""

    def __init__(self, obstruction: object) -> None:
        self.obstruction = obstruction
        super().__init__(f"expected a function that one hidden layer is enough for, got: {obstruction}")


class PropertyError(ExactReluError, ValueError):
    """A property is not what it should be, does not fit a network, or is too large.

    The message has the form ``PLACE: expected EXPECTED, got GOT``.
    """

    def __init__(self, place: str, expected: str, got: str) -> None:
        self.place, self.expected, self.got = place, expected, got
        super().__init__(f"{place}: expected {expected}, got {got}")


class FormatError(ExactReluError, ValueError):
    """A file does not hold what its format demands.

    The message has the form ``FILE: PLACE: expected EXPECTED, got GOT``.
    """

    def __init__(self, file: str, place: str, expected: str, got: str) -> None:
        self.file, self.place, self.expected, self.got = file, place, expected, got
        where = f"{file}: {place}" if place else file
        super().__init__(f"{where}: expected {expected}, got {got}")


class UnsupportedOperatorError(ExactReluError, NotImplementedError):
    """A graph holds an operator that cannot be read as part of a ReLU network."""

    def __init__(self, file: str, operator: str, node: str, why: str = "") -> None:
        self.file, self.operator, self.node = file, operator, node
        super().__init__(f"{file}: not supported: {operator} at {node}" + (f" ({why})" if why else ""))


class EngineUnavailableError(ExactReluError, ImportError):
    """A library that an engine stands on is not installed."""


class ArgumentError(ExactReluError, ValueError):
    """An argument is not one of those that are allowed."""


class UnknownClaimError(ExactReluError, ValueError):
    """There is no claim of that name."""


class BudgetExhaustedError(ExactReluError, RuntimeError):
    """A budget (regions, seconds) ran out before the answer was complete; the answer is unknown."""


class BracketError(BudgetExhaustedError):
    """A budget ran out while a number was searched, which lies between two others.

    ``lower`` is a rational or algebraic number that is attained, ``upper`` a rational or ``math.inf``.
    """

    def __init__(self, message: str, lower: Any, upper: Any) -> None:
        self.lower, self.upper = lower, upper
        super().__init__(message)


class WorkersLostError(BudgetExhaustedError):
    """Workers were lost again and again, and nothing was finished in between; the answer is unknown."""

    def __init__(self, times: int) -> None:
        self.times = times
        super().__init__(
            f"workers: expected processes that finish a part, got {times} lost in a row (no memory left?)"
        )


class NotRecoveredError(ExactReluError, ArithmeticError):
    """What was seen of a black box does not determine the weights, or does not fit the architecture."""


class PoleError(ExactReluError, ArithmeticError):
    """A weight or a bound of a family has a pole at a value of the parameter."""


class CallError(ExactReluError, TypeError):
    """A public function was called with arguments missing, or with names that it does not have."""


class MissingFileError(ExactReluError, FileNotFoundError):
    """There is no file at a path that was to be read."""


class ReadingWarning(UserWarning):
    """A file leaves something open, or misstates it, that a report should say; no error.

    The command line prints it as one line on stderr.
    """
