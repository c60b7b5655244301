"""Promises: what the use cases want of the world, as protocols with numbered clauses."""
