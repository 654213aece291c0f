"""Long work outside the request: progress, result files, cancel, and the timetable of duties due by the clock."""
