"""Certificates: answers that a second, tiny program can check (see ``docs/certificates.md``)."""
