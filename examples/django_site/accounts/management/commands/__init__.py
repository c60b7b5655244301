"""What is run from a timetable."""
