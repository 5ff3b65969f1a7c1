"""Exact numbers: rationals, algebraic numbers, integer matrices; thin adapters round python-flint."""
