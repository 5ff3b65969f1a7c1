"""The site is built without the network and without a broken link; what is made from the code is whole."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import exactrelu
from tests.test_readme_commands import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
NEEDED = ("docs", "mkdocs.yml", "examples", "benchmarks", "exactrelu")


def built(root: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """Build with proxies that lead nowhere: whatever asks the network fails."""
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")
    environment = os.environ | nowhere | {"PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)]
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    done = built(ROOT, folder)
    assert done.returncode == 0, done.stderr
    return folder


def text_of(site: Path, page: str) -> str:
    return (site / page).read_text(encoding="utf-8")


def test_every_page_is_built(site):
    pages = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in ROOT.glob("docs/**/*.md")}
    assert {page for page in pages if not (site / page).is_file()} == set()


def test_no_page_loads_anything_from_elsewhere(site):
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        loaded = re.findall(r'<(?:script|img|iframe)[^>]*src="([^"]*)"', text)
        loaded += re.findall(r'<link[^>]*rel="stylesheet"[^>]*href="([^"]*)"', text)
        assert not [address for address in loaded if "//" in address.partition("base64,")[0]], page


def test_the_command_line_page_has_every_command_and_option(site):
    page = text_of(site, "reference/command-line.html")
    for name, command in COMMANDS.items():
        assert f'<h2 id="{name}">' in page
        for action in command._actions:
            for option in action.option_strings:
                assert option in page, (name, option)


def test_the_python_pages_have_every_public_name(site):
    pages = " ".join(path.read_text(encoding="utf-8") for path in site.glob("reference/python/*.html"))
    homes = {identifier.rsplit(".", 1)[-1] for identifier in re.findall(r'id="(exactrelu\.[\w.]+)"', pages)}
    assert set(exactrelu.__all__) <= homes


def test_a_broken_link_is_seen(tmp_path):
    for name in NEEDED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    page = tmp_path / "docs" / "index.md"
    page.write_text(page.read_text(encoding="utf-8").replace("(trust.md)", "(truth.md)"), encoding="utf-8")
    done = built(tmp_path, tmp_path / "site")
    assert done.returncode != 0
    assert "truth.md" in done.stderr
