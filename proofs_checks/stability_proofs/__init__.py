"""Proofs on sums of ridge functions, for the claims of Berner, Elbraechter & Grohs: no page, only lemmas.

Networks are sum_i c_i relu(<a_i, x>), i < m, with weights a: N^2 -> R (neuron, coordinate).
"""
