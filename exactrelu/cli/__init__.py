"""The command line: thin shells round the library, one file a command.

`parser` says what can be asked, `main` dispatches and turns errors into one line and an exit status.
Nothing heavy is imported before a command runs, so ``exactrelu --help`` is quick.
"""
