"""The Django application that does the same job."""
