"""Inverse stability of shallow networks (Berner, Elbraechter & Grohs, our reconstruction)."""
