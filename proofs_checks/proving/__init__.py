"""What finds proofs: searches for certificates, and shapes of proofs. Nothing here has to be believed.

Whatever these functions return was made by the rules of ``proofs_checks.kernel``, which refuse a wrong step.
"""
