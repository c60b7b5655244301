"""The one table that Django keeps of the platform."""
