"""
The composition root: one object that puts the use cases together from a tenant's adapters.

Its names are taken from `eszkola_core` itself: ``from eszkola_core import Platform, from_config``.
"""
