"""What the tests stand on: drawn cases, second roads to the same numbers, runners of mutants."""
