"""The site as a person meets it, through the test client of Django."""
