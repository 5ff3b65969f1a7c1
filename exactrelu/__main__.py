"""``python -m exactrelu`` is the command line."""

from exactrelu.cli import run

run()
