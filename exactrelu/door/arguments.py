"""What may stand in the place of each argument of a public function, read by the parameter's annotation.

========================= ==================================================================================
annotation                what is read
========================= ==================================================================================
Network                   a `Network`, the path of its file, arrays or lists ((weights, biases) or pairs), a
                          ``torch.nn.Sequential``, a fitted MLP of scikit-learn
Parametrization           a `Parametrization`, or whatever is read as a network with one hidden layer
NetworkFamily             a `NetworkFamily`, the path of its file, pairs of lists, a `Network`
ParameterInterval         a pair of rationals or infinities
Domain                    a `Domain`, pairs (lo, hi), the path of its file, None for the whole space
Configuration             a `Configuration`, its text, a `Region`, bits
Sequence[Any]             a point: coordinates, or a single number where there is one input
TrainingData              a `TrainingData`, the path of its file, a pair (inputs, targets)
Property                  a `Property`, the path of a VNN-LIB file, bounds such as ``"y0 - 2 y1 <= 5/2"``
Search                    a `Search`, an engine's name; ``engine``, ``max_regions``, ``time_limit`` as words
Workers                   a `Workers`, an executor; ``executor``, ``parts``, ``progress``, ``resume`` as words
========================= ==================================================================================

Everything else is checked to be of its type. What cannot be read is an error of the library's tree that says
what is expected. Numbers are exact: a Python float is refused with a word on how it is converted.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Integral, Real
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from exactrelu.distribution.workers import Workers
from exactrelu.enumeration.effort import Search
from exactrelu.enumeration.problem import Problem
from exactrelu.errors import ArgumentError, CallError, DomainError, MissingFileError, NetworkError
from exactrelu.formats import load_network
from exactrelu.formats.arrays import network_of_values, rows_of_values
from exactrelu.formats.native import read_domain
from exactrelu.formats.shallow_file import load_parametrization
from exactrelu.formats.sklearn_models import is_perceptron, network_from_sklearn
from exactrelu.formats.vnnlib import read_property
from exactrelu.networks.configuration import Configuration, configuration_from
from exactrelu.networks.network import Network
from exactrelu.networks.region import Region
from exactrelu.polyhedra.domain import Domain
from exactrelu.shallow.parametrization import Parametrization
from exactrelu.verification.linear_bound import LinearBound
from exactrelu.verification.property import Property

P = ParamSpec("P")
R = TypeVar("R")

SEARCH_WORDS = ("engine", "max_regions", "time_limit")
WORKERS_WORDS = ("executor", "parts", "progress", "resume")
_DIGITS = 9
_COMPARES = re.compile("[<>=]")
_FILES = {
    "load_network",
    "load_family",
    "load_function",
    "load_parametrization",
    "audit_claims",
    "check",
    "read_regions",
}  # their path is read


@dataclass
class Call:
    """The call that is being read: the function's name, the parameter's, and what came before it."""

    function: str
    parameter: str = ""
    subject: Network | Parametrization | None = None
    family: Any = None

    def refusal(self, expected: str, got: Any, kind: type[ArgumentError | NetworkError | DomainError]) -> Any:
        """Return the error that names function, parameter, expected and got."""
        shown = repr(got)
        shown = shown if len(shown) <= 40 else f"{shown[:40]}..."
        return kind(
            f"{self.function}: {self.parameter}: expected {expected}, got {type(got).__name__} {shown}"
        )


def opened(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function with its arguments read as this module says; its signature and page stay.

    Raises
    ------
    CallError
        When called with arguments missing or of other names.
    """
    signature = _with_words(inspect.signature(function))

    @functools.wraps(function)
    def door(*args: Any, **kwargs: Any) -> Any:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            raise CallError(
                f"{function.__name__}: {error}; it takes ({', '.join(signature.parameters)})"
            ) from None
        _read(bound, function.__name__)
        return function(*bound.args, **bound.kwargs)

    vars(door)["__signature__"] = signature
    return door


def _with_words(signature: inspect.Signature) -> inspect.Signature:
    """Return the signature with the words that say what a search and workers are."""
    parameters, kind = list(signature.parameters.values()), inspect.Parameter.KEYWORD_ONLY
    for name, words in (("search", SEARCH_WORDS), ("workers", WORKERS_WORDS)):
        if name in signature.parameters:
            parameters += [inspect.Parameter(word, kind, default=None) for word in words]
    return signature.replace(parameters=parameters)


def _read(bound: inspect.BoundArguments, function: str) -> None:
    """Read the arguments, in their order, in place."""
    call = Call(function)
    parameters = bound.signature.parameters
    words, of_workers = (
        {word: bound.arguments.pop(word) for word in names if word in bound.arguments}
        for names in (SEARCH_WORDS, WORKERS_WORDS if "workers" in parameters else ())
    )
    for name, value in bound.arguments.items():
        call.parameter = name
        if parameters[name].default is value:
            continue
        reader = READERS.get(str(parameters[name].annotation))
        if name == "path" and function in _FILES:
            reader = _readable_file
        if reader is not None:
            bound.arguments[name] = reader(value, call)
        if call.subject is None and isinstance(bound.arguments[name], Network | Parametrization):
            call.subject = bound.arguments[name]
    given = {word: value for word, value in words.items() if value is not None}
    if given:
        bound.arguments["search"] = _search_of_words(given, bound.arguments.get("search"), call)
    given = {word: value for word, value in of_workers.items() if value is not None}
    if given:
        bound.arguments["workers"] = _workers_of_words(given, bound.arguments.get("workers"), call)


# networks ---------------------------------------------------------------------------------------

_NETWORK = "a Network, the path of its file, (weights, biases) or a list of pairs (weight, bias)"


def network(value: Any, call: Call) -> Network:
    """Return a network."""
    if isinstance(value, Network):
        return value
    if isinstance(value, Parametrization):
        if not value.is_rational:
            raise call.refusal(f"{_NETWORK} with rational weights", value, NetworkError)
        return value.network()
    if isinstance(value, str | Path):
        return _from_file(load_network, value, call)
    if hasattr(value, "named_modules"):
        from exactrelu.formats.torch_modules import network_from_torch

        return network_from_torch(value)
    if is_perceptron(value):
        return network_from_sklearn(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return network_of_values(value)
    raise call.refusal(_NETWORK, value, NetworkError)


def function(value: Any, call: Call) -> Any:
    """Return a piecewise affine function: one, the path of its file, or a network, whose function it is."""
    from exactrelu.construction.max_min import MaxMinForm
    from exactrelu.construction.network_pieces import function_of_network
    from exactrelu.construction.piecewise import PiecewiseAffine
    from exactrelu.formats.function_file import load_function

    if isinstance(value, PiecewiseAffine | MaxMinForm):
        return value
    if isinstance(value, str | Path):
        return _from_file(load_function, value, call)
    if isinstance(value, Network):
        return function_of_network(value)
    expected = "a function, as function_of_network returns it, the path of its file, or a Network"
    raise call.refusal(expected, value, ArgumentError)


def pieces(value: Any, call: Call) -> Any:
    """Return a piecewise affine function; a max-min form is none."""
    from exactrelu.construction.piecewise import PiecewiseAffine

    found = function(value, call)
    if not isinstance(found, PiecewiseAffine):
        raise call.refusal("a function by pieces, as function_of_network returns it", value, ArgumentError)
    return found


def training_data(value: Any, call: Call) -> Any:
    """Return training data: some, the path of its file, or a pair (inputs, targets)."""
    from exactrelu.formats.training_data_file import load_data
    from exactrelu.losses.training_data import TrainingData

    if isinstance(value, TrainingData):
        return value
    if isinstance(value, str | Path) and call.subject is not None:
        shape = call.subject.inputs, call.subject.outputs
        return _from_file(lambda path: load_data(path, *shape), value, call)
    pair = [] if isinstance(value, str) else [_listed(rows) for rows in _listed(value) or ()]
    if len(pair) != 2 or pair[0] is None or pair[1] is None:
        raise call.refusal("TrainingData, or a pair (inputs, targets)", value, ArgumentError)
    return TrainingData.of(pair[0], pair[1])


def parametrization(value: Any, call: Call) -> Parametrization:
    """Return a shallow network."""
    if isinstance(value, Parametrization):
        return value
    if isinstance(value, str | Path):
        return _from_file(load_parametrization, value, call)
    return Parametrization.of_network(network(value, call))


def _from_file(load: Callable[[str | Path], R], path: str | Path, call: Call) -> R:
    try:
        return load(path)
    except FileNotFoundError:
        raise _missing(path, call) from None


def _missing(path: str | Path, call: Call) -> MissingFileError:
    hint = "; a box is a list of pairs such as [(0, 1), (0, 1)]" if call.parameter == "domain" else ""
    return MissingFileError(f"{call.function}: {call.parameter}: expected a file, there is no {path}{hint}")


def _readable_file(value: Any, call: Call) -> Any:
    path = _path(value, call)
    if not Path(path).exists():
        raise _missing(path, call)
    return path


def _path(value: Any, call: Call) -> Any:
    if not isinstance(value, str | Path) and not hasattr(value, "__fspath__"):
        raise call.refusal("the path of a file", value, ArgumentError)
    return value


# domains, points, configurations ------------------------------------------------------------------


def domain(value: Any, call: Call) -> Domain | None:
    """Return a domain, None for the whole space."""
    if value is None or isinstance(value, Domain):
        return value
    if isinstance(value, str | Path):
        if call.subject is None:
            raise call.refusal("a Domain", value, DomainError)
        if not Path(value).exists():
            raise _missing(value, call)
        inputs = call.subject.inputs
        return _from_file(lambda path: read_domain(path, inputs), value, call)
    pairs = _listed(value)
    if pairs is None or not all(_listed(pair) is not None for pair in pairs):
        expected = "a Domain, a list of pairs (lo, hi), one for each input, the path of a file, or None"
        raise call.refusal(expected, value, DomainError)
    return Domain.box([tuple(_listed(pair) or ()) for pair in pairs])


def point(value: Any, call: Call) -> Any:
    """Return coordinates; a single number is a point of a line."""
    if isinstance(value, str):
        return tuple(value.split(","))
    if isinstance(value, Real):
        return (value,)
    entries = _listed(value)
    if entries is None:
        raise call.refusal("a point: a list of exact numbers", value, ArgumentError)
    return tuple(entries)


def points(value: Any, call: Call) -> list[Any] | None:
    """Return points, None for none."""
    if value is None:
        return None
    entries = _listed(value)
    if entries is None:
        raise call.refusal("a list of points", value, ArgumentError)
    return [point(entry, call) for entry in entries]


def configuration(value: Any, call: Call) -> Configuration | None:
    """Return a configuration of the network that stands before it."""
    if value is None or isinstance(value, Configuration):
        return value
    if isinstance(value, Region):
        return value.configuration
    widths = call.subject.bent_widths if isinstance(call.subject, Network) else None
    if isinstance(value, str):
        return Configuration.parse(value, widths)
    if _listed(value) is None or widths is None:
        raise call.refusal("a configuration such as '01|1'", value, ArgumentError)
    return configuration_from(value, widths)


def prop(value: Any, call: Call) -> Property | list[LinearBound]:
    """Return a property of the network that stands before it, or bounds; text that compares is a bound."""
    expected = "a Property, the path of a .vnnlib file, or bounds such as 'y0 <= 5/2'"
    if isinstance(value, Property):
        return value
    if isinstance(value, Path) or (isinstance(value, str) and not _COMPARES.search(value)):
        if not Path(value).exists():
            raise _missing(value, call)
        shape = (call.subject.inputs, call.subject.outputs) if call.subject else (None, None)
        return read_property(value, *shape)
    bounds = [value] if isinstance(value, str | LinearBound) else _listed(value)
    if bounds is None or not all(isinstance(bound, str | LinearBound) for bound in bounds):
        raise call.refusal(expected, value, ArgumentError)
    return [LinearBound.parse(bound) if isinstance(bound, str) else bound for bound in bounds]


def problem(value: Any, call: Call) -> Problem:
    """Return a question about configurations; a network asks it on the whole space."""
    return value if isinstance(value, Problem) else Problem.of(network(value, call))


def regions(value: Any, call: Call) -> Iterable[Region]:
    """Return regions; a single one is a list of one."""
    if isinstance(value, Region):
        return [value]
    if not isinstance(value, Iterable) or isinstance(value, str | bytes | Mapping):
        raise call.refusal("regions, as exactrelu.regions yields them", value, ArgumentError)
    place = replace(call)  # the generator runs when other parameters are read already
    return (_region(one, place) for one in value)


def _region(value: Any, call: Call) -> Region:
    if not isinstance(value, Region):
        raise call.refusal("regions, as exactrelu.regions yields them", value, ArgumentError)
    return value


def _layers(value: Any, call: Call) -> Any:
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise call.refusal("pairs of arrays (weight, bias), or (weights, biases)", value, NetworkError)
    return value


def matrix(value: Any, call: Call) -> Any:
    """Return the rows of a matrix."""
    if hasattr(value, "numerators"):  # a RationalMatrix
        return value
    rows = rows_of_values(value, f"{call.function}: {call.parameter}")
    if rows is None:
        raise call.refusal("a matrix: a list of rows of exact numbers", value, NetworkError)
    return rows


def _listed(value: Any) -> list[Any] | None:
    """Return the entries of a list, a tuple or an array, None for what is none."""
    if isinstance(value, str | bytes | Mapping | set | frozenset) or not isinstance(value, Iterable):
        return None
    return list(value)


def black_box(value: Any, call: Call) -> Any:
    """Return what gives values at points: whatever can be called, or what is read as a network."""
    return value if callable(value) and not hasattr(value, "named_modules") else network(value, call)


# searches and plain values ------------------------------------------------------------------------


def search(value: Any, call: Call) -> Search | None:
    """Return a search; text names its engine."""
    if value is None or isinstance(value, Search):
        return value
    if isinstance(value, str):
        return Search(value)
    raise call.refusal("a Search or the name of an engine", value, ArgumentError)


def workers(value: Any, call: Call) -> Workers | None:
    """Return who shares the work; whatever can submit functions is an executor."""
    if value is None or isinstance(value, Workers):
        return value
    return Workers(executor(value, call))


def _workers_of_words(words: dict[str, Any], given: Workers | None, call: Call) -> Workers:
    if given is not None:
        raise ArgumentError(f"{call.function}: expected workers or {', '.join(words)}, got both")
    checks = {"executor": executor, "parts": natural, "progress": _listener, "resume": _path}
    for word, value in words.items():
        call.parameter = word
        words[word] = checks[word](value, call)
    return Workers(**words)


def _listener(value: Any, call: Call) -> Any:
    if not callable(value):
        raise call.refusal("a function of one argument, a Headway", value, ArgumentError)
    return value


def executor(value: Any, call: Call) -> Any:
    """Return what runs functions elsewhere: whatever can submit them."""
    if value is None or callable(getattr(value, "submit", None)):
        return value
    raise call.refusal("a concurrent.futures.Executor", value, ArgumentError)


def _search_of_words(words: dict[str, Any], given: Search | None, call: Call) -> Search:
    call.parameter = "search"
    if given is not None:
        raise ArgumentError(f"{call.function}: expected search or {', '.join(words)}, got both")
    checks = {"engine": _text, "max_regions": natural, "time_limit": _seconds}
    for word, value in words.items():
        call.parameter = word
        words[word] = checks[word](value, call)
    return Search(**words)


def natural(value: Any, call: Call) -> int | None:
    """Return an integer."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise call.refusal("an integer", value, ArgumentError)
    return int(value)


def _naturals(value: Any, call: Call) -> list[int | None]:
    """Return a list of integers; text such as ``2-6-4-1`` is one too."""
    parts = value.split("-") if isinstance(value, str) else []
    if parts and all(part.isascii() and part.isdigit() and len(part) < _DIGITS for part in parts):
        return list(map(int, parts))
    entries = _listed(value)
    if entries is None:
        raise call.refusal("a list of integers", value, ArgumentError)
    return [natural(entry, call) for entry in entries]


def _seconds(value: Any, call: Call) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise call.refusal("a number of seconds", value, ArgumentError)
    return float(value)


def _text(value: Any, call: Call) -> str:
    if not isinstance(value, str):
        raise call.refusal("a text", value, ArgumentError)
    return value


def _steps(value: Any, call: Call) -> Any:
    if isinstance(value, str):
        return value
    steps = _listed(value)
    if steps is None or not all(isinstance(step, str) for step in steps):
        raise call.refusal("steps such as 'drop,merge,balance'", value, ArgumentError)
    return steps


def _instance(name: str, made_by: str) -> Reader:
    """Return the reader of values that only a function of the library makes."""

    def read(value: Any, call: Call) -> Any:
        if value is None or name in {kind.__name__ for kind in type(value).__mro__}:
            return value
        raise call.refusal(f"a {name}, as {made_by} returns it", value, ArgumentError)

    return read


def _family(value: Any, call: Call) -> Any:
    from exactrelu.door.family_arguments import family

    call.family = family(value, call.refusal)
    return call.family


def _interval(value: Any, call: Call) -> Any:
    from exactrelu.door.family_arguments import interval

    return interval(value, call.refusal)


def _moving_domain(value: Any, call: Call) -> Any:
    from exactrelu.door.family_arguments import domain as moving

    return moving(value, call.refusal, call.family.parameter)


Reader = Callable[[Any, Call], Any]

READERS: dict[str, Reader] = {
    "Network": network,
    "Parametrization": parametrization,
    "Parametrization | Network": parametrization,
    "PiecewiseAffine": pieces,
    "PiecewiseAffine | MaxMinForm": function,
    "TrainingData": training_data,
    "NetworkFamily": _family,
    "NetworkFamily | None": lambda value, call: None if value is None else _family(value, call),
    "ParameterInterval": _interval,
    "DomainFamily | None": _moving_domain,
    "Domain": domain,
    "Domain | None": domain,
    "Sequence[Any]": point,
    "Sequence[Sequence[Any]] | None": points,
    "Configuration": configuration,
    "Configuration | str": configuration,
    "Configuration | None": configuration,
    "Problem": problem,
    "Property | Sequence[LinearBound]": prop,
    "Iterable[Region]": regions,
    "Iterable[Any]": _layers,
    "Matrix": matrix,
    "Sequence[Sequence[Any]]": matrix,
    "Search | None": search,
    "Workers | None": workers,
    "Executor | None": executor,
    "Callable[[Point], Sequence[Any]]": black_box,
    "int": natural,
    "str": _text,
    "Sequence[int]": _naturals,
    "int | None": natural,
    "str | os.PathLike[str]": _path,
    "str | Sequence[str]": _steps,
    "AtomicDecomposition": _instance("AtomicDecomposition", "atomic_decomposition"),
    "CanonicalForm": _instance("CanonicalForm", "canonical_form"),
    "LipschitzConstant": _instance("LipschitzConstant", "lipschitz_constant"),
    "TheoremSix": _instance("TheoremSix", "TheoremSix(network, normalization)"),
    "SymbolicNetwork": _instance("SymbolicNetwork", "SymbolicNetwork"),
    "GradientDistance | None": _instance("GradientDistance", "gradient_distance"),
    "Subspace | None": _instance("Subspace", "Subspace.of_equations"),
}
