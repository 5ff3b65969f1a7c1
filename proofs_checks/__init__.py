"""The claims of papers on ReLU networks, each with an exact check.

One folder a paper, one file a claim. A file can be read from top to bottom without knowing the package:
the object (a rational network, a point, a formula), the check, and the claim: the sentence as it stands in
the transcription of the paper, its place, how it is read, and the verdict.

The verdicts:

``proved``
    the statement, all quantifiers included, came out of the kernel of proofs (``kernel``);
``checked``
    no counterexample among the cases tried, whose number is given;
``argued``
    parts of the argument are words, which no program checks; they are named;
``conditional``
    false as transcribed, true with a hypothesis or a convention that the sentence leaves open;
``refuted``
    false as transcribed: a formula, a number or a list must be another one. The evidence says which, where
    that is known.
``untried``
    nothing was shown, as there was no case to try, the proof does not give the statement, or what was
    shown is not what is on record (``record.txt``): no claim is recorded so.

A verdict follows from the computation: pass another object to ``check`` and it may be another one.

Words: y_k are the pre-activations of hidden layer k, theta = (theta_1, ..., theta_{L-1}) the bits of a
configuration, written 01|1. The *half-open* cell of theta is {x : y_{k,i} > 0 exactly where theta_{k,i} = 1},
as (6) and (9) say; the *closed* cell has y_{k,i} >= 0 where theta_{k,i} = 1 and y_{k,i} <= 0 elsewhere.
"""

from __future__ import annotations

PAPERS = ("heinecke_hwang", "berner_elbraechter_grohs")
"""The papers, one folder each, in the order in which their claims are shown."""
