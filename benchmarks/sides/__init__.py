"""The sides of the comparisons: each a program that does one job and tells how long it took."""
