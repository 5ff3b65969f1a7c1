"""``python -m exactrelu`` is the command line."""

from exactrelu.cli.main import run

run()
