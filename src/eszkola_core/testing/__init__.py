"""The kit for those who test: doubles, strategies, machines, and a contract for every port."""
