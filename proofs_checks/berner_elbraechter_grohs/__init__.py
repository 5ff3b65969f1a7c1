"""The claims of Berner, Elbraechter & Grohs on degenerate parametrizations of ReLU networks.

The paper's definitions, examples, lemmas and theorems, and what is wrong or left open in it (B1-B11).

The formulas of the transcription are lost. So ``sentence`` holds the words that are there, and every
formula is our reconstruction, the constants and the numbers of formulas included.

Words: Gamma = ([a_1 | ... | a_m]^T, [c_1 | ... | c_m]) is a parametrization d -> D without biases, its
realization R(Gamma)(x) = sum c_i relu(<a_i, x>). ||Phi - Gamma||_inf is the largest absolute difference of
two parameters, |f|_{W^{1,inf}} the largest absolute value of an entry of the gradient of f. The *fibre* of g
consists of all Phi with as many neurons as Gamma and R(Phi) = g.
"""
