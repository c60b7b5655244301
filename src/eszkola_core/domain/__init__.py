"""Nouns and rules: frozen values and pure functions, with no I/O, clock, randomness or log."""
