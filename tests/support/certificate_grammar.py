"""Files along the grammar of docs/certificates.md, valid ones and near misses, for checkers to agree on.

``python -m tests.support.certificate_grammar NUMBER [PROGRAM] [SEED]`` draws NUMBER files and compares the
checker, the second checkers and, where PROGRAM is given, the proved one. `GRAMMAR` of `grammar_of_values` has
the type of the value of each key of the document; `changed` puts another value of the type, or a near miss
of it, in one place; `spelled` writes lines in ways that JSON allows or nearly allows, with right sums.
"""

from __future__ import annotations

import copy
import gzip
import hashlib
import json
import random
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.support import second_checker, second_property_checker
from tests.support.certificate_lines import Entries, samples
from tests.support.grammar_of_values import ANY, GRAMMAR, KEYS, NEAR, Raw
from tests.support.proved_agreement import is_proved, proved_verdict, python_verdict

VERDICTS = ("valid", "invalid", "no certificate")


def kind_of(key: Any, value: Any) -> str:
    """Return the type of what stands at a key, or in a list below it."""
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int):
        return "count"
    if isinstance(value, str) and key not in GRAMMAR:
        return "number"
    return GRAMMAR.get(key, "any")


def places(value: Any, key: Any = None) -> Iterator[tuple[Any, Any, str]]:
    """Yield container, key and type of each value within a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for inner, entry in items:
        name = inner if isinstance(inner, str) else key
        yield value, inner, kind_of(name, entry)
        yield from places(entry, name)


# changes ------------------------------------------------------------


def change_value(draw: random.Random, entries: Entries) -> None:
    """Put another value of the type, or a near miss, somewhere."""
    owner, key, kind = draw.choice([*places(draw.choice(entries))] or [({}, "x", "any")])
    owner[key] = copy.deepcopy(draw.choice(NEAR.get(kind, ANY) if draw.randrange(8) else ANY))


def change_list(draw: random.Random, entries: Entries) -> None:
    """Drop, repeat, add or swap entries of a list, or empty it."""
    lists = [o[k] for o, k, _ in places(draw.choice(entries)) if isinstance(o[k], list)]
    if not lists or not (one := draw.choice(lists)):
        return
    i, j = draw.randrange(len(one)), draw.randrange(len(one))
    match draw.randrange(5):
        case 0:
            del one[i]
        case 1:
            one.insert(i, copy.deepcopy(one[j]))
        case 2:
            one.append(copy.deepcopy(draw.choice(ANY)))
        case 3:
            one[i], one[j] = one[j], one[i]
        case _:
            one.clear()


def change_keys(draw: random.Random, entries: Entries) -> None:
    """Drop a key, add one that is optional somewhere or nowhere, or give it another name."""
    line = draw.choice(entries)
    one = draw.choice([line, *(o[k] for o, k, _ in places(line) if isinstance(o[k], dict))])
    key, other = draw.choice([*one] or ["x"]), draw.choice([*KEYS, *draw.choice(entries)])
    match draw.randrange(3):
        case 0:
            one.pop(key, None)
        case 1:
            one[other] = copy.deepcopy(draw.choice([*ANY, *draw.choice(entries).values()]))
        case _:
            one[other] = one.pop(key, None)


def change_lines(draw: random.Random, entries: Entries) -> None:
    """Drop, repeat, swap or add a line; the last one then mostly counts right."""
    i, j = draw.randrange(len(entries)), draw.randrange(len(entries))
    match draw.randrange(5):
        case 0 if len(entries) > 1:
            del entries[i]
        case 1:
            entries.insert(i, copy.deepcopy(entries[j]))
        case 2:
            entries[i], entries[j] = entries[j], entries[i]
        case 3:
            entries.insert(i, {draw.choice(["interior", "equation", "split", "reached", "x"]): [0]})
        case _:
            entries.append({})
    if draw.randrange(4):
        recount(entries)


def recount(entries: Entries) -> None:
    """Let the last line count the lines and leaves that are there."""
    last = entries[-1].get("end")
    if isinstance(last, dict) and isinstance(last.get("leaves"), dict):
        last["lines"] = len(entries)
        for name in last["leaves"]:
            last["leaves"][name] = sum(name in line for line in entries[:-1])


CHANGES = (change_value, change_value, change_value, change_list, change_keys, change_lines)


def changed(draw: random.Random, entries: Entries) -> Entries:
    """Return a copy with one change or two."""
    new = copy.deepcopy(entries)
    for change in draw.choices(CHANGES, k=draw.choice((1, 1, 1, 2))):
        line = [*new]
        if any(line):
            change(draw, new)
    return new


# spelling ------------------------------------------------------------


class Speller:
    """Writes values as JSON, in one of its many ways, or with one fault."""

    def __init__(self, draw: random.Random, *, loose: bool) -> None:
        self.draw, self.loose = draw, loose
        self.fault = draw.choice(("", "twice", "comma", "space", "tail", "quote")) if loose else ""

    def now(self, fault: str) -> bool:
        """Tell whether the fault comes here; it comes once."""
        found = self.fault == fault and not self.draw.randrange(6)
        self.fault = "" if found else self.fault
        return found

    def gap(self) -> str:
        if self.now("space"):
            return self.draw.choice(("\f", "\v", "\u00a0", "\u2003", "/**/", "\ufeff", "\u0000"))
        return self.draw.choice(("", "", "", " ", "\t", "\r", "  ")) if self.loose else ""

    def word(self, text: str) -> str:
        if self.now("quote"):
            return self.draw.choice(
                ("'" + text + "'", '"' + text, '"\t' + text + '"', '"\\x' + text + '"', text)
            )
        if self.loose and text and not self.draw.randrange(12):
            first = f"\\u{ord(text[0]):04x}" if ord(text[0]) < 1 << 16 else text[0]
            return '"' + first + json.dumps(text[1:])[1:]
        return json.dumps(text, ensure_ascii=self.draw.random() < 0.5)

    def text(self, value: Any) -> str:
        if isinstance(value, Raw):
            return value
        if isinstance(value, str):
            return self.word(value)
        if isinstance(value, list):
            parts = [self.text(entry) for entry in value]
        elif isinstance(value, dict):
            return self.object(value)
        else:
            return json.dumps(value)
        return "[" + self.joined(parts) + "]"

    def object(self, value: dict[str, Any]) -> str:
        pairs = [f"{self.word(k)}{self.gap()}:{self.gap()}{self.text(v)}" for k, v in value.items()]
        if self.loose:
            self.draw.shuffle(pairs)
        if pairs and self.now("twice"):
            pairs.append(self.draw.choice(pairs))
        return "{" + self.joined(pairs) + "}"

    def joined(self, parts: list[str]) -> str:
        comma = ",," if self.now("comma") else ","
        more = "," if self.now("tail") else ""
        return comma.join(f"{self.gap()}{part}{self.gap()}" for part in parts) + more


def spelled(draw: random.Random, entries: Entries, *, loose: bool) -> bytes:
    """Return the file of the entries with right sums, some of it spelled in other ways."""
    before, content = b"", b""
    strange = draw.randrange(len(entries)) if loose and entries else -1
    for n, entry in enumerate(entries):
        written = Speller(draw, loose=n == strange).text(entry)
        body = written[:-1].encode("utf-8", "surrogatepass")
        before = hashlib.sha256(before + body).hexdigest()[:16].encode()
        content += body + b',"sum":"' + before + b'"}\n'
    return content


def damaged(draw: random.Random, content: bytes) -> bytes:
    """Return the bytes packed, cut, or with something before, within or behind."""
    packed = gzip.compress(content, mtime=0)
    at = draw.randrange(len(content))
    return draw.choice(
        (
            packed,
            packed + packed,
            packed + b"\n",
            packed[: draw.randrange(len(packed))],
            b"\xef\xbb\xbf" + content,
            content.replace(b"\n", b"\r\n"),
            content[:-1],
            content + draw.choice((b"\n", b" ", b"{}\n", content)),
            b"\n" + content,
            content.replace(b'"sum":', draw.choice((b'"sum" :', b' "sum":', b'"sum": ', b'"SUM":')), 1),
            content.replace(b'"}\n', draw.choice((b'" }\n', b'"} \n', b'"}\r\n', b'"}\n\n')), 1),
            content[:at] + draw.choice((b"\xff", b"\xc0\x80", b"\0", b" ", b"\n")) + content[at:],
            content[:at] + content[at + 1 :],
            content[:at],
        )
    )


def drawn(draw: random.Random, entries: Entries) -> bytes:
    """Return a file: valid and spelled in another way, changed in one value or two, or damaged."""
    what = draw.randrange(8)
    new = entries if what in {0, 1} else changed(draw, entries)
    content = spelled(draw, new, loose=what in {0, 2, 3})
    return damaged(draw, content) if what == 1 and content else content


# verdicts ------------------------------------------------------------


def first_line(content: bytes) -> bytes:
    """Return the first line of a file that may be gzip, as far as it can be read."""
    if content[:2] == b"\x1f\x8b":
        stream, text = zlib.decompressobj(wbits=31), b""
        for k in range(len(content)):
            try:
                text += stream.decompress(content[k : k + 1])
            except zlib.error:
                break
        content = text
    return content.split(b"\n")[0]


def ends_within_the_text(path: Path) -> bool:
    """Tell whether a packed file ends where gzip has not yet written a letter that zlib has."""
    content = path.read_bytes()
    return content[:2] == b"\x1f\x8b" and first_line(content).endswith(b"exactrelu-certificate")


def second_verdict(path: Path, python: int) -> int | None:
    """Return the status that the second checkers give, none for a claim that they do not know."""
    content = path.read_bytes()
    if b"exactrelu-certificate" not in first_line(content):
        return 2
    try:
        entries = second_checker.entries_of(content)
        kind = entries[0]["claim"]["kind"]
    except (second_checker.RefusedError, LookupError, TypeError):
        return 1
    property_tree = kind in ("property", "optimum")
    if kind in ("compression", "difference", "near"):
        return None if python != 2 else 1
    return int(bool((second_property_checker if property_tree else second_checker).refuses(path)))


def disagreement(path: Path, program: Path | None) -> tuple[int, str]:
    """Return the status of Python's checker, and who differs from it, if somebody does."""
    python = python_verdict(path)
    found = {"second": second_verdict(path, python[0])}
    if program is not None:
        proved = proved_verdict(program, path)
        known = proved[0] != 2 or python[0] == 2
        if ends_within_the_text(path):
            known = proved[0] == 0  # neither verdict is wrong, but valid is
        found["proved"] = proved[0] if known else None
        if proved[0] == python[0] == 0 and proved != python:
            return 0, f"proved prints {proved[1]}, Python {python[1]}"
    differ = [f"{who}: {VERDICTS[s]}" for who, s in found.items() if s not in (None, python[0])]
    return python[0], f"{', '.join(differ)}; checker: {python}" if differ else ""


def sources(folder: Path, *, trees: int = 12) -> list[Entries]:
    """Return small valid certificates of each claim that a second checker knows."""
    from tests.test_checker_attacks import VALID_BY_HAND
    from tests.test_second_property_checker import certificate

    found = [*samples(folder).values(), *VALID_BY_HAND.values()]
    return found + [
        entries for seed in range(trees) if (entries := certificate(seed, folder / "tree.jsonl")) is not None
    ]


def compare(
    number: int, program: Path | None = None, *, seed: int = 0, trees: int = 12
) -> tuple[Counter[str], list[tuple[str, bytes]]]:
    """Draw so many files; return how many had which verdict, and the files on which somebody differs."""
    draw = random.Random(seed)  # noqa: S311 - no secrets
    seen: Counter[str] = Counter()
    differ: list[tuple[str, bytes]] = []
    with tempfile.TemporaryDirectory() as name:
        all_of_them = sources(Path(name), trees=trees)
        if program is not None:
            all_of_them += [entries for entries in all_of_them if is_proved(entries)]
        path = Path(name) / "c.jsonl"
        for _ in range(number):
            content = drawn(draw, draw.choice(all_of_them))
            path.write_bytes(content)
            status, why = disagreement(path, program)
            seen[VERDICTS[status]] += 1
            if why:
                differ.append((why.replace(str(path), "c.jsonl"), content))
    return seen, differ


def main(arguments: list[str]) -> int:
    """Compare, print the counts and the first files on which somebody differs."""
    program = Path(arguments[1]).resolve() if arguments[1:] else None
    seen, differ = compare(int(arguments[0]), program, seed=int(arguments[2]) if arguments[2:] else 0)
    for what, count in sorted(seen.items()):
        sys.stdout.write(f"{count:7} {what}\n")
    for why, content in differ[:20]:
        sys.stdout.write(f"DIFFERENT: {why}\n{content[:1500]!r}\n")
    sys.stdout.write(f"{len(differ):7} on which somebody differs\n")
    return int(bool(differ))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
