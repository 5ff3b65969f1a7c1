"""The tests that give the check of one claim other objects, and see it refuse them."""

from __future__ import annotations

import inspect
import io
from contextlib import redirect_stdout
from typing import Any

import pytest

from exactrelu.claims import PaperClaim

FILES = tuple(
    f"tests/{name}.py"
    for name in (
        "test_berner_proofs",
        "test_berner_statements",
        "test_heinecke_hwang",
        "test_heinecke_hwang_proofs",
        "test_statements",
    )
)


class _OnlyOf:
    """Keeps the tests whose parameters or whose source name the claim."""

    def __init__(self, claim: PaperClaim) -> None:
        self.whole = claim.id
        paper, _, self.place = claim.id.partition("/")
        self.paper = paper.partition("-")[0]

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        items[:] = [item for item in items if self._is_of_claim(item)]

    def _is_of_claim(self, item: Any) -> bool:
        if self.paper not in item.nodeid and "test_statements" not in item.nodeid:
            return False
        values = getattr(getattr(item, "callspec", None), "params", {}).values()
        if any(
            getattr(value, "id", value) in {self.place, self.whole} for value in values if _is_name(value)
        ):
            return True
        return f'"{self.place}"' in inspect.getsource(item.function)


def _is_name(value: object) -> bool:
    return isinstance(value, (str, PaperClaim))


def fail(claim: PaperClaim) -> bool:
    """Return whether a test of the claim fails, or cannot be collected."""
    with redirect_stdout(io.StringIO()):
        words = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not slow", *FILES]
        code = pytest.main(words, plugins=[_OnlyOf(claim)])
    return code not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
