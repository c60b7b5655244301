"""The account rules of a regional school platform; import the rooms you need, such as ``eszkola_core.domain``."""
