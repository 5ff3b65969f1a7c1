"""Fixtures that several test files use."""

from __future__ import annotations

import pytest

from tests.support.command_line import CommandLine


@pytest.fixture
def exactrelu(tmp_path, capsys):
    """The command line, run in this process, with files in a temporary folder."""
    return CommandLine(tmp_path, capsys)
