"""The rooms of the README's table: all are there, imports point one way, no room holds a circle.

The table is the one source. A room may import itself and the rooms that stand before it, row by row; what
lies loose at the top of the package has a place in the table like a room.
"""

from __future__ import annotations

import ast
import subprocess
import textwrap
from pathlib import Path

import pytest

import exactrelu as package
from tests.support.house import House, relative_imports

PACKAGE = Path(package.__file__).resolve().parent
README = PACKAGE.parent / "README.md"
HOUSE = House(PACKAGE, README.read_text(encoding="utf-8"))


def test_the_readme_lists_every_room_once_and_no_other():
    assert len(HOUSE.rooms) == len(set(HOUSE.rooms))
    assert set(HOUSE.rooms) == HOUSE.found


def test_few_modules_lie_loose_at_the_top():
    loose = {room for room in HOUSE.rooms if (PACKAGE / f"{room}.py").exists()}
    assert loose <= {"errors", "checker", "claims"}


def test_imports_point_one_way_between_the_rooms():
    assert HOUSE.wrong_ways() == []


def test_the_checker_imports_nothing_of_the_package():
    assert list(HOUSE.imports.successors("exactrelu.checker")) == []


def test_no_room_holds_a_circle_of_modules():
    assert HOUSE.circles() == []


def test_every_import_names_its_module_in_full():
    for path in PACKAGE.rglob("*.py"):
        assert relative_imports(ast.parse(path.read_text(encoding="utf-8"))) == [], path


TOP = {
    ".ci", ".github", ".gitignore", "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "Makefile",
    "README.md", "benchmarks", "docs", "exactrelu", "examples", "hatch_build.py", "mkdocs.yml", "proofs",
    "proofs_checks", "pyproject.toml", "requirements-test.txt", "requirements.txt", "stubs", "tests",
}  # fmt: skip


def strays(tracked):
    """Return what stands at the top of the repository and has no place there, such as logs of crashes."""
    return sorted({name.partition("/")[0] for name in tracked} - TOP)


@pytest.mark.skipif(not (README.parent / ".git").exists(), reason="no checkout")
def test_nothing_strays_at_the_top_of_the_repository():
    listed = ["git", "ls-files", "--cached"]
    tracked = subprocess.run(listed, cwd=README.parent, capture_output=True, text=True, check=True)
    assert strays(tracked.stdout.splitlines()) == []


def test_a_stray_is_seen():
    assert strays(["tests/a.py", "crash_logs/one.log", "note.txt"]) == ["crash_logs", "note.txt"]


# the test of the test: a house that is made up, and what is wrong with others ----------------------------

TABLE = """
## Where things are

| room | what it holds | may import |
|---|---|---|
| `tiny/errors.py` | errors | nothing |
| `tiny/cellar/`, `kitchen/` | potatoes, a stove | what stands before |
| `tiny/roof/` | a view | |
| `examples/` | not a room of the package | |

`tiny/tower/` is no room: it stands below the table.
"""
SOUND = {
    "__init__.py": "NAMES = {'View': 'tiny.roof.view'}",
    "__main__.py": "import tiny.roof.view\nfrom tiny import __version__",
    "errors.py": "import fractions",
    "cellar/__init__.py": "",
    "cellar/stock.py": "from tiny.errors import TinyError",
    "cellar/shelf.py": "from tiny.cellar.stock import Stock",
    "kitchen/__init__.py": "",
    "kitchen/stove.py": "from tiny.cellar import stock",
    "roof/__init__.py": "from tiny.roof.view import View",
    "roof/view.py": "def see():\n    import tiny.kitchen.stove",
}


def built(folder: Path, **changes: str) -> House:
    root = folder / "tiny"
    for name, source in (SOUND | changes).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(textwrap.dedent(source), encoding="utf-8")
    return House(root, TABLE)


def test_a_sound_house_is_found_sound(tmp_path):
    house = built(tmp_path)
    assert house.rooms == ["errors", "cellar", "kitchen", "roof"]
    assert set(house.rooms) == house.found
    assert house.wrong_ways() == house.circles() == []
    assert set(house.imports.edges) == {
        ("tiny.__main__", "tiny.roof.view"),
        ("tiny.cellar.stock", "tiny.errors"),
        ("tiny.cellar.shelf", "tiny.cellar.stock"),
        ("tiny.kitchen.stove", "tiny.cellar.stock"),
        ("tiny.roof", "tiny.roof.view"),
        ("tiny.roof.view", "tiny.kitchen.stove"),
    }


@pytest.mark.parametrize(
    ("name", "source", "wrong"),
    [
        ("cellar/stock.py", "from tiny.kitchen import stove", ("tiny.cellar.stock", "tiny.kitchen.stove")),
        ("cellar/stock.py", "import tiny.roof.view as v", ("tiny.cellar.stock", "tiny.roof.view")),
        ("cellar/stock.py", "def f():\n    from tiny.roof import View", ("tiny.cellar.stock", "tiny.roof")),
        ("cellar/stock.py", "HOMES = ['tiny.roof.view']", ("tiny.cellar.stock", "tiny.roof.view")),
        ("cellar/stock.py", "from tiny import View", ("tiny.cellar.stock", "tiny")),
        ("roof/view.py", "import tiny.__main__", ("tiny.roof.view", "tiny.__main__")),
        (
            "errors.py",
            "if TYPE_CHECKING:\n    import tiny.cellar.stock",
            ("tiny.errors", "tiny.cellar.stock"),
        ),
        ("loose.py", "import tiny.cellar.stock", ("tiny.loose", "tiny.cellar.stock")),
    ],
)
def test_an_import_of_what_does_not_stand_before_is_found(tmp_path, name, source, wrong):
    expected = [] if name == "loose.py" else [wrong]
    assert built(tmp_path, **{name: source}).wrong_ways() == expected


@pytest.mark.parametrize(
    ("name", "source", "circle"),
    [
        ("cellar/stock.py", "import tiny.cellar.shelf", {"tiny.cellar.stock", "tiny.cellar.shelf"}),
        (
            "cellar/stock.py",
            "def f():\n    from tiny.cellar import shelf",
            {"tiny.cellar.stock", "tiny.cellar.shelf"},
        ),
        ("roof/view.py", "from tiny.roof import View", {"tiny.roof", "tiny.roof.view"}),
    ],
)
def test_a_circle_within_a_room_is_found_even_if_it_is_closed_late(tmp_path, name, source, circle):
    assert built(tmp_path, **{name: source}).circles() == [circle]


@pytest.mark.parametrize("name", ["loose.py", "tower/__init__.py", "attic/box.py"])
def test_a_module_or_folder_that_has_no_place_in_the_table_is_found(tmp_path, name):
    house = built(tmp_path, **{name: ""})
    assert house.found - set(house.rooms) == {name.partition("/")[0].removesuffix(".py")}


def test_a_room_of_the_table_that_is_not_there_is_found(tmp_path):
    house = House(built(tmp_path).package, TABLE.replace("`tiny/roof/`", "`tiny/roof/`, `tiny/tower/`"))
    assert set(house.rooms) - house.found == {"tower"}


def test_relative_imports_are_found():
    assert relative_imports(ast.parse("import a\nfrom . import b\ndef f():\n    from ..c import d")) == [2, 4]
