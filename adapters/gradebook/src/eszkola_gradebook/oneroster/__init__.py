"""OneRoster 1.1 and 1.2 in CSV: a format whose rows point at each other, and whose files say what kind they are."""
