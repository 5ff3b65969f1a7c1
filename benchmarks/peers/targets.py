"""Whether what was to be reached is reached: one line in words for each work that has a target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.peers.environments import PEERS

Record = Mapping[str, Any]
TWO_JOBS = 1.7  # times one job, on two cores


def verdicts(record: Record, limit: float) -> list[str]:
    """Return what became of the record's target; ``limit`` is the CPU seconds after which a run was ended."""
    target = record["target"] or {}
    lines = []
    if "factor" in target:
        lines.append(_against(record, target, limit))
    if "megabytes" in target:
        lines.append(_memory(record, target["megabytes"]))
    if "seconds" in target:
        lines.append(_by_the_clock(record, target["seconds"]))
    return lines + _two_jobs(record)


def seconds_of(record: Record, tool: str) -> float | None:
    """Return the median of a tool's CPU seconds; None if it has none."""
    return record["tools"].get(tool, {}).get("median seconds")


def engines_of(record: Record) -> list[str]:
    """Return the exact engines that finished, the one that ``auto`` takes first."""
    ours = [name for name in record["tools"] if name not in PEERS]
    done = [name for name in ours if seconds_of(record, name) is not None]
    return sorted(done, key=lambda name: name != record["auto"])


def _against(record: Record, target: Record, limit: float) -> str:
    """Say how the engine that ``auto`` takes, and a quicker one if there is one, stand to the peer."""
    peer, factor = target["tool"], target["factor"]
    theirs = seconds_of(record, peer)
    ended = record["tools"].get(peer, {}).get("failure", "").startswith(">")
    if theirs is None and not ended:
        return f"{peer}: no time to compare with"
    said = []
    for name in _auto_and_quickest(record):
        ratio = seconds_of(record, name) / (limit if theirs is None else theirs)
        unclear = theirs is None and ratio > factor
        verdict = "open" if unclear else "met" if ratio <= factor else "missed"
        said.append(f"{verdict}: `{name}` {_in_words(ratio, peer, at_least=theirs is None)}")
    goal = f"at most {factor:g} x" if factor >= 1 else f"at least {1 / factor:g} times faster"
    return "; ".join(said or ["missed: no engine finished"]) + f" ({goal})"


def _in_words(ratio: float, peer: str, *, at_least: bool) -> str:
    if ratio < 1:
        return f"{'more than ' if at_least else ''}{1 / ratio:.3g} times faster than {peer}"
    return f"{ratio:.3g} x {peer}"


def _auto_and_quickest(record: Record) -> list[str]:
    engines = engines_of(record)
    if not engines:
        return []
    quickest = min(engines, key=lambda name: seconds_of(record, name) or 0.0)
    return engines[:1] if quickest == engines[0] else [engines[0], quickest]


def _memory(record: Record, most: int) -> str:
    said = []
    for name in _auto_and_quickest(record):
        peak = record["tools"][name]["megabytes"]
        said.append(f"{'met' if peak <= most else 'missed'}: `{name}` {peak} MB")
    return "; ".join(said) + f" (at most {most} MB)"


def _by_the_clock(record: Record, most: float) -> str:
    """Say whether the work was done in time: with two jobs, or with one where two were not tried."""
    times = {f"`{name}`, two jobs": jobs["2"] for name, jobs in record["jobs"].items()}
    times |= {f"`{name}`, one job": seconds_of(record, name) or 0.0 for name in engines_of(record)[:1]}
    if not times:
        return f"missed: no engine finished (at most {most:g} s)"
    name = min(times, key=lambda key: times[key])
    return f"{'met' if times[name] <= most else 'missed'}: {name}: {times[name]:.3g} s (at most {most:g} s)"


def _two_jobs(record: Record) -> list[str]:
    lines = []
    for name, times in record["jobs"].items():
        gain = times["1"] / times["2"]
        verdict = "met" if gain >= TWO_JOBS else "missed"
        lines.append(f"{verdict}: `{name}` {gain:.2f} times faster with two jobs (at least {TWO_JOBS:g})")
    return lines
