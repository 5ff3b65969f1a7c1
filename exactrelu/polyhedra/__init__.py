"""Rational polyhedra: domains, cells, canonical forms, multipliers; PPL is imported nowhere else."""
