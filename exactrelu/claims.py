"""The papers' claims: what is claimed, how it is read, and the verdict of an exact check.

The claims themselves stand in the folder ``proofs_checks``, one file a claim. In a checkout it lies beside
the package, in an installed wheel inside it.
"""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from types import ModuleType

from exactrelu.errors import UnknownClaimError
from exactrelu.networks.network import Network
from exactrelu.numbers.points import Point
from exactrelu.writing.html_tables import facts_table, first_lines

FOLDER = "proofs_checks"
RECORD = "record.txt"
"""What every claim shows, by `fingerprint`: id and digest, one claim a line, beside the papers' folders."""


class ClaimVerdict(StrEnum):
    """What an exact check says about a claim.

    ``PROVED``
        The statement, all quantifiers included, was verified by the kernel of proofs.
    ``CHECKED``
        It held in every case that was tried; the finding says how many. No proof.
    ``ARGUED``
        Parts of the argument are words, which no program checks; the finding names them.
    ``CONDITIONAL``
        False as transcribed, true with the hypothesis that the finding names.
    ``REFUTED``
        False as transcribed; the finding carries a rational counterexample.
    ``UNTRIED``
        Nothing was shown: there was no case to try, or the proof does not give the statement. No claim is
        recorded so.
    """

    PROVED = "proved"
    CHECKED = "checked"
    ARGUED = "argued"
    CONDITIONAL = "conditional"
    REFUTED = "refuted"
    UNTRIED = "untried"

    @property
    def meaning(self) -> str:
        """What the verdict says, in a few words."""
        return _MEANINGS[self]


_MEANINGS = {
    ClaimVerdict.PROVED: "the statement, all quantifiers included, was verified by the proof kernel",
    ClaimVerdict.CHECKED: "held in every case that was tried",
    ClaimVerdict.ARGUED: "parts of the argument are words",
    ClaimVerdict.CONDITIONAL: "false as transcribed, true with a hypothesis",
    ClaimVerdict.REFUTED: "false as transcribed",
    ClaimVerdict.UNTRIED: "nothing was shown",
}


@dataclass(frozen=True)
class ProofStep:
    """A step of a proof that has a name.

    Parameters
    ----------
    depth
        How many named steps use it: 0 for the claim itself.
    name
        What it says, or the rule that gave it.
    formula, latex, html
        Its conclusion as text, for LaTeX's mathematics and for a web page.
    where
        What the names in it mean.
    """

    depth: int
    name: str
    formula: str
    latex: str
    html: str
    where: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statement:
    """What is claimed, or denied, as data: as text, for LaTeX's mathematics and for a web page.

    ``where`` says what the names in it mean; ``full`` is the text without names.
    """

    text: str
    latex: str
    html: str
    where: tuple[str, ...] = ()
    full: str = ""


@dataclass(frozen=True)
class Finding:
    """A verdict with its evidence.

    Parameters
    ----------
    verdict
        What was found.
    evidence
        Lines with every number that a reader needs to check the verdict by hand.
    networks
        The networks of the evidence (for a refutation the counterexample), in full.
    points
        Named rational points of the evidence.
    tried
        The number of cases (networks, unless the evidence says otherwise) behind ``checked``.
    hypothesis
        What makes a ``conditional`` claim true.
    cells
        The configurations whose cells the evidence is about, written 01|1.
    loss
        The loss function of the evidence, with its smoothness beta.
    corrected
        The verdict on the corrected form of a claim, where one was checked.
    words
        The parts of an ``argued`` claim that are words.
    statements
        What the kernel of proofs was asked for.
    proof
        The named steps of the proof, each before those that it uses.
    sample
        A digest of the cases behind ``tried``, or of those of a second road beside a proof.
    """

    verdict: ClaimVerdict
    evidence: tuple[str, ...]
    networks: tuple[Network, ...] = ()
    points: tuple[tuple[str, Point], ...] = ()
    tried: int | None = None
    hypothesis: str | None = None
    cells: tuple[str, ...] = ()
    loss: str | None = None
    corrected: ClaimVerdict | None = None
    words: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()
    proof: tuple[ProofStep, ...] = ()
    sample: str | None = None

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        facts: list[tuple[str, object]] = [("evidence", first_lines(self.evidence))]
        facts += [(name, f"({', '.join(map(str, point))})") for name, point in self.points]
        optional = {"tried": self.tried, "hypothesis": self.hypothesis, "corrected form": self.corrected}
        facts += [(name, value) for name, value in optional.items() if value is not None]
        return facts_table(f"{self.verdict}: {self.verdict.meaning}", facts)


@dataclass(frozen=True)
class PaperClaim:
    """A claim of a paper, in checkable form.

    Parameters
    ----------
    id
        Paper and place, such as ``heinecke-hwang/C10``.
    title
        The claim in a few words.
    sentence
        The sentence as the transcription of the paper has it; `` [...] `` marks what was left out. White
        space is normalised.
    source
        The place in the paper.
    reading
        How the sentence is read in checkable form.
    recorded
        The verdict that the check is known to reach.
    check
        The exact check. Its arguments, all with defaults, are the objects that it looks at.
    corrected
        The verdict that the check is known to reach on the corrected form; None if it checks none.
    shown
        The `fingerprint` of the finding on record; None if there is no record.
    """

    id: str
    title: str
    sentence: str
    source: str
    reading: str
    recorded: ClaimVerdict
    check: Callable[..., Finding]
    corrected: ClaimVerdict | None = None
    shown: str | None = None

    def __post_init__(self) -> None:
        for name in ("sentence", "reading"):
            object.__setattr__(self, name, " ".join(getattr(self, name).split()))

    def answer(self) -> Finding:
        """Return what the check shows, ``untried`` if another statement, sample or witness is on record.

        A check that is weaker than it was keeps no verdict: with fewer networks, or another statement, it
        says something else than what was read and recorded.
        """
        finding = self.check()
        if self.shown in {None, fingerprint(finding)}:
            return finding
        shown = f"what was shown ({fingerprint(finding)}: {finding.verdict})"
        lines = (f"{shown} is not what is on record ({self.shown})", *finding.evidence)
        return replace(finding, verdict=ClaimVerdict.UNTRIED, corrected=None, evidence=lines)

    def is_as_recorded(self, finding: Finding) -> bool:
        """Return whether both verdicts, on the claim and on its corrected form, are the recorded ones."""
        return finding.verdict is self.recorded and finding.corrected is self.corrected

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        facts = [
            ("sentence", self.sentence),
            ("source", self.source),
            ("reading", self.reading),
            ("recorded verdict", f"{self.recorded}: {self.recorded.meaning}"),
            *([("corrected form", self.corrected)] if self.corrected else []),
        ]
        return facts_table(f"{self.id}: {self.title}", facts)


def fingerprint(finding: Finding) -> str:
    """Return a digest of all that a finding says: verdicts, statements, samples, witnesses, numbers, words.

    How a proof is done is left out: the kernel takes whatever is a proof of the statement. Statements are
    taken without names, so that a name with another meaning is seen.
    """
    from hashlib import sha256

    said = (
        (str(finding.verdict), str(finding.corrected), finding.hypothesis, finding.tried, finding.sample),
        (finding.loss, finding.cells, finding.words, [statement.full for statement in finding.statements]),
        [network.digest for network in finding.networks],
        [(name, list(map(str, point))) for name, point in finding.points],
        [re.sub(r"in \d+ steps", "", line) for line in finding.evidence],
    )
    return sha256(repr(said).encode()).hexdigest()[:16]


def load_claims() -> tuple[PaperClaim, ...]:
    """Return the claims of all papers, in the papers' order; see `PAPERS` in the package of the claims.

    In a paper: by section (2.1, ..., 3.3, then appendix A), then by number (C1, C2, ..., C10), then by name.

    Raises
    ------
    ImportError
        If the folder with the claims is neither in the package nor beside it.

    Examples
    --------
    >>> claims = load_claims()
    >>> claims[9].id, str(claims[9].recorded)
    ('heinecke-hwang/C10', 'refuted')
    """
    package = _package()
    papers = [import_module(f"{package.__name__}.{name}") for name in package.PAPERS]
    record = _record(package)
    modules = ([module.CLAIM for module in _modules_of(paper)] for paper in papers)
    found = ([replace(claim, shown=record.get(claim.id)) for claim in claims] for claims in modules)
    return tuple(claim for paper in found for claim in sorted(paper, key=lambda claim: _order(claim.id)))


def find_claim(claims: Sequence[PaperClaim], name: str) -> PaperClaim:
    """Return the claim with the id ``name``, or whose id ends in ``/name``; case does not matter.

    Raises
    ------
    UnknownClaimError
        If there is no such claim, or several papers have one.
    """
    wanted = name.casefold()
    found = [claim for claim in claims if wanted in (claim.id.casefold(), _place(claim.id).casefold())]
    if len(found) == 1:
        return found[0]
    if found:
        raise UnknownClaimError(
            f"claim: expected one of {', '.join(claim.id for claim in found)}, got {name!r}, which fits all"
        )
    raise UnknownClaimError(f"claim: expected an id that `exactrelu claims` lists, got {name!r}")


def find_claims(claims: Sequence[PaperClaim], text: str) -> tuple[PaperClaim, ...]:
    """Return the claim of that name (see `find_claim`), or all that have its words.

    The words are looked for in titles and in ids after the name of the paper. Case does not matter, nor
    what stands between words; a word is meant whole, so ``theorem 5`` does not find Theorem 50.

    Raises
    ------
    UnknownClaimError
        If there is none.
    """
    try:
        return (find_claim(claims, text),)
    except UnknownClaimError:
        words = _words(text)
        named = "/" in text or text != text.strip() or not words
        found = tuple(
            claim for claim in claims if not named and words <= _words(f"{_place(claim.id)} {claim.title}")
        )
        if not found:
            raise
        return found


def _words(text: str) -> set[str]:
    """Return the words of a text, numbers such as 3.1 among them."""
    return set(re.findall(r"\w+(?:\.\w+)*", text.casefold()))


def _package() -> ModuleType:
    """Return the package of the claims: inside this package if it was installed, else beside it."""
    here = Path(__file__).resolve().parent
    if (here / FOLDER / "__init__.py").is_file():
        return import_module(f"exactrelu.{FOLDER}")
    package = import_module(FOLDER)
    if Path(str(package.__file__)).resolve().parent != here.parent / FOLDER:
        raise ImportError(f"the claims of {here} were not found: {FOLDER} is {package.__file__}")
    return package


def _record(package: ModuleType) -> dict[str, str]:
    """Return the fingerprints on record, by id."""
    text = (Path(str(package.__file__)).parent / RECORD).read_text(encoding="utf-8")
    pairs = (line.split() for line in text.splitlines())
    return {name: digest for name, digest in pairs}  # noqa: C416 - a list of two is no pair for the types


def _modules_of(package: ModuleType) -> list[ModuleType]:
    """Return the direct submodules of a package."""
    names = sorted(info.name for info in pkgutil.iter_modules(package.__path__))
    return [import_module(f"{package.__name__}.{name}") for name in names]


def _place(identifier: str) -> str:
    return identifier.rpartition("/")[2]


def _order(identifier: str) -> tuple[int, str, int, str]:
    """Sort by section (2.1, theorem-3.3, lemma-A.7), then by number (C10), then by name."""
    place = _place(identifier)
    section = re.fullmatch(r"(?:[a-z]+-)?([0-9A-Z])\.([0-9]+)", place)
    if section:
        return 0, section[1], int(section[2]), place
    number = re.fullmatch(r"([A-Z])([0-9]+)", place)
    return (1, number[1], int(number[2]), place) if number else (2, "", 0, place)
