"""A directory of finished parts: a work that was stopped goes on where it was.

Each part that is finished is one file, whole or not there, named by the digest of question and part. It says
what was found and which parts were left of it; so the files tell a tree, from the whole work down, and what
they do not tell is what is still to do. ``question.json`` says which work the parts are of.
"""

from __future__ import annotations

import json
from pathlib import Path

from exactrelu.distribution.parts import Json, Outcome, Part, Work, canonical, digest
from exactrelu.errors import FormatError
from exactrelu.writing.atomic_file import write_atomically

_QUESTION, _PART = "exactrelu-parts", "exactrelu-part"
_NAME = "question.json"


class PartFiles:
    """The directory of a work's finished parts.

    Raises
    ------
    FormatError
        If the directory holds parts of another question, or other files; the message names it.
    OSError
        If it cannot be made, read or written to.
    """

    def __init__(self, folder: str | Path, work: Work) -> None:
        self.folder = Path(folder)
        self._question = work.question()
        self._digest = digest(self._question)
        self._prepare()
        self.any = any(self.folder.glob("*.part.json"))

    def _prepare(self) -> None:
        about = self.folder / _NAME
        self.folder.mkdir(exist_ok=True)
        if not about.exists():
            if any(self.folder.iterdir()):
                raise FormatError(str(self.folder), "", f"{_NAME} or an empty directory", "other files")
            whole = {"format": _QUESTION, "version": 1, "question": self._question, "digest": self._digest}
            write_atomically(about, [json.dumps(whole) + "\n"])
            return
        found = _read(about)
        if found.get("digest") != self._digest or digest(found.get("question")) != self._digest:
            other = found.get("question")
            raise FormatError(str(self.folder), "", f"parts of {_words(self._question)}", _words(other))

    def outcome(self, part: Part) -> Outcome | None:
        """Return what became of a part, None if it is not finished.

        Raises
        ------
        FormatError
            If its file does not hold what was written.
        """
        path = self._path(part)
        if not path.exists():
            return None
        found = _read(path)
        told = found.pop("sum", None)
        if told != digest(found) or found.get("question") != self._digest or found.get("part") != part.what:
            raise FormatError(str(path), "", "the part as it was written", "something else (remove it)")
        rest = tuple(Part(what, float.fromhex(share)) for what, share in found["rest"])
        return Outcome(found["result"], rest)

    def keep(self, part: Part, outcome: Outcome) -> None:
        """Write what became of a part."""
        record = {
            "format": _PART,
            "version": 1,
            "question": self._digest,
            "part": part.what,
            "result": outcome.result,
            "rest": [[one.what, one.share.hex()] for one in outcome.rest],
        }
        text = canonical(record | {"sum": digest(record)})
        write_atomically(self._path(part), [text + "\n"])

    def _path(self, part: Part) -> Path:
        return self.folder / f"{digest(self._digest, part.what)[:40]}.part.json"


def _read(path: Path) -> dict[str, Json]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise FormatError(str(path), "", "a JSON object", "something else")
    return found


def _words(question: Json) -> str:
    """Return a question for people: what it asks, and of which network."""
    if not isinstance(question, dict):
        return "something else"
    shown = [str(question.get(name, "?"))[:24] for name in ("kind", "network")]
    return f"{' of '.join(shown)} ({digest(question)[:12]})"
