"""Properties of real networks decided, instance by instance, and beside another verifier."""
