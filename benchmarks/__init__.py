"""How fast the house is, beside what it is compared to: every figure is a ratio of two sides in one run."""
