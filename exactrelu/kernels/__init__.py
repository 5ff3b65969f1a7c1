"""Compiled kernels: the innermost loops in C, each beside a NumPy version that computes the same.

Every kernel is one C file and one Python file of the same name, which checks what it passes on. `build`
compiles all C files to one shared library without Python headers, `library` loads it. Where there is no
library, or one of other sources, `compiled` says no, and the NumPy versions serve (docs/kernels.md).
"""
