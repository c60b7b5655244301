"""What hostile bytes do to everything that reads: `nox -s fuzz`, and the page docs/quality.md."""
