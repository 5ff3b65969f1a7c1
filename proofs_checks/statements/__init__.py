"""The language in which claims are stated as data, and how it is written for readers."""
