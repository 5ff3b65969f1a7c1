"""A kernel of proofs: theorems that only its rules can make.

A claim is proved if a theorem without hypotheses has the claim's own statement as its conclusion, symbol
by symbol. What has to be believed is the language (``proofs_checks.statements.expressions``) and these three
files: normal forms of polynomials and finite sums, rules of logic, arithmetic. The rest only calls them.
"""
