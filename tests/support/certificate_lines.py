"""A second writer of certificates: entries in, lines with sums out; small valid certificates of each claim.

It shares no code with `exactrelu.certificates.document`. `samples` takes the trees that the package writes
apart into entries; claims without a tree are written by hand.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from exactrelu import (
    Activation,
    Configuration,
    Domain,
    Network,
    Problem,
    atomic_decomposition,
    checker,
    enumerate_leaves,
    lipschitz_constant,
    output_range,
)
from exactrelu.certificates import (
    certify_configurations,
    certify_decomposition,
    certify_equal_forms,
    certify_equality,
    certify_inequality,
    certify_lipschitz_constant,
    certify_ranges,
)

Entries = list[dict[str, Any]]


def text_of(entries: Sequence[dict[str, Any]]) -> str:
    """Return the file of the entries, each line closed by the sum of docs/certificates.md."""
    before, text = "", ""
    for entry in entries:
        body = json.dumps(entry)[:-1]
        before = hashlib.sha256((before + body).encode()).hexdigest()[:16]
        text += f'{body},"sum":"{before}"}}\n'
    return text


def entries_of(text: str) -> Entries:
    """Return the entries of a file, sums left out."""
    return [
        {key: value for key, value in json.loads(line).items() if key != "sum"} for line in text.splitlines()
    ]


def write(path: Path, entries: Sequence[dict[str, Any]]) -> Path:
    """Write the entries with fresh sums."""
    path.write_text(text_of(entries), encoding="utf-8")
    return path


def refusal(path: Path) -> str:
    """Return why the checker refuses a file, empty if it accepts it."""
    try:
        checker.check(path)
    except checker.InvalidCertificateError as error:
        why = str(error)
        right = why == f"{error.place}: {error.reason}" and why.isascii() and why.isprintable()
        return why if right else f"not one printable line: {why!r}"
    return ""


# samples ------------------------------------------------------------

ABSOLUTE = Network.from_rationals([([[1], [-1]], None), ([[1, 1]], None)])
"""|x|."""

TWO_LAYERS = Network.from_rationals(
    [([[1, 0], [0, 1]], None), ([[1, "-1/2"], ["2/3", 2]], ["-1", "1/7"]), ([[1, -1], [0, 3]], [0, 1])]
)
SEGMENT = Domain.from_inequalities(
    2, [([1, 1], -1, "<="), ([2, 2], -2, ">="), ([1, 0], 0, ">="), ([0, 1], 0, ">")]
)
"""x + y = 1 as two inequalities, 0 <= x, 0 < y."""

VANISHING = Network.from_rationals([([[1, 1], [1, 0]], [-1, "-1/2"]), ([[1, 1]], None)])
"""Its first neuron is zero on the segment."""

UNITS = Network.from_rationals(
    [([[1], [1], [1]], [0, -1, "1/2"]), ([[1, "1/2", -1], [1, 0, 1]], [0, -1]), ([[1, -1]], None)],
    activations=[Activation.of([("1/4", 1), (1, 1), (-1, 1)]), Activation.of([(2, 2), (0, 1)])],
)
"""Leaky ReLU, a linear neuron, an absolute value; then a linear neuron and ReLU."""

RESIDUAL, RESIDUAL_OF_RELU = (
    Network.from_rationals([([[2], *rest], None), ([[1, 1, -1][: 1 + len(rest)]], None)], activations=units)
    for rest, units in (
        ([[1]], [Activation.of([(0, 1), (1, 1)])]),
        ([[1], [-1]], []),
    )
)
"""relu(2 x) + x, with a linear neuron and with relu(x) - relu(-x)."""

OPEN_BOX = Domain.from_inequalities(1, [([1], 1, ">"), ([1], -2, "<")])
EMPTY = Domain.from_inequalities(1, [([1], 0, ">"), ([-2], 0, ">=")])
EQUAL_ON_SEGMENT = Network.from_rationals([([[1, 2], [0, 1]], None), ([[1, -1]], [0])])
CONSTANT_ON_SEGMENT = Network.from_rationals([([["1", "1"]], ["0"])])


def samples(folder: Path) -> dict[str, Entries]:
    """Return small valid certificates by name."""
    path = folder / "sample.jsonl"
    found: dict[str, Entries] = {}

    def keep(name: str) -> None:
        found[name] = entries_of(path.read_text(encoding="utf-8"))

    for reading in ("half-open", "closed", "full"):
        for name, net, domain in (("line", ABSOLUTE, OPEN_BOX), ("segment", TWO_LAYERS, SEGMENT)):
            problem = Problem.of(net, domain, reading)
            certify_configurations(path, net, problem, enumerate_leaves(problem))
            keep(f"configurations {reading} {name}")
    problem = Problem.of(TWO_LAYERS, None, "half-open", 1)
    certify_configurations(path, TWO_LAYERS, problem, enumerate_leaves(problem))
    keep("configurations half-open depth 1")
    problem = Problem.of(ABSOLUTE, EMPTY, "full")
    certify_configurations(path, ABSOLUTE, problem, enumerate_leaves(problem))
    keep("configurations full empty")
    problem = Problem.of(VANISHING, SEGMENT, "full")
    certify_configurations(path, VANISHING, problem, enumerate_leaves(problem))
    keep("configurations full vanishing")
    for name, net, domain in (
        ("open", ABSOLUTE, OPEN_BOX),
        ("unbounded", ABSOLUTE, Domain.whole_space(1)),
        ("segment", TWO_LAYERS, SEGMENT),
    ):
        certify_ranges(path, [net], domain, output_range(net, domain))
        keep(f"range {name}")
    difference = ABSOLUTE - Network.from_rationals([([["1/2"]], None)])
    certify_ranges(
        path,
        [ABSOLUTE, Network.from_rationals([([["1/2"]], None)])],
        Domain.whole_space(1),
        output_range(difference, Domain.whole_space(1)),
    )
    keep("range difference")
    for norm in ("1", "2", "inf"):
        for name, net, domain in (("line", ABSOLUTE, OPEN_BOX), ("segment", TWO_LAYERS, SEGMENT)):
            certify_lipschitz_constant(path, net, domain, lipschitz_constant(net, domain, norm))
            keep(f"lipschitz {norm} {name}")
    certify_equality(path, EQUAL_ON_SEGMENT, CONSTANT_ON_SEGMENT, SEGMENT)
    keep("equal segment")
    certify_equal_forms(
        path, ABSOLUTE, Network.from_rationals([([[2], ["-1/3"]], None), ([["1/2", 3]], None)])
    )
    keep("equal shallow")
    _keep_units(path, keep)
    certify_inequality(path, EQUAL_ON_SEGMENT, CONSTANT_ON_SEGMENT, Domain.box([(-2, 0), (-2, 0)]), [-1, -1])
    keep("unequal")
    certify_decomposition(path, atomic_decomposition(TWO_LAYERS, Configuration.parse("11|11", (2, 2))))
    keep("decomposition")
    return found | by_hand()


def network(*layers: tuple[list[list[str]], list[str]], **more: Any) -> dict[str, Any]:
    """Return a network as the header holds it."""
    return {"layers": [{"weight": weight, "bias": bias} for weight, bias in layers]} | more


def header(
    claim: dict[str, Any], networks: list[Any], domain: Any = None, reading: Any = None
) -> dict[str, Any]:
    """Return a first line, of version 2 if there are slopes."""
    return {
        "format": "exactrelu-certificate",
        "version": 1 + any("slopes" in layer for net in networks for layer in net["layers"]),
        "claim": claim,
        "networks": networks,
        "domain": domain,
        "reading": reading,
    }


def end(lines: int, impossible: int = 0, thin: int = 0, reached: int = 0) -> dict[str, Any]:
    """Return a last line."""
    return {"end": {"lines": lines, "leaves": {"impossible": impossible, "thin": thin, "reached": reached}}}


def domain(*rows: tuple[list[str], str, str]) -> dict[str, Any]:
    """Return a domain as the header holds it."""
    return {"inequalities": [{"normal": n, "offset": o, "relation": r} for n, o, r in rows]}


def _keep_units(path: Path, keep: Callable[[str], None]) -> None:
    """Write certificates about networks of other units than ReLU."""
    for reading in ("half-open", "closed", "full"):
        problem = Problem.of(UNITS, None, reading)
        certify_configurations(path, UNITS, problem, enumerate_leaves(problem))
        keep(f"configurations {reading} units")
    certify_ranges(path, [UNITS], OPEN_BOX, output_range(UNITS, OPEN_BOX))
    keep("range units")
    certify_ranges(path, [UNITS], Domain.whole_space(1), output_range(UNITS))
    keep("range unbounded units")
    for norm in ("2", "inf"):
        whole = Domain.whole_space(1)
        certify_lipschitz_constant(path, UNITS, whole, lipschitz_constant(UNITS, whole, norm))
        keep(f"lipschitz {norm} units")
    certify_equality(path, RESIDUAL, RESIDUAL_OF_RELU, Domain.whole_space(1))
    keep("equal units")
    certify_inequality(path, UNITS, RESIDUAL, Domain.whole_space(1), [-1])
    keep("unequal units")


def by_hand() -> dict[str, Entries]:
    """Return certificates without a writer's help."""
    hidden = ([["2"], ["-1"], ["0"]], ["2", "-1", "3"])
    twice = network(hidden, ([["1", "4", "-1"]], ["1/2"]))

    gamma = network(([["1", "0"], ["0", "1"]], ["0", "0"]), ([["1", "2"]], ["0"]))
    theta = network(([["2", "0"], ["0", "1/2"]], ["0", "0"]), ([["1", "5"]], ["0"]))
    phi = network(([["1", "0"], ["0", "1"]], ["0", "0"]), ([["2", "5/2"]], ["0"]))
    bias_free = network(([["1"], ["-2"]], ["1", "0"]), ([["1", "3"]], ["5"]), scales=["2", "1/9"])
    same = network(([["-6"], ["2"], ["0"]], ["0", "2", "1"]), ([["1", "1/2", "7"]], ["-2"]))
    embedded = network(([["1", "2", "1"], ["-2", "1", "1"]], ["0", "0"]), ([["1", "3"]], ["5"]))

    return {
        "empty": [
            header(
                {"kind": "empty"}, [], domain((["1", "1"], "0", ">"), (["2", "2"], "0", "<=")), "half-open"
            ),
            {"impossible": [[0, "1"], [1, "1"]]},
            end(3, impossible=1),
        ],
        "range with a constant piece": [
            header(
                {
                    "kind": "range",
                    "outputs": [
                        {
                            "min": {"value": "1", "attained": True, "point": ["-1"]},
                            "max": {"value": "2", "attained": True, "point": ["1"]},
                        }
                    ],
                },
                [network(([["1"]], ["0"]), ([["1"]], ["1"]))],
                domain((["1"], "1", ">="), (["1"], "-1", "<=")),
                "full",
            ),
            {"interior": ["0"]},
            {"split": [1, 0]},
            {"reached": ["-1/2"], "bounds": [[[3, "1"]], [[3, "1"]]]},
            {"reached": ["1/2"], "bounds": [[[2, "1"], [3, "1"]], [[1, "1"], [3, "1"]]]},
            end(6, reached=2),
        ],
        "equal everywhere": [
            header(
                {"kind": "equal"},
                [network(([["1"]], ["0"])), network(([["1"], ["-1"]], ["0", "0"]), ([["1", "-1"]], ["0"]))],
                None,
                "full",
            ),
            {"interior": ["1"]},
            {"split": [1, 0]},
            {"split": [1, 1]},
            {"thin": [[0, "1"], [1, "1"]]},
            {"reached": ["-1"]},
            {"split": [1, 1]},
            {"reached": ["1"]},
            {"thin": [[0, "1"], [1, "1"]]},
            end(10, thin=2, reached=2),
        ],
        "canonical": [
            header(
                {
                    "kind": "canonical",
                    "kinks": [{"row": ["1", "1"], "jump": ["6"]}],
                    "rest": [["-1", "-7/2"]],
                },
                [twice],
            ),
            end(2),
        ],
        "reparametrization": [
            header({"kind": "reparametrization", "steps": ["merge", "embed:1"]}, [bias_free, same, embedded]),
            end(2),
        ],
        "theorem-3.1": [
            header(
                {"kind": "theorem-3.1", "delta": "1", "beta": "0", "distance": "1", "point": ["1", "-1"]},
                [gamma, theta, phi],
            ),
            end(2),
        ],
    }
