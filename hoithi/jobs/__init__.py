"""Long work outside the request: progress, result files, cancel, and duties due by the clock."""
