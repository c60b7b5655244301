"""Verbs: one story a module, which loads, decides and saves."""
