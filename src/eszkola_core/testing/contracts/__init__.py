"""
The contracts: for every port a class of tests that any adapter of it must pass.

An adapter's test class inherits one and overrides its fixtures; nothing else is written. Each test cites the clause
that it holds, by its number in the port's docstring.
"""
